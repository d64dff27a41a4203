with

persons as (

    select * from {{ ref('int_persons') }}

),

rescored_persons as (

    select * from {{ ref('int_rescored_persons') }}

),

dispositions as (

    select * from {{ ref('int_dispositions') }}

),

qualification_rules as (

    select * from {{ ref('qualification_rules') }}

),

first_wins as (

    select
        person_id,
        min(occurred_date) as first_won_date
    from dispositions
    where disposition = 'won'
    group by person_id

),

persons_limited as (

    select
        persons.person_id,
        persons.created_date as qualifiable_from,
        coalesce(first_wins.first_won_date, {{ add_days(as_of_date(), 1) }}) as qualifiable_to,
        qualification_rules.min_score
    from persons
    left join first_wins
        on persons.person_id = first_wins.person_id
    left join qualification_rules
        on persons.fit_grade = qualification_rules.fit_grade
    where
        persons.is_contactable
        and not persons.is_excluded
        and {{ is_affected('persons.person_id', 'rescored_persons') }}

),

qualifiable as (

    select * from persons_limited
    where qualifiable_from < qualifiable_to

)

select * from qualifiable
