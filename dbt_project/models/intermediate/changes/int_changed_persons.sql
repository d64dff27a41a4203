with

persons as (

    {{ changed_rows(ref('int_persons')) }}

),

persons_listed as (

    select distinct person_id
    from persons

)

select * from persons_listed
