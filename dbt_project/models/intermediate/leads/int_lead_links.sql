with

lead_records as (

    select * from {{ ref('int_lead_records') }}

),

lead_aliases as (

    select * from {{ ref('int_lead_aliases') }}

),

-- the least lead of each shared key is the hub of its star, so that n leads need n - 1 links
hubs_found as (

    select
        lead_id,
        case
            when normalized_email is not null
                then min(lead_id) over (partition by normalized_email)
        end as email_hub,
        case
            when normalized_phone is not null and normalized_name is not null
                then min(lead_id) over (partition by normalized_phone, normalized_name)
        end as phone_and_name_hub
    from lead_records

),

email_links as (

    select
        lead_id,
        email_hub as linked_lead_id,
        'email' as link_type
    from hubs_found
    where email_hub <> lead_id

),

phone_and_name_links as (

    select
        lead_id,
        phone_and_name_hub as linked_lead_id,
        'phone_and_name' as link_type
    from hubs_found
    where phone_and_name_hub <> lead_id

),

merge_targets as (

    select
        lead_id,
        lead_id as surviving_lead_id
    from lead_records
    union all
    select
        lead_id,
        surviving_lead_id
    from lead_aliases

),

merge_links as (

    select
        lead_records.lead_id,
        merge_targets.surviving_lead_id as linked_lead_id,
        'merge' as link_type
    from lead_records
    inner join merge_targets
        on lead_records.merged_into_lead_id = merge_targets.lead_id
    where merge_targets.surviving_lead_id <> lead_records.lead_id

),

all_links as (

    select * from email_links
    union all
    select * from phone_and_name_links
    union all
    select * from merge_links

)

select * from all_links
