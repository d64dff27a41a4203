with

lead_links as (

    select * from {{ ref('int_lead_links') }}

),

lead_persons as (

    select * from {{ ref('int_lead_persons') }}

),

links_between_persons as (

    select
        lead_links.lead_id,
        lead_links.linked_lead_id,
        lead_links.link_type
    from lead_links
    inner join lead_persons
        on lead_links.lead_id = lead_persons.lead_id
    inner join lead_persons as linked_persons
        on lead_links.linked_lead_id = linked_persons.lead_id
    where lead_persons.person_id <> linked_persons.person_id

)

select * from links_between_persons
