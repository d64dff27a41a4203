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
    ({{ text }} rlike r'{{ "(?i)" if ignore_case }}{{ pattern }}')
{%- endmacro %}


{# replaces every match #}
{% macro replace_pattern(text, pattern, replacement) -%}
    {{ return(adapter.dispatch('replace_pattern', 'lead_funnel')(text, pattern, replacement)) }}
{%- endmacro %}

{% macro duckdb__replace_pattern(text, pattern, replacement) -%}
    regexp_replace({{ text }}, '{{ pattern }}', '{{ replacement }}', 'g')
{%- endmacro %}

{% macro spark__replace_pattern(text, pattern, replacement) -%}
    regexp_replace({{ text }}, r'{{ pattern }}', '{{ replacement }}')
{%- endmacro %}


{# Unicode NFKC; plain ASCII is its own NFKC and skips the slower function #}
{% macro unicode_normalized(text) -%}
    {{ return(adapter.dispatch('unicode_normalized', 'lead_funnel')(text)) }}
{%- endmacro %}

{% macro duckdb__unicode_normalized(text) -%}
    case when strlen({{ text }}) <> length({{ text }}) then nfkc({{ text }}) else {{ text }} end
{%- endmacro %}

{% macro spark__unicode_normalized(text) -%}
    case when octet_length({{ text }}) <> length({{ text }}) then nfkc({{ text }}) else {{ text }} end
{%- endmacro %}


{% macro trimmed(text) -%}
    {%- set space = white_space_class() -%}
    {{ replace_pattern(text, '^[' ~ space ~ ']+|[' ~ space ~ ']+$', '') }}
{%- endmacro %}


{% macro without_white_space(text) -%}
    {{ replace_pattern(text, '[' ~ white_space_class() ~ ']+', '') }}
{%- endmacro %}


{# the text if the pattern matches all of it, else null; evaluates the text once #}
{% macro only_if_matching(text, pattern) -%}
    {{ return(adapter.dispatch('only_if_matching', 'lead_funnel')(text, pattern)) }}
{%- endmacro %}

{% macro duckdb__only_if_matching(text, pattern) -%}
    nullif(regexp_extract({{ text }}, '^(?:{{ pattern }})$'), '')
{%- endmacro %}

{% macro spark__only_if_matching(text, pattern) -%}
    nullif(regexp_extract({{ text }}, r'^(?:{{ pattern }})$', 0), '')
{%- endmacro %}


{# one text for the spellings of one address; null unless it has one @, text before and a dot after it #}
{% macro normalized_email(text) -%}
    {{ only_if_matching('lower(' ~ trimmed(unicode_normalized(text)) ~ ')', '[^@]+@[^@]*[.][^@]*') }}
{%- endmacro %}


{# digits only, Japan's country code as the leading 0; null under nine digits #}
{% macro normalized_phone(text) -%}
    {%- set typed = without_white_space(unicode_normalized(text)) -%}
    {%- set national = replace_pattern(typed, '^[+]81[^0-9]*0?', '0') -%}
    {{ only_if_matching(replace_pattern(national, '[^0-9]+', ''), '[0-9]{9,}') }}
{%- endmacro %}


{% macro normalized_name(text) -%}
    nullif({{ without_white_space('lower(' ~ unicode_normalized(text) ~ ')') }}, '')
{%- endmacro %}


{# whatever looks like an e-mail address becomes `:email`; published texts hold no address #}
{% macro without_addresses(text) -%}
    {%- set word = '[\\p{L}\\p{M}\\p{N}_-]+' -%}
    {%- set address = '[\\p{L}\\p{M}\\p{N}_.．%+-]+[@＠]' ~ word ~ '([.．]' ~ word ~ ')+' -%}
    {{ replace_pattern(text, address, ':email') }}
{%- endmacro %}


{# what a URL holds between its host and its query or fragment; one without scheme and host is all path #}
{% macro path_of_url(url) -%}
    {%- set without_query = dbt.split_part(dbt.split_part(url, "'#'", 1), "'?'", 1) -%}
    {%- set host = '^[' ~ white_space_class() ~ ']*([A-Za-z][A-Za-z0-9+.-]*:)?//[^/]*' -%}
    {{ replace_pattern(without_query, host, '') }}
{%- endmacro %}


{# a path as it is published: one trailing slash less, `/` if nothing is left, no segment with an @ #}
{% macro page_path(path) -%}
    {%- set shortened = "case when " ~ path ~ " like '%/' then substring(" ~ path ~ ", 1, length(" ~ path ~ ") - 1) else "
        ~ path ~ " end" -%}
    case
        when {{ path }} in ('', '/') then '/'
        when {{ path }} like '%@%' then {{ replace_pattern(shortened, '[^/]*@[^/]*', ':email') }}
        else {{ shortened }}
    end
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


{# texts of a variable, for use behind `in` #}
{% macro listed_texts(texts) -%}
    ('{{ texts | map("replace", "'", "''") | join("', '") }}')
{%- endmacro %}
