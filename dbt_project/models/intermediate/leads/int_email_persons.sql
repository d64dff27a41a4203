{{ config(pre_hook="{{ keep_last_build() }}") }}

with

lead_versions as (

    select * from {{ ref('int_lead_versions') }}

),

lead_persons as (

    select * from {{ ref('int_lead_persons') }}

),

versions_joined as (

    select
        lead_versions.normalized_email,
        lead_versions.updated_at,
        lead_versions.lead_id,
        lead_persons.person_id,
        lead_versions.is_current and not lead_persons.is_alias as is_record
    from lead_versions
    inner join lead_persons
        on lead_versions.lead_id = lead_persons.lead_id
    where lead_versions.normalized_email is not null

),

-- an address that was given up, or came with a lead merged since, stays with its reader until a lead record has it
versions_ranked as (

    select
        normalized_email,
        person_id,
        is_record,
        row_number() over (
            partition by normalized_email order by is_record desc, updated_at desc, lead_id desc
        ) = 1 as is_owner
    from versions_joined

),

addresses_grouped as (

    select
        normalized_email,
        max(case when is_owner then person_id end) as person_id,
        count(distinct case when is_record then person_id end) as record_person_count
    from versions_ranked
    group by normalized_email

)

select * from addresses_grouped
