{# the stages that a cycle can reach after its start, in order and separated by spaces #}
{% macro funnel_stages() -%}
    mql handed_off sal appointment opportunity won
{%- endmacro %}


{# ways to share the credit for a conversion among the touches before it, separated by spaces #}
{% macro attribution_models() -%}
    first last linear position time_decay
{%- endmacro %}


{# stages of a buyer, in order and separated by spaces #}
{% macro buying_stages() -%}
    awareness interest search compare consider act share
{%- endmacro %}


{# what a rule of visitor_offers can count of a browser, columns of int_visitors, separated by spaces #}
{% macro visitor_metrics() -%}
    days_seen interested_days sessions page_views interested_views pricing_views faq_views question_views
{%- endmacro %}


{# what a segment can ask of a person, columns of int_segment_attributes, separated by spaces; touches come on top #}
{% macro segment_number_attributes() -%}
    employee_count fit_score behavior_score days_since_touch
{%- endmacro %}


{% macro segment_text_attributes() -%}
    industry job_title department country lead_source email_domain account_tier fit_grade stage is_contactable is_complete is_excluded mail_opt_in
{%- endmacro %}


{# a code as its place in a list of codes, from 1; null for any other #}
{% macro place_among(code, codes) -%}
    case {{ code }}
        {% for listed in codes -%}
            when '{{ listed }}' then {{ loop.index }}
        {% endfor -%}
    end
{%- endmacro %}


{# the code at a place in a list of codes, from 1; null for any other #}
{% macro at_place(place, codes) -%}
    case {{ place }}
        {% for listed in codes -%}
            when {{ loop.index }} then '{{ listed }}'
        {% endfor -%}
    end
{%- endmacro %}


{# the least score of the band that a score lies in; null below all bands #}
{% macro score_band_floor(score) -%}
    case
        {% for floor in var('score_band_floors') | sort(reverse=true) -%}
            when {{ score }} >= {{ floor }} then cast({{ floor }} as bigint)
        {% endfor -%}
    end
{%- endmacro %}


{# the least score of the band above; null above all bands #}
{% macro next_score_band_floor(band_floor) -%}
    {%- set floors = var('score_band_floors') | sort -%}
    case
        when {{ band_floor }} is null then cast({{ floors[0] }} as bigint)
        {% for floor in floors[1:] -%}
            when {{ band_floor }} < {{ floor }} then cast({{ floor }} as bigint)
        {% endfor -%}
    end
{%- endmacro %}


{# score thresholds that are tried out, separated by commas #}
{% macro candidate_thresholds() -%}
    {%- set lowest, highest = var('threshold_lowest') | int, var('threshold_highest') | int -%}
    {{ range(lowest, highest + 1, var('threshold_step') | int(1)) | join(',') }}
{%- endmacro %}


{# the channel by which an event of int_web_matches came, its medium among int_web_mediums; null on from an own page #}
{% macro channel_of_arrival() -%}
    coalesce(
        web_matches.given_channel,
        case web_matches.arrival
            when 'tagged' then web_mediums.channel
            when 'own_page' then null
            else web_matches.arrival
        end
    )
{%- endmacro %}
