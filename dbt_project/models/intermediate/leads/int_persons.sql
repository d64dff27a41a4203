{{ config(pre_hook="{{ keep_last_build() }}") }}

with

person_attributes as (

    select * from {{ ref('int_person_attributes') }}

),

person_accounts as (

    select * from {{ ref('int_person_accounts') }}

),

person_fit as (

    select * from {{ ref('int_person_fit') }}

),

persons_described as (

    select
        person_attributes.person_id,
        person_attributes.created_at,
        {{ local_date('person_attributes.created_at') }} as created_date,
        person_attributes.updated_at,
        person_attributes.lead_record_count,
        person_attributes.lead_source,
        person_attributes.campaign,
        person_attributes.job_title,
        person_attributes.department,
        person_attributes.industry,
        person_attributes.country,
        person_attributes.employee_count,
        person_attributes.mail_opt_in,
        person_accounts.account_id,
        person_accounts.account_tier,
        person_fit.fit_score,
        person_fit.fit_grade,
        person_fit.is_excluded,
        (
            person_attributes.normalized_email is not null or person_attributes.normalized_phone is not null
        ) as is_contactable,
        (
            person_attributes.company_name is not null
            and person_attributes.normalized_name is not null
            and person_attributes.normalized_email is not null
            and person_attributes.normalized_phone is not null
        ) as is_complete,
        (
            case when person_attributes.company_name is not null then 1 else 0 end
            + case when person_attributes.normalized_name is not null then 1 else 0 end
            + case when person_attributes.normalized_email is not null then 1 else 0 end
            + case when person_attributes.normalized_phone is not null then 1 else 0 end
        ) / cast(4 as double) as completeness_rate
    from person_attributes
    inner join person_accounts
        on person_attributes.person_id = person_accounts.person_id
    inner join person_fit
        on person_attributes.person_id = person_fit.person_id

)

select * from persons_described
