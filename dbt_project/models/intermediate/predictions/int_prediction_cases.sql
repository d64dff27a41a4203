with

handoffs as (

    select * from {{ ref('fct_handoffs') }}

),

lead_handoffs as (

    select * from {{ ref('int_lead_handoffs') }}

),

handoff_wins as (

    select * from {{ ref('int_handoff_wins') }}

),

leads as (

    select * from {{ ref('dim_leads') }}

),

handoffs_ranked as (

    select
        handoff_id,
        row_number() over (partition by person_id order by handed_off_at) > 1 as was_handed_over
    from handoffs

),

-- what was decided by when: an acceptance counts once it and its deadline have come, a win at the end of its wait
past_handoffs as (

    select
        'handoff:' || lead_handoffs.handoff_id as case_id,
        lead_handoffs.person_id,
        lead_handoffs.handed_off_date as case_date,
        lead_handoffs.handed_off_at as known_until,
        handoffs_ranked.was_handed_over,
        case when lead_handoffs.is_mature then lead_handoffs.acceptance_deadline end as accepted_judged_date,
        case
            when lead_handoffs.is_mature
                then greatest(lead_handoffs.acceptance_deadline, {{ local_date('lead_handoffs.accepted_at') }})
        end as accepted_hit_date,
        lead_handoffs.accepted_at is not null as is_accepted,
        case
            when handoff_wins.handoff_id is not null then {{ add_days('lead_handoffs.handed_off_date', var('win_wait_days')) }}
        end as won_judged_date,
        coalesce(handoff_wins.is_won, false) as is_won
    from lead_handoffs
    inner join handoffs_ranked
        on lead_handoffs.handoff_id = handoffs_ranked.handoff_id
    left join handoff_wins
        on lead_handoffs.handoff_id = handoff_wins.handoff_id

),

persons_handed_over as (

    select distinct person_id from handoffs

),

open_leads as (

    select
        leads.person_id,
        persons_handed_over.person_id is not null as was_handed_over
    from leads
    left join persons_handed_over
        on leads.person_id = persons_handed_over.person_id
    where leads.owner = 'marketing' and not leads.is_customer and leads.is_contactable

),

cases_listed as (

    select
        case_id,
        person_id,
        case_date,
        known_until,
        was_handed_over,
        accepted_judged_date,
        case when is_accepted then accepted_hit_date end as accepted_hit_date,
        won_judged_date,
        case when is_won then won_judged_date end as won_hit_date
    from past_handoffs
    union all
    select
        'lead:' || person_id as case_id,
        person_id,
        {{ as_of_date() }} as case_date,
        cast(null as timestamp) as known_until,
        was_handed_over,
        cast(null as date) as accepted_judged_date,
        cast(null as date) as accepted_hit_date,
        cast(null as date) as won_judged_date,
        cast(null as date) as won_hit_date
    from open_leads

)

select * from cases_listed
