with

persons as (

    select * from {{ ref('int_person_attributes') }}

),

person_accounts as (

    select * from {{ ref('int_person_accounts') }}

),

fit_rules as (

    select * from {{ ref('fit_rules') }}

),

fit_grades as (

    select * from {{ ref('fit_grades') }}

),

profiles as (

    select
        persons.*,
        person_accounts.email_domain,
        person_accounts.account_tier
    from persons
    inner join person_accounts
        on persons.person_id = person_accounts.person_id

),

{{ graded_fits('profiles', 'person_id') }}

select * from fits_graded
