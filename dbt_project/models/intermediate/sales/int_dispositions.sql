{{ config(pre_hook="{{ keep_last_build() }}") }}

with

sales_dispositions as (

    select * from {{ ref('stg_funnel__sales_dispositions') }}

),

disposition_map as (

    select * from {{ ref('disposition_map') }}

),

lead_persons as (

    select * from {{ ref('int_lead_persons') }}

),

email_persons as (

    select * from {{ ref('int_email_persons') }}

),

canonical_dispositions as (

    select
        {{ folded('raw_disposition') }} as raw_disposition,
        disposition
    from disposition_map

),

leads_matched as (

    select
        sales_dispositions.*,
        lead_persons.person_id as lead_person_id,
        case when lead_persons.person_id is null then {{ normalized_email('sales_dispositions.email') }} end
            as email_to_match
    from sales_dispositions
    left join lead_persons
        on sales_dispositions.lead_id = lead_persons.lead_id

),

dispositions_matched as (

    select
        leads_matched.disposition_id,
        leads_matched.occurred_at,
        {{ local_date('leads_matched.occurred_at') }} as occurred_date,
        coalesce(leads_matched.lead_person_id, email_persons.person_id) as person_id,
        coalesce(canonical_dispositions.disposition, 'unknown') as disposition,
        leads_matched.disposition as raw_disposition,
        {{ with_hashed_addresses('leads_matched.sales_team') }} as sales_team,
        {{ with_hashed_addresses('leads_matched.sales_rep') }} as sales_rep,
        {{ with_hashed_addresses('leads_matched.routed_by') }} as routed_by,
        {{ publishable_reason('leads_matched.reason') }} as reason,
        leads_matched.amount,
        leads_matched.opportunity_id
    from leads_matched
    left join email_persons
        on leads_matched.email_to_match = email_persons.normalized_email
    left join canonical_dispositions
        on {{ folded('leads_matched.disposition') }} = canonical_dispositions.raw_disposition

),

-- a win that its own deal follows, open again or lost, was none
reopened_wins_corrected as (

    select
        disposition_id,
        occurred_at,
        occurred_date,
        person_id,
        case
            when
                disposition = 'won'
                and person_id is not null
                and opportunity_id is not null
                and max(case when disposition in ('opportunity', 'lost') then 1 else 0 end) over (
                    partition by person_id, opportunity_id order by occurred_at, disposition_id
                    rows between 1 following and unbounded following
                ) = 1
                then 'opportunity'
            else disposition
        end as disposition,
        raw_disposition,
        sales_team,
        sales_rep,
        routed_by,
        reason,
        amount,
        opportunity_id
    from dispositions_matched

)

select * from reopened_wins_corrected
