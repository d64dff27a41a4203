{# a text as a literal #}
{% macro quoted_text(text) -%}
    {{ return(adapter.dispatch('quoted_text', 'lead_funnel')(text)) }}
{%- endmacro %}

{% macro duckdb__quoted_text(text) -%}
    '{{ text | replace("'", "''") }}'
{%- endmacro %}

{% macro spark__quoted_text(text) -%}
    '{{ text | replace("\\", "\\\\") | replace("'", "\\'") }}'
{%- endmacro %}


{# white space as Unicode sees it, for use inside the brackets of a character class #}
{% macro white_space_class() -%}
    \t-\r\x1c-\x20\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}
{%- endmacro %}


{# patterns are written without quotes; the text may be any expression #}
{% macro matches_pattern(text, pattern, ignore_case=false) -%}
    {{ return(adapter.dispatch('matches_pattern', 'lead_funnel')(text, pattern, ignore_case)) }}
{%- endmacro %}

{% macro duckdb__matches_pattern(text, pattern, ignore_case) -%}
    regexp_matches({{ text }}, '{{ pattern | replace("'", "''") }}', '{{ "i" if ignore_case else "c" }}')
{%- endmacro %}

{% macro spark__matches_pattern(text, pattern, ignore_case) -%}
    ({{ text }} rlike {{ lead_funnel.java_pattern(pattern, "iu" if ignore_case else "") }})
{%- endmacro %}


{#
    A pattern in DuckDB's grammar as a literal for Spark. Java knows more ends of lines than \n, and has `$` match before
    the last of them; (?d) and \z take that back, and `u` folds the case of all letters.
#}
{% macro java_pattern(pattern, flags='') -%}
    {%- set whole = modules.re.sub('(?<![\\\\\\[])[$]', '\\\\z', pattern) -%}
    {{ lead_funnel.quoted_text('(?d' ~ flags ~ ')' ~ whole) }}
{%- endmacro %}


{# replaces every match #}
{% macro replace_pattern(text, pattern, replacement) -%}
    {{ return(adapter.dispatch('replace_pattern', 'lead_funnel')(text, pattern, replacement)) }}
{%- endmacro %}

{% macro duckdb__replace_pattern(text, pattern, replacement) -%}
    regexp_replace({{ text }}, '{{ pattern }}', '{{ replacement }}', 'g')
{%- endmacro %}

{% macro spark__replace_pattern(text, pattern, replacement) -%}
    regexp_replace({{ text }}, {{ lead_funnel.java_pattern(pattern) }}, '{{ replacement }}')
{%- endmacro %}


{# Unicode NFKC; plain ASCII is its own NFKC and skips the slower function #}
{% macro unicode_normalized(text) -%}
    {{ return(adapter.dispatch('unicode_normalized', 'lead_funnel')(text)) }}
{%- endmacro %}

{% macro duckdb__unicode_normalized(text) -%}
    case when strlen({{ text }}) <> length({{ text }}) then nfkc({{ text }}) else {{ text }} end
{%- endmacro %}

{# by ICU, which comes with Spark, so that no function has to be given to a cluster #}
{% macro spark__unicode_normalized(text) -%}
    case
        when octet_length({{ text }}) <> length({{ text }})
            then java_method('com.ibm.icu.text.Normalizer', 'compose', {{ text }}, true)
        else {{ text }}
    end
{%- endmacro %}


{# lower case of each character by itself: `Σ` is `σ` at the end of a word too, `İ` is `i` #}
{% macro lowered(text) -%}
    {{ return(adapter.dispatch('lowered', 'lead_funnel')(text)) }}
{%- endmacro %}

{% macro duckdb__lowered(text) -%}
    lower({{ text }})
{%- endmacro %}

{% macro spark__lowered(text) -%}
    lower(translate({{ text }}, 'Σİ', 'σi'))
{%- endmacro %}


{% macro trimmed(text) -%}
    {%- set space = lead_funnel.white_space_class() -%}
    {{ lead_funnel.replace_pattern(text, '^[' ~ space ~ ']+|[' ~ space ~ ']+$', '') }}
{%- endmacro %}


{# as keys of rule files are compared: without case and outer white space #}
{% macro folded(text) -%}
    {{ lead_funnel.lowered(lead_funnel.trimmed(text)) }}
{%- endmacro %}


{% macro without_white_space(text) -%}
    {{ lead_funnel.replace_pattern(text, '[' ~ lead_funnel.white_space_class() ~ ']+', '') }}
{%- endmacro %}


{# what the first group of the pattern holds; an empty text without a match #}
{% macro extracted_text(text, pattern) -%}
    {{ return(adapter.dispatch('extracted_text', 'lead_funnel')(text, pattern)) }}
{%- endmacro %}

{% macro duckdb__extracted_text(text, pattern) -%}
    regexp_extract({{ text }}, '{{ pattern }}', 1)
{%- endmacro %}

{% macro spark__extracted_text(text, pattern) -%}
    regexp_extract({{ text }}, {{ lead_funnel.java_pattern(pattern) }}, 1)
{%- endmacro %}


{# the text if the pattern matches all of it, else null; evaluates the text once #}
{% macro only_if_matching(text, pattern) -%}
    {{ return(adapter.dispatch('only_if_matching', 'lead_funnel')(text, pattern)) }}
{%- endmacro %}

{% macro duckdb__only_if_matching(text, pattern) -%}
    nullif(regexp_extract({{ text }}, '^(?:{{ pattern }})$'), '')
{%- endmacro %}

{% macro spark__only_if_matching(text, pattern) -%}
    nullif(regexp_extract({{ text }}, {{ lead_funnel.java_pattern('^(?:' ~ pattern ~ ')$') }}, 0), '')
{%- endmacro %}


{# without the characters that no reader sees: zero-width space and joiners, word joiner, byte order mark, soft hyphen #}
{% macro without_invisible(text) -%}
    {{ return(adapter.dispatch('without_invisible', 'lead_funnel')(text)) }}
{%- endmacro %}

{% macro duckdb__without_invisible(text) -%}
    {{ lead_funnel.replace_pattern(text, '[\\x{200b}-\\x{200d}\\x{2060}\\x{feff}\\x{ad}]+', '') }}
{%- endmacro %}

{% macro spark__without_invisible(text) -%}
    {{ lead_funnel.replace_pattern(text, '[\\u200b-\\u200d\\u2060\\ufeff\\u00ad]+', '') }}
{%- endmacro %}


{#
    One text for the spellings of one address. Null unless it has one @, text before and a dot after it, and no white
    space or sign that parts addresses from each other or from a name.
#}
{% macro normalized_email(text) -%}
    {%- set typed = lead_funnel.trimmed(lead_funnel.without_invisible(lead_funnel.unicode_normalized(text))) -%}
    {%- set character = '[^@,;<>()"' ~ lead_funnel.white_space_class() ~ ']' -%}
    {{ lead_funnel.only_if_matching(lead_funnel.lowered(typed), character ~ '+@' ~ character ~ '*[.]' ~ character ~ '*') }}
{%- endmacro %}


{# digits only, Japan's country code as the leading 0; null under nine digits #}
{% macro normalized_phone(text) -%}
    {%- set typed = lead_funnel.without_white_space(lead_funnel.unicode_normalized(text)) -%}
    {%- set national = lead_funnel.replace_pattern(typed, '^[+]81[^0-9]*0?', '0') -%}
    {{ lead_funnel.only_if_matching(lead_funnel.replace_pattern(national, '[^0-9]+', ''), '[0-9]{9,}') }}
{%- endmacro %}


{% macro normalized_name(text) -%}
    nullif({{ lead_funnel.without_white_space(lead_funnel.lowered(lead_funnel.unicode_normalized(text))) }}, '')
{%- endmacro %}


{# one row per part of the text between bars where `is_list` holds, else one row; for a select list #}
{% macro each_listed_value(text, is_list) -%}
    {{ return(adapter.dispatch('each_listed_value', 'lead_funnel')(text, is_list)) }}
{%- endmacro %}

{% macro duckdb__each_listed_value(text, is_list) -%}
    unnest(case when {{ is_list }} then string_split({{ text }}, '|') else list_value({{ text }}) end)
{%- endmacro %}

{% macro spark__each_listed_value(text, is_list) -%}
    explode(case when {{ is_list }} then split({{ text }}, '[|]') else array({{ text }}) end)
{%- endmacro %}


{% macro contains_text(text, part) -%}
    {{ return(adapter.dispatch('contains_text', 'lead_funnel')(text, part)) }}
{%- endmacro %}

{% macro default__contains_text(text, part) -%}
    contains({{ text }}, {{ part }})
{%- endmacro %}

{% macro starts_with_text(text, start) -%}
    {{ return(adapter.dispatch('starts_with_text', 'lead_funnel')(text, start)) }}
{%- endmacro %}

{% macro duckdb__starts_with_text(text, start) -%}
    starts_with({{ text }}, {{ start }})
{%- endmacro %}

{% macro spark__starts_with_text(text, start) -%}
    startswith({{ text }}, {{ start }})
{%- endmacro %}


{# aggregate: the texts of a group in their own order, as one text #}
{% macro listed_in_order(text, separator) -%}
    {{ return(adapter.dispatch('listed_in_order', 'lead_funnel')(text, separator)) }}
{%- endmacro %}

{% macro duckdb__listed_in_order(text, separator) -%}
    string_agg({{ text }}, '{{ separator }}' order by {{ text }})
{%- endmacro %}

{% macro spark__listed_in_order(text, separator) -%}
    array_join(array_sort(collect_list({{ text }})), '{{ separator }}')
{%- endmacro %}


{# the text as a pattern that matches it alone #}
{% macro quoted_pattern(text) -%}
    {{ return(adapter.dispatch('quoted_pattern', 'lead_funnel')(text)) }}
{%- endmacro %}

{% macro duckdb__quoted_pattern(text) -%}
    regexp_escape({{ text }})
{%- endmacro %}

{% macro spark__quoted_pattern(text) -%}
    concat('\\Q', replace({{ text }}, '\\E', '\\E\\\\E\\Q'), '\\E')
{%- endmacro %}


{# the text without every match of a pattern that is itself computed #}
{% macro without_matches(text, pattern) -%}
    {{ return(adapter.dispatch('without_matches', 'lead_funnel')(text, pattern)) }}
{%- endmacro %}

{% macro duckdb__without_matches(text, pattern) -%}
    regexp_replace({{ text }}, {{ pattern }}, '', 'g')
{%- endmacro %}

{% macro spark__without_matches(text, pattern) -%}
    regexp_replace({{ text }}, {{ pattern }}, '')
{%- endmacro %}


{# aggregate: texts as alternatives of one pattern, the longest first; null without any #}
{% macro any_of_texts(text) -%}
    {{ return(adapter.dispatch('any_of_texts', 'lead_funnel')(text)) }}
{%- endmacro %}

{% macro duckdb__any_of_texts(text) -%}
    string_agg({{ lead_funnel.quoted_pattern(text) }}, '|' order by length({{ text }}) desc, {{ text }})
{%- endmacro %}

{% macro spark__any_of_texts(text) -%}
    nullif(array_join(transform(
        array_sort(collect_set(struct(-length({{ text }}) as rank, {{ text }} as text))),
        listed -> {{ lead_funnel.quoted_pattern('listed.text') }}
    ), '|'), '')
{%- endmacro %}


{# texts of a variable, for use behind `in` #}
{% macro listed_texts(texts) -%}
    ('{{ texts | map("replace", "'", "''") | join("', '") }}')
{%- endmacro %}


{# dbt-spark's own fails where a text has no such part; like all of dbt's macros it is dispatched by dbt #}
{% macro spark__split_part(string_text, delimiter_text, part_number) -%}
    split_part({{ string_text }}, {{ delimiter_text }}, {{ part_number }})
{%- endmacro %}
