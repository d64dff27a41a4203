{% set text_attributes = [
    'industry', 'job_title', 'department', 'country', 'lead_source', 'email_domain', 'account_tier'
] %}

with

persons as (

    select * from {{ ref('int_person_attributes') }}

),

person_accounts as (

    select * from {{ ref('int_person_accounts') }}

),

fit_rules as (

    select * from {{ ref('fit_rules') }}

),

profiles as (

    select
        {% for attribute in text_attributes %}
            {{ lowered(attribute) }} as {{ attribute }},
        {% endfor %}
        persons.employee_count,
        persons.person_id
    from persons
    inner join person_accounts
        on persons.person_id = person_accounts.person_id

),

values_listed as (

    select
        rule_id,
        attribute,
        operator,
        coalesce(points, 0) as points,
        coalesce(excludes, false) as excludes,
        {{ each_listed_value(lowered("coalesce(value, '')"), "operator = 'in'") }} as rule_text
    from fit_rules

),

-- a value listed twice counts once
rule_values as (

    select distinct
        rule_id,
        attribute,
        operator,
        points,
        excludes,
        case when attribute <> 'employee_count' then rule_text end as rule_text,
        case when attribute = 'employee_count' then try_cast(rule_text as double) end as rule_number
    from values_listed

),

values_paired as (

    select
        profiles.person_id,
        rule_values.operator,
        rule_values.points,
        rule_values.excludes,
        rule_values.rule_text,
        rule_values.rule_number,
        case rule_values.attribute
            {% for attribute in text_attributes %}
                when '{{ attribute }}' then profiles.{{ attribute }}
            {% endfor %}
            when 'employee_count' then cast(profiles.employee_count as {{ dbt.type_string() }})
        end as value_text,
        case when rule_values.attribute = 'employee_count' then profiles.employee_count end as value_number
    from profiles
    cross join rule_values

),

rules_matched as (

    select
        person_id,
        points,
        excludes
    from values_paired
    where
        case operator
            when 'blank' then value_text is null
            when 'contains' then {{ contains_text('value_text', 'rule_text') }}
            when 'gte' then value_number >= rule_number
            when 'lte' then value_number <= rule_number
            else value_number = rule_number or value_text = rule_text
        end

),

persons_scored as (

    select
        profiles.person_id,
        cast(coalesce(sum(rules_matched.points), 0) as bigint) as fit_score,
        coalesce(bool_or(rules_matched.excludes), false) as is_excluded
    from profiles
    left join rules_matched
        on profiles.person_id = rules_matched.person_id
    group by profiles.person_id

)

select * from persons_scored
