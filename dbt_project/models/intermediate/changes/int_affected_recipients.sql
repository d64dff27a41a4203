with

affected_mails as (

    select * from {{ ref('int_affected_mails') }}

),

published_mails as (

    select distinct
        recipient,
        {{ without_addresses('mail_id') }} as mail_id
    from affected_mails

)

select * from published_mails
