{{ config(materialized='incremental', unique_key='person_id', affected_by='int_rescored_persons') }}

with

conversions as (

    select * from {{ ref('int_conversions') }}

),

rescored_persons as (

    select * from {{ ref('int_rescored_persons') }}

),

touchpoints as (

    select * from {{ ref('fct_touchpoints') }}

),

-- stages of one day, implied ones above all, share their touches
conversion_days as (

    select
        person_id,
        conversion_date
    from conversions
    where {{ is_affected('person_id', 'rescored_persons') }}
    group by person_id, conversion_date

),

touches_numbered as (

    select
        conversion_days.person_id,
        conversion_days.conversion_date,
        {{ month_of('touchpoints.occurred_date') }} as touch_month,
        touchpoints.channel,
        touchpoints.campaign,
        {{ dbt.datediff('touchpoints.occurred_date', 'conversion_days.conversion_date', 'day') }} as days_before,
        row_number() over (
            partition by conversion_days.person_id, conversion_days.conversion_date
            order by touchpoints.occurred_at, touchpoints.touchpoint_id
        ) as touch_number,
        count(*) over (
            partition by conversion_days.person_id, conversion_days.conversion_date
        ) as touch_count
    from conversion_days
    inner join touchpoints
        on
            conversion_days.person_id = touchpoints.person_id
            and touchpoints.occurred_date > {{ add_days('conversion_days.conversion_date', '-' ~ var('attribution_days')) }}
            and conversion_days.conversion_date >= touchpoints.occurred_date
            and conversion_days.conversion_date >= touchpoints.known_date

),

-- decimals from here on: their sums are the same in any order, those of doubles are not
touches_weighed as (

    select
        *,
        cast(
            power(2, cast(-days_before as double) / {{ var('attribution_half_life_days') }}) as decimal(18, 17)
        ) as decay_weight
    from touches_numbered

),

weights_summed as (

    select
        *,
        sum(decay_weight) over (partition by person_id, conversion_date) as decay_weights
    from touches_weighed

),

touches_credited as (

    select
        person_id,
        conversion_date,
        touch_month,
        channel,
        campaign,
        case when touch_number = 1 then 1.0 else 0.0 end as first_credit,
        case when touch_number = touch_count then 1.0 else 0.0 end as last_credit,
        cast(1 as double) / touch_count as linear_credit,
        case
            when touch_count <= 2 then cast(1 as double) / touch_count
            when touch_number in (1, touch_count) then {{ var('attribution_end_share') }}
            else cast(1 - 2 * {{ var('attribution_end_share') }} as double) / (touch_count - 2)
        end as position_credit,
        cast(decay_weight as double) / decay_weights as time_decay_credit
    from weights_summed

),

credits_summed as (

    select
        person_id,
        conversion_date,
        touch_month,
        {% for model in attribution_models().split() -%}
            sum(cast({{ model }}_credit as decimal(16, 15))) as {{ model }}_credit,
        {% endfor -%}
        channel,
        campaign
    from touches_credited
    group by person_id, conversion_date, touch_month, channel, campaign

)

select * from credits_summed
