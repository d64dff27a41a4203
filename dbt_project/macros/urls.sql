{# what stands before the host of a URL, for use at the start of a pattern #}
{% macro url_scheme() -%}
    [{{ lead_funnel.white_space_class() }}]*(?:[A-Za-z][A-Za-z0-9+.-]*:)?//
{%- endmacro %}


{# the host of a URL in lower case, without user, port and a leading `www.`; null without one #}
{% macro host_of_url(url) -%}
    {%- set authority = lead_funnel.extracted_text(url, '^' ~ lead_funnel.url_scheme() ~ '([^/?#]*)') -%}
    nullif({{ lead_funnel.replace_pattern(lead_funnel.lowered(authority), '^.*@(www[.])?|^www[.]|:[0-9]*$', '') }}, '')
{%- endmacro %}


{# what a URL holds between its host and its query or fragment; one without scheme and host is all path #}
{% macro path_before_query(url) -%}
    {%- set without_query = dbt.split_part(dbt.split_part(url, "'#'", 1), "'?'", 1) -%}
    {{ lead_funnel.replace_pattern(without_query, '^' ~ lead_funnel.url_scheme() ~ '[^/]*', '') }}
{%- endmacro %}


{# the path of a URL; sites of a single page write theirs behind `#/` or `#!/` #}
{% macro path_of_url(url) -%}
    case
        when {{ lead_funnel.contains_text(url, "'#'") }} then
            coalesce(
                nullif({{ lead_funnel.extracted_text(url, '^[^#]*#!?(/[^?]*)') }}, ''),
                {{ lead_funnel.path_before_query(url) }}
            )
        else {{ lead_funnel.path_before_query(url) }}
    end
{%- endmacro %}


{# a path as it is published: one trailing slash less, `/` if nothing is left, no segment with an at sign #}
{% macro page_path(path) -%}
    {%- set shortened = "case when " ~ path ~ " like '%/' then substring(" ~ path ~ ", 1, length(" ~ path ~ ") - 1) else "
        ~ path ~ " end" -%}
    case
        when {{ path }} in ('', '/') then '/'
        when {{ lead_funnel.may_hold_at_sign(path) }} then {{ lead_funnel.replace_pattern(shortened, '[^/]*' ~ lead_funnel.at_sign() ~ '[^/]*', ':email') }}
        else {{ shortened }}
    end
{%- endmacro %}
