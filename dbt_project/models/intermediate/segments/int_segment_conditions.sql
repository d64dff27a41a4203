with

segments as (

    select * from {{ ref('segments') }}

),

conditions_listed as (

    select distinct
        segment_id,
        clause,
        attribute,
        operator,
        coalesce(value, '') as value,
        attribute in {{ listed_texts(segment_number_attributes().split()) }} or attribute = 'touches' or attribute like '%:%'
            as is_number
    from segments

),

clauses_counted as (

    select
        *,
        count(*) over (partition by segment_id, clause) as conditions_of_clause
    from conditions_listed

),

-- a value listed twice counts once
values_listed as (

    select distinct
        *,
        {{ each_listed_value(lowered('value'), "operator = 'in'") }} as value_text
    from clauses_counted

),

values_typed as (

    select
        segment_id,
        clause,
        conditions_of_clause,
        attribute,
        operator,
        value,
        is_number,
        case when not is_number then value_text end as rule_text,
        case when is_number then try_cast(value_text as double) end as rule_number
    from values_listed

)

select * from values_typed
