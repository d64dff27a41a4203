with

persons as (

    {{ changed_rows(ref('int_persons')) }}

),

-- of a person that was there and is, both rows
persons_compared as (

    select
        person_id,
        count(*) = 1 or min(created_at) <> max(created_at) as has_other_created_at
    from persons
    group by person_id

)

select * from persons_compared
