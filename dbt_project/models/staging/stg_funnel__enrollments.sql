with

enrollments as (

    select * from {{ source('raw', 'enrollments') }}

),

placeholders as (

    select * from {{ ref('placeholders') }}

),

standing as (

    select
        enrollments.enrollment_id,
        enrollments.occurred_at,
        enrollments.scenario_id,
        enrollments.action,
        enrollments.arm,
        enrollments.lead_id,
        {{ unless_placeholder('enrollments', 'email') }}
    from enrollments
    {{ joined_placeholders('enrollments', 'email') }}
    where
        not enrollments._is_replaced
        and {{ is_known_at_as_of('enrollments.occurred_at') }}

)

select * from standing
