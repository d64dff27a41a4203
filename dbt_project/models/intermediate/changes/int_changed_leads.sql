with

lead_persons as (

    {{ changed_rows(ref('int_lead_persons')) }}

),

leads_listed as (

    select distinct lead_id
    from lead_persons

)

select * from leads_listed
