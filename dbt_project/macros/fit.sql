{#
    CTEs that tell how well profiles fit by the fit rules; the last one, `fits_graded`, has `key`, `fit_score`, `is_excluded` and
    `fit_grade`. `profiles` is a CTE with `key` and the attributes of fit_rules; `fit_rules` and `fit_grades` are CTEs too.
#}
{% macro graded_fits(profiles, key) -%}
    {%- set text_attributes = [
        'industry', 'job_title', 'department', 'country', 'lead_source', 'email_domain', 'account_tier'
    ] -%}
    profiles_lowered as (

        select
            {% for attribute in text_attributes -%}
                {{ lead_funnel.lowered(attribute) }} as {{ attribute }},
            {% endfor -%}
            employee_count,
            {{ key }}
        from {{ profiles }}

    ),

    values_listed as (

        select
            rule_id,
            attribute,
            operator,
            coalesce(points, 0) as points,
            coalesce(excludes, false) as excludes,
            {{ lead_funnel.each_listed_value(lead_funnel.lowered("coalesce(value, '')"), "operator = 'in'") }} as rule_text
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
            profiles_lowered.{{ key }},
            rule_values.operator,
            rule_values.points,
            rule_values.excludes,
            rule_values.rule_text,
            rule_values.rule_number,
            case rule_values.attribute
                {% for attribute in text_attributes -%}
                    when '{{ attribute }}' then profiles_lowered.{{ attribute }}
                {% endfor -%}
                when 'employee_count' then cast(profiles_lowered.employee_count as {{ dbt.type_string() }})
            end as value_text,
            case when rule_values.attribute = 'employee_count' then profiles_lowered.employee_count end as value_number
        from profiles_lowered
        cross join rule_values

    ),

    rules_matched as (

        select
            {{ key }},
            points,
            excludes
        from values_paired
        where
            case operator
                when 'blank' then value_text is null
                when 'contains' then {{ lead_funnel.contains_text('value_text', 'rule_text') }}
                when 'gte' then value_number >= rule_number
                when 'lte' then value_number <= rule_number
                else value_number = rule_number or value_text = rule_text
            end

    ),

    fits_scored as (

        select
            {{ profiles }}.{{ key }},
            cast(coalesce(sum(rules_matched.points), 0) as bigint) as fit_score,
            coalesce(bool_or(rules_matched.excludes), false) as is_excluded
        from {{ profiles }}
        left join rules_matched
            on {{ profiles }}.{{ key }} = rules_matched.{{ key }}
        group by {{ profiles }}.{{ key }}

    ),

    grades_from as (

        select
            fit_grade,
            min_points,
            lead(min_points) over (order by min_points) as next_min_points
        from fit_grades

    ),

    fits_graded as (

        select
            fits_scored.{{ key }},
            fits_scored.fit_score,
            fits_scored.is_excluded,
            coalesce(grades_from.fit_grade, 'none') as fit_grade
        from fits_scored
        left join grades_from
            on
                fits_scored.fit_score >= grades_from.min_points
                and (fits_scored.fit_score < grades_from.next_min_points or grades_from.next_min_points is null)

    )
{%- endmacro %}
