{# D: the last local day that exists for the models; a date literal #}
{% macro as_of_date() -%}
    {%- set day = var('as_of_date', none) -%}
    {%- if execute and not day -%}
        {{ exceptions.raise_compiler_error("say which day is reported: --vars 'as_of_date: YYYY-MM-DD'") }}
    {%- endif -%}
    date '{{ day or "2000-01-01" }}'
{%- endmacro %}


{# the calendar date of a UTC instant in the reporting time zone #}
{% macro local_date(instant) -%}
    {{ return(adapter.dispatch('local_date', 'lead_funnel')(instant)) }}
{%- endmacro %}

{% macro duckdb__local_date(instant) -%}
    cast(timezone('{{ var("reporting_timezone") }}', timezone('UTC', {{ instant }})) as date)
{%- endmacro %}

{% macro spark__local_date(instant) -%}
    to_date(from_utc_timestamp({{ instant }}, '{{ var("reporting_timezone") }}'))
{%- endmacro %}


{# no zone is 24 hours ahead of UTC, so instants before D's midnight in UTC need no conversion #}
{% macro is_known_at_as_of(instant) -%}
    ({{ instant }} < {{ lead_funnel.as_of_date() }} or {{ lead_funnel.local_date(instant) }} <= {{ lead_funnel.as_of_date() }})
{%- endmacro %}


{% macro month_of(day) -%}
    cast(date_trunc('month', {{ day }}) as date)
{%- endmacro %}


{% macro microseconds_between(earlier, later) -%}
    {{ return(adapter.dispatch('microseconds_between', 'lead_funnel')(earlier, later)) }}
{%- endmacro %}

{% macro duckdb__microseconds_between(earlier, later) -%}
    (epoch_us({{ later }}) - epoch_us({{ earlier }}))
{%- endmacro %}

{% macro spark__microseconds_between(earlier, later) -%}
    (unix_micros({{ later }}) - unix_micros({{ earlier }}))
{%- endmacro %}


{# one row per day from the first to the last, both included; for a select list #}
{% macro each_day(first_day, last_day) -%}
    {{ return(adapter.dispatch('each_day', 'lead_funnel')(first_day, last_day)) }}
{%- endmacro %}

{% macro duckdb__each_day(first_day, last_day) -%}
    cast(unnest(generate_series({{ first_day }}, {{ last_day }}, interval 1 day)) as date)
{%- endmacro %}

{% macro spark__each_day(first_day, last_day) -%}
    explode(sequence({{ first_day }}, {{ last_day }}, interval 1 day))
{%- endmacro %}


{% macro add_days(day, number_of_days) -%}
    {{ return(adapter.dispatch('add_days', 'lead_funnel')(day, number_of_days)) }}
{%- endmacro %}

{% macro duckdb__add_days(day, number_of_days) -%}
    cast({{ day }} + cast({{ number_of_days }} as integer) as date)
{%- endmacro %}

{% macro spark__add_days(day, number_of_days) -%}
    {#- a cast cuts fractions off, where DuckDB rounds -#}
    date_add({{ day }}, cast(round({{ number_of_days }}) as integer))
{%- endmacro %}


{# 1 = Monday to 7 = Sunday #}
{% macro iso_weekday(day) -%}
    {{ return(adapter.dispatch('iso_weekday', 'lead_funnel')(day)) }}
{%- endmacro %}

{% macro duckdb__iso_weekday(day) -%}
    isodow({{ day }})
{%- endmacro %}

{% macro spark__iso_weekday(day) -%}
    (weekday({{ day }}) + 1)
{%- endmacro %}
