with

lead_versions as (

    select * from {{ ref('int_lead_versions') }}

),

versions_numbered as (

    select
        lead_id,
        created_at,
        updated_at,
        mail_opt_in,
        is_current and not is_deleted as is_record,
        row_number() over (partition by lead_id order by updated_at) as version_number
    from lead_versions

),

answers_compared as (

    select
        *,
        lag(mail_opt_in) over (partition by lead_id order by updated_at) as mail_opt_in_before
    from versions_numbered
    where mail_opt_in is not null

),

-- a version that repeats an answer gives none. The first one may have been exported long after the lead was created:
-- its yes counts from then on, a no only from the version on, since mails before may have been agreed to
answers_dated as (

    select
        lead_id,
        is_record,
        mail_opt_in,
        case
            when mail_opt_in_before = mail_opt_in then cast(null as timestamp)
            when version_number = 1 and mail_opt_in then created_at
            else updated_at
        end as answered_at
    from answers_compared

),

answers_summed as (

    select
        lead_id,
        max(case when mail_opt_in then answered_at end) as opted_in_at,
        max(case when not mail_opt_in then answered_at end) as opted_out_at,
        max(case when is_record and not mail_opt_in then 1 else 0 end) = 1 as is_opted_out
    from answers_dated
    group by lead_id

)

select * from answers_summed
