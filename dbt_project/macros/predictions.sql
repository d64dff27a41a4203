{# what a prediction rests on, columns of int_prediction_bands, in the order in which their weights are learned #}
{% macro prediction_attributes() %}
    score fit_grade account_tier lead_source is_excluded was_handed_over days_known days_since_touch days_since_hand_raise days_to_hand_raise touches mail_reactions offline_touches top_topic
{% endmacro %}


{#
    The band that a number lies in, as a text such as `< 0`, `3 - 13` or `90+`; `floors` are the least values of the bands
    but the lowest, separated by spaces; `none` for null.
#}
{% macro banded(number, floors) -%}
    {%- set floors = floors.split() | map('int') | list -%}
    case
        when {{ number }} is null then 'none'
        when {{ number }} < {{ floors[0] }} then '< {{ floors[0] }}'
        {% for floor in floors[:-1] -%}
            {%- set last = floors[loop.index] - 1 -%}
            when {{ number }} <= {{ last }} then '{{ floor if floor == last else floor ~ " - " ~ last }}'
        {% endfor -%}
        else '{{ floors[-1] }}+'
    end
{%- endmacro %}


{# the floors of each banded attribute #}
{% macro prediction_band(attribute, number) -%}
    {%- set floors = {
        'score': var('score_band_floors') | sort | join(' '),
        'days_known': '0 3 14 90',
        'days_since_touch': '0 2 7 30',
        'days_since_hand_raise': '0 4 14',
        'days_to_hand_raise': '2',
        'touches': '0 1 6 16 30',
        'mail_reactions': '0 1 3',
        'offline_touches': '0 1 3',
    } -%}
    {{ lead_funnel.banded(number, floors[attribute]) }}
{%- endmacro %}


{#
    Whether a touchpoint of `touchpoints` was known in a case of `cases`. On the day of a hand-off that is what came before
    its instant; an anonymous visit that got its name that day may have got it later, and does not count.
#}
{% macro is_known_to_case() -%}
    (
        cases.known_until is null
        or (
            cases.known_until > touchpoints.occurred_at
            and cases.case_date >= touchpoints.known_date
            and (cases.case_date > touchpoints.known_date or not touchpoints.is_stitched)
        )
    )
{%- endmacro %}


{# the chance that log-odds stand for; log-odds that far out are as good as certain, and exp() stays in its range #}
{% macro chance_of(log_odds) -%}
    (case when {{ log_odds }} is not null then 1 / (1 + exp(-greatest(-30, least(30, {{ log_odds }})))) end)
{%- endmacro %}


{# a number to nine decimals, so that sums of it are the same in any order and on any engine #}
{% macro exact(number) -%}
    cast(round({{ number }}, 9) as decimal(28, 9))
{%- endmacro %}


{#
    CTEs that fit log-odds to a line, `intercept + slope * x`, by Newton's method from the overall odds on, in a fixed number
    of steps. `rows` is a CTE with the columns in `keys`, `x` (double), `cases` and `hits`; the last CTE, `lines_fitted`,
    has the keys, `intercept` and `slope`. `ridge`, a number or a column, draws the slope to 0. Both stay within 50, so that
    groups that a threshold of x parts perfectly end too. Sums are of decimals, the same in any order, and every CTE is
    read once, since Spark computes it as often as it is read. Without a hit, or with nothing else, the first step stands.
#}
{% macro logistic_lines(rows, keys, ridge=0, steps=7) -%}
    {%- set group = 'partition by ' ~ keys | join(', ') -%}
    {%- set weight = 'cases * chance * (1 - chance)' -%}
    {%- set terms = {
        'gap': 'hits - cases * chance', 'gap_x': '(hits - cases * chance) * x',
        'weight': weight, 'weight_x': weight ~ ' * x', 'weight_xx': weight ~ ' * x * x',
        'hit_count': 'hits', 'miss_count': 'cases - hits',
    } -%}
    {%- set curvature = '(weight_xx + ' ~ ridge ~ ')' -%}
    {%- set pull = '(gap_x - ' ~ ridge ~ ' * slope)' -%}
    {%- set determinant = 'nullif(round(weight * ' ~ curvature ~ ' - weight_x * weight_x, 6) * least(hit_count, miss_count), 0)' -%}
    {%- set changes = {
        'intercept': 'least(hit_count, miss_count) * (' ~ curvature ~ ' * gap - weight_x * ' ~ pull ~ ') / ' ~ determinant,
        'slope': 'least(hit_count, miss_count) * (weight * ' ~ pull ~ ' - weight_x * gap) / ' ~ determinant,
    } -%}
    line_0 as (

        select
            {{ keys | join(', ') }},
            x,
            cases,
            hits,
            round(
                ln(
                    (sum(hits) over ({{ group }}) + 1)
                    / cast(sum(cases) over ({{ group }}) - sum(hits) over ({{ group }}) + 1 as double)
                ),
                9
            ) as intercept,
            cast(0 as double) as slope
        from {{ rows }}

    ),

    {% for step in range(1, steps + 1) -%}
        sums_{{ step }} as (

            select
                {{ keys | join(', ') }},
                x,
                cases,
                hits,
                intercept,
                slope,
                {% for name, term in terms.items() -%}
                    cast(sum({{ lead_funnel.exact(term) }}) over ({{ group }}) as double) as {{ name }}{{ "," if not loop.last }}
                {% endfor %}
            from (select *, {{ lead_funnel.chance_of('intercept + slope * x') }} as chance from line_{{ step - 1 }}) as chances

        ),

        line_{{ step }} as (

            select
                {{ keys | join(', ') }},
                x,
                cases,
                hits,
                {% for name, change in changes.items() -%}
                    greatest(-50, least(50, round({{ name }} + coalesce({{ change }}, 0), 9))) as {{ name }}{{ "," if not loop.last }}
                {% endfor %}
            from sums_{{ step }}

        ),

    {% endfor -%}
    lines_fitted as (

        select distinct
            {{ keys | join(', ') }},
            intercept,
            slope
        from line_{{ steps }}

    )
{%- endmacro %}


{#
    CTEs of what a prediction learns from, out of the CTE `bands` of int_prediction_bands: `training_sets`, the quarters that
    are judged and D, each with the day before which everything was known; and `rows_known`, the hand-offs and their
    outcomes as they were known when that day began, whatever became of them later.
#}
{% macro training_rows(columns) -%}
    training_sets as (

        select distinct cast(date_trunc('quarter', case_date) as date) as learned_before
        from bands
        where not is_open and case_date > {{ lead_funnel.add_days(lead_funnel.as_of_date(), '-' ~ var('prediction_days')) }}
        union
        select {{ lead_funnel.add_days(lead_funnel.as_of_date(), 1) }} as learned_before

    ),

    rows_known as (

        {% for outcome in ['accepted', 'won'] -%}
            select
                '{{ outcome }}' as outcome,
                training_sets.learned_before,
                bands.case_id,
                case when bands.{{ outcome }}_hit_date < training_sets.learned_before then 1 else 0 end as hit,
                {% for column in columns -%}
                    bands.{{ column }},
                {% endfor -%}
                count(*) over (partition by training_sets.learned_before) as cases,
                count(case when bands.{{ outcome }}_hit_date < training_sets.learned_before then 1 end)
                    over (partition by training_sets.learned_before) as hits
            from bands
            inner join training_sets
                on
                    bands.{{ outcome }}_judged_date < training_sets.learned_before
                    and bands.case_date
                    >= {{ lead_funnel.add_days('training_sets.learned_before', '-' ~ var('prediction_days')) }}
            {{ "union all" if not loop.last }}
        {% endfor %}

    )
{%- endmacro %}


{# CTEs that turn a CTE with a column per attribute into one row per attribute, with the columns `kept` #}
{% macro listed_bands(rows, kept) -%}
    {%- set attributes = lead_funnel.prediction_attributes().split() -%}
    attributes_listed as (

        {% for attribute in attributes -%}
            select '{{ attribute }}' as attribute
            {{ "union all" if not loop.last }}
        {% endfor %}

    ),

    bands_listed as (

        select
            {{ kept | join(', ') }},
            attributes_listed.attribute,
            case attributes_listed.attribute
                {% for attribute in attributes -%}
                    when '{{ attribute }}' then {{ rows }}.{{ attribute }}
                {% endfor %}
            end as band
        from {{ rows }}
        cross join attributes_listed

    )
{%- endmacro %}


{#
    The weight of a band, in log-odds beside the base chance of all that is learned from: its hit rate with
    `prediction_prior_handoffs` average hand-offs on top
#}
{% macro band_weight(band_cases, band_hits, cases, hits) -%}
    {%- set base = '(' ~ hits ~ ' + 1) / cast(' ~ cases ~ ' + 2 as double)' -%}
    {%- set prior = var('prediction_prior_handoffs') -%}
    (
        ln(
            ({{ band_hits }} + {{ prior }} * ({{ base }}))
            / ({{ band_cases }} - {{ band_hits }} + {{ prior }} * (1 - {{ base }}))
        )
        - ln(({{ hits }} + 1) / cast({{ cases }} - {{ hits }} + 1 as double))
    )
{%- endmacro %}
