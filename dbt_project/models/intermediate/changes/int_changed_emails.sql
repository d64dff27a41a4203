with

email_persons as (

    {{ changed_rows(ref('int_email_persons')) }}

),

emails_listed as (

    select distinct normalized_email as email_to_match
    from email_persons

)

select * from emails_listed
