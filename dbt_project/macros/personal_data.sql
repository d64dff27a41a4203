{# an at sign as mailers, browsers and typists write it, also encoded several times; a pattern #}
{% macro at_sign() -%}
    (?:@|＠|%(?:25)*40)
{%- endmacro %}


{# a quick test that every text with an at sign passes, so that patterns are tried on few #}
{% macro may_hold_at_sign(text) -%}
    ({{ lead_funnel.contains_text(text, "'@'") }} or {{ lead_funnel.contains_text(text, "'＠'") }} or {{ lead_funnel.contains_text(text, "'40'") }})
{%- endmacro %}


{# whatever looks like an e-mail address; a pattern #}
{% macro address() -%}
    {%- set word = '[\\p{L}\\p{M}\\p{N}_-]+' -%}
    [\p{L}\p{M}\p{N}_.．%+-]+{{ lead_funnel.at_sign() }}{{ word }}(?:[.．]{{ word }})+
{%- endmacro %}


{# addresses become `:email`; published texts hold none #}
{% macro without_addresses(text) -%}
    case when {{ lead_funnel.may_hold_at_sign(text) }} then {{ lead_funnel.replace_pattern(text, lead_funnel.address(), ':email') }} else {{ text }} end
{%- endmacro %}


{# addresses become `:email-` and a short hash of the normalised address, so that two people stay two #}
{% macro with_hashed_addresses(text) -%}
    {{ return(adapter.dispatch('with_hashed_addresses', 'lead_funnel')(text)) }}
{%- endmacro %}

{% macro duckdb__with_hashed_addresses(text) -%}
    case
        when {{ lead_funnel.may_hold_at_sign(text) }} then array_to_string(
            list_transform(
                -- one part more than addresses
                list_zip(string_split_regex({{ text }}, '{{ lead_funnel.address() }}'), regexp_extract_all({{ text }}, '{{ lead_funnel.address() }}')),
                lambda pair: pair[1] || coalesce({{ lead_funnel.hashed_address('pair[2]') }}, '')
            ),
            ''
        )
        else {{ text }}
    end
{%- endmacro %}

{% macro spark__with_hashed_addresses(text) -%}
    case
        when {{ lead_funnel.may_hold_at_sign(text) }} then array_join(
            zip_with(
                split({{ text }}, {{ lead_funnel.java_pattern(lead_funnel.address()) }}, -1),
                regexp_extract_all({{ text }}, {{ lead_funnel.java_pattern(lead_funnel.address()) }}, 0),
                (part, address) -> part || coalesce({{ lead_funnel.hashed_address('address') }}, '')
            ),
            ''
        )
        else {{ text }}
    end
{%- endmacro %}


{% macro hashed_address(address) -%}
    ':email-' || substring(
        {{ dbt.hash(lead_funnel.with_plain_at_sign(lead_funnel.lowered(lead_funnel.unicode_normalized(address)))) }}, 1, 8
    )
{%- endmacro %}


{# an address with its at sign as `@`: the last one in it #}
{% macro with_plain_at_sign(address) -%}
    {{ return(adapter.dispatch('with_plain_at_sign', 'lead_funnel')(address)) }}
{%- endmacro %}

{% macro duckdb__with_plain_at_sign(address) -%}
    regexp_replace({{ address }}, '{{ lead_funnel.at_sign() }}([^@%]*)$', '@\1')
{%- endmacro %}

{% macro spark__with_plain_at_sign(address) -%}
    regexp_replace({{ address }}, {{ lead_funnel.java_pattern(lead_funnel.at_sign() ~ '([^@%]*)$') }}, '@$1')
{%- endmacro %}


{# telephone numbers become `:phone` #}
{% macro without_phones(text) -%}
    {{ return(adapter.dispatch('without_phones', 'lead_funnel')(text)) }}
{%- endmacro %}

{% macro duckdb__without_phones(text) -%}
    {{ lead_funnel.replace_pattern(text, lead_funnel.phone('\\b', '\\b'), ':phone') }}
{%- endmacro %}

{# Java's own word boundary knows letters beyond ASCII #}
{% macro spark__without_phones(text) -%}
    {{ lead_funnel.replace_pattern(text, lead_funnel.phone('(?<![0-9A-Za-z_])', '(?![0-9A-Za-z_])'), ':phone') }}
{%- endmacro %}


{# the reason that sales gave, as it may be published #}
{% macro publishable_reason(text) -%}
    {%- if var('publish_reasons') -%}
        {{ lead_funnel.without_phones(lead_funnel.without_addresses(text)) }}
    {%- else -%}
        cast(null as {{ dbt.type_string() }})
    {%- endif -%}
{%- endmacro %}


{# a telephone number between a start and an end, all patterns #}
{% macro phone(start, end) -%}
    {%- set gap = '[-() .]{0,3}' -%}
    (?:\+[0-9]{1,3}{{ gap }}(?:0[-() .]{0,2})?|{{ start }}0)[0-9]{1,4}{{ gap }}[0-9]{1,4}{{ gap }}[0-9]{3,4}{{ end }}
{%- endmacro %}
