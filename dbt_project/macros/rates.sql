{# a share as double; null over 0 #}
{% macro share_of(part, whole) -%}
    (cast({{ part }} as double) / nullif({{ whole }}, 0))
{%- endmacro %}


{# Wilson 95 % bound of a share without continuity correction; `side` is low or high; null over 0 #}
{% macro wilson_bound(hits, trials, side) -%}
    {%- set z = '1.959964' -%}
    {%- set share = lead_funnel.share_of(hits, trials) -%}
    {%- set centre = share ~ ' + ' ~ z ~ ' * ' ~ z ~ ' / (2.0 * nullif(' ~ trials ~ ', 0))' -%}
    {%- set margin = z ~ ' * sqrt(' ~ share ~ ' * (1 - ' ~ share ~ ') / nullif(' ~ trials ~ ', 0) + '
        ~ z ~ ' * ' ~ z ~ ' / (4.0 * nullif(' ~ trials ~ ', 0) * nullif(' ~ trials ~ ', 0)))' -%}
    {%- set scale = '(1 + ' ~ z ~ ' * ' ~ z ~ ' / nullif(' ~ trials ~ ', 0))' -%}
    {%- if side == 'low' -%}
        case when {{ trials }} > 0 then greatest(cast(0 as double), ({{ centre }} - {{ margin }}) / {{ scale }}) end
    {%- else -%}
        case when {{ trials }} > 0 then least(cast(1 as double), ({{ centre }} + {{ margin }}) / {{ scale }}) end
    {%- endif -%}
{%- endmacro %}


{#
    Newcombe's 95 % bound of the difference of two shares, from their Wilson bounds: `one` and `other` are columns that
    have others with the suffixes _low and _high beside them; `side` is low or high; null if either share is
#}
{% macro newcombe_bound(one, other, side) -%}
    {%- if side == 'low' -%}
        {{ one }} - {{ other }} - sqrt(power({{ one }} - {{ one }}_low, 2) + power({{ other }}_high - {{ other }}, 2))
    {%- else -%}
        {{ one }} - {{ other }} + sqrt(power({{ one }}_high - {{ one }}, 2) + power({{ other }} - {{ other }}_low, 2))
    {%- endif -%}
{%- endmacro %}
