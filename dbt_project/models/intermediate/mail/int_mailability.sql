with

person_attributes as (

    select * from {{ ref('int_person_attributes') }}

),

mail_blocks as (

    select * from {{ ref('int_mail_blocks') }}

),

mailability_told as (

    select
        person_attributes.person_id,
        person_attributes.normalized_phone is not null as has_phone,
        (
            person_attributes.normalized_email is not null
            and coalesce(mail_blocks.mail_block_reason <> 'bounced', true)
        ) as has_address,
        person_attributes.normalized_email is not null and mail_blocks.person_id is null as is_mailable,
        mail_blocks.mail_block_reason
    from person_attributes
    left join mail_blocks
        on person_attributes.person_id = mail_blocks.person_id

)

select * from mailability_told
