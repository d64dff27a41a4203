with

persons as (

    select * from {{ ref('int_persons') }}

),

lead_persons as (

    select * from {{ ref('int_lead_persons') }}

),

person_owners as (

    select * from {{ ref('int_person_owners') }}

),

person_touches as (

    select * from {{ ref('int_person_touches') }}

),

mailability as (

    select * from {{ ref('int_mailability') }}

),

current_scores as (

    select * from {{ ref('int_current_scores') }}

),

qualifications as (

    select * from {{ ref('fct_qualifications') }}

),

lead_ids_listed as (

    select
        person_id,
        {{ listed_in_order('lead_id', ' ') }} as lead_ids
    from lead_persons
    where not is_alias
    group by person_id

),

leads_described as (

    select
        persons.person_id,
        lead_ids_listed.lead_ids,
        persons.created_date,
        {{ without_addresses('persons.lead_source') }} as lead_source,
        {{ without_addresses('persons.campaign') }} as campaign,
        {{ without_addresses('persons.account_id') }} as account_id,
        persons.account_tier,
        persons.fit_score,
        persons.fit_grade,
        persons.is_excluded,
        persons.is_contactable,
        persons.is_complete,
        persons.completeness_rate,
        mailability.is_mailable,
        mailability.mail_block_reason,
        coalesce(current_scores.behavior_score, 0) as behavior_score,
        coalesce(current_scores.score_7_days_ago, 0) as score_7_days_ago,
        coalesce(current_scores.behavior_score, 0) - coalesce(current_scores.score_7_days_ago, 0) as score_change_7_days,
        person_owners.cycle_number,
        person_owners.cycle_started_date,
        person_owners.stage,
        person_owners.is_customer,
        person_owners.owner,
        qualifications.qualified_from is not null as is_qualified,
        qualifications.qualified_from,
        coalesce(person_touches.touchpoints, 0) as touchpoints,
        person_touches.last_touch_date,
        person_touches.last_touch_type,
        case
            when person_owners.stage = 'won' then person_touches.furthest_stage
            else coalesce(person_touches.furthest_stage_to_buy, person_touches.furthest_stage)
        end as buying_stage,
        person_touches.top_topic
    from persons
    inner join lead_ids_listed
        on persons.person_id = lead_ids_listed.person_id
    inner join person_owners
        on persons.person_id = person_owners.person_id
    inner join mailability
        on persons.person_id = mailability.person_id
    left join current_scores
        on persons.person_id = current_scores.person_id
    left join qualifications
        on
            persons.person_id = qualifications.person_id
            and qualifications.qualified_to is null
    left join person_touches
        on persons.person_id = person_touches.person_id

)

select * from leads_described
