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

fit_grades as (

    select * from {{ ref('fit_grades') }}

),

profiles as (

    select
        {% for attribute in text_attributes %}
            lower({{ attribute }}) as {{ attribute }},
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
        {{ each_listed_value("lower(coalesce(value, ''))", "operator = 'in'") }} as rule_text
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

points_summed_to_person as (

    select
        person_id,
        cast(sum(points) as bigint) as fit_score,
        bool_or(excludes) as is_excluded
    from rules_matched
    group by person_id

),

persons_scored as (

    select
        profiles.person_id,
        coalesce(points_summed_to_person.fit_score, 0) as fit_score,
        coalesce(points_summed_to_person.is_excluded, false) as is_excluded
    from profiles
    left join points_summed_to_person
        on profiles.person_id = points_summed_to_person.person_id

),

grades_from as (

    select
        fit_grade,
        min_points,
        lead(min_points) over (order by min_points) as next_min_points
    from fit_grades

),

persons_graded as (

    select
        persons_scored.person_id,
        persons_scored.fit_score,
        persons_scored.is_excluded,
        coalesce(grades_from.fit_grade, 'none') as fit_grade
    from persons_scored
    left join grades_from
        on
            persons_scored.fit_score >= grades_from.min_points
            and (persons_scored.fit_score < grades_from.next_min_points or grades_from.next_min_points is null)

)

select * from persons_graded
