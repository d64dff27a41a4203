with

segment_conditions as (

    select * from {{ ref('int_segment_conditions') }}

),

segment_attributes as (

    select * from {{ ref('int_segment_attributes') }}

),

segment_touches as (

    select * from {{ ref('int_segment_touches') }}

),

values_paired as (

    select
        segment_conditions.*,
        segment_attributes.person_id,
        case segment_conditions.attribute
            {% for attribute in segment_text_attributes().split() -%}
                when '{{ attribute }}' then segment_attributes.{{ attribute }}
            {% endfor -%}
        end as person_text,
        case
            {% for attribute in segment_number_attributes().split() -%}
                when segment_conditions.attribute = '{{ attribute }}' then segment_attributes.{{ attribute }}
            {% endfor -%}
            when segment_conditions.is_number then coalesce(segment_touches.touches, 0)
        end as person_number
    from segment_attributes
    cross join segment_conditions
    left join segment_touches
        on
            segment_attributes.person_id = segment_touches.person_id
            and segment_conditions.attribute = segment_touches.attribute

),

-- of the values of a condition several may match, such as a number written in two ways
conditions_kept as (

    select distinct
        segment_id,
        clause,
        conditions_of_clause,
        attribute,
        operator,
        value,
        person_id
    from values_paired
    where
        case operator
            when 'blank' then person_text is null and person_number is null
            when 'contains' then {{ contains_text('person_text', 'rule_text') }}
            when 'gte' then person_number >= rule_number
            when 'lte' then person_number <= rule_number
            else person_number = rule_number or person_text = rule_text
        end

),

clauses_kept as (

    select
        segment_id,
        clause,
        person_id
    from conditions_kept
    group by segment_id, clause, person_id, conditions_of_clause
    having count(*) = conditions_of_clause

),

members_found as (

    select distinct
        segment_id,
        person_id
    from clauses_kept

)

select * from members_found
