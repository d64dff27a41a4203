{% set kinds = {
    'topic': 'topic', 'content': 'content_type', 'buying_stage': 'buying_stage', 'type': 'touchpoint_type'
} %}

with

touchpoints as (

    select * from {{ ref('fct_touchpoints') }}

),

segments as (

    select * from {{ ref('segments') }}

),

attributes_counted as (

    select distinct attribute from segments
    where attribute = 'touches' or attribute like '%:%'

),

recent_touches as (

    select * from touchpoints
    where occurred_date > {{ add_days(as_of_date(), '-' ~ var('segment_days')) }}

),

touches_by_kind as (

    select
        person_id,
        'touches' as attribute,
        count(*) as touches
    from recent_touches
    group by person_id
    {% for kind, column in kinds.items() -%}
        union all
        select
            person_id,
            '{{ kind }}:' || {{ column }} as attribute,
            count(*) as touches
        from recent_touches
        where {{ column }} is not null
        group by person_id, {{ column }}
    {% endfor %}

),

touches_asked_for as (

    select
        touches_by_kind.person_id,
        touches_by_kind.attribute,
        touches_by_kind.touches
    from touches_by_kind
    inner join attributes_counted
        on touches_by_kind.attribute = attributes_counted.attribute

)

select * from touches_asked_for
