{% set models = attribution_models().split() %}

with

conversions as (

    select * from {{ ref('int_conversions') }}

),

touch_credits as (

    select * from {{ ref('int_touch_credits') }}

),

conversions_credited as (

    select
        conversions.conversion_stage,
        {{ month_of('conversions.conversion_date') }} as month,
        {% for model in models -%}
            coalesce(touch_credits.{{ model }}_credit, 1) as {{ model }}_credit,
        {% endfor -%}
        cast(conversions.amount as double) as amount,
        coalesce(touch_credits.channel, 'unattributed') as channel,
        touch_credits.campaign
    from conversions
    left join touch_credits
        on
            conversions.person_id = touch_credits.person_id
            and conversions.conversion_date = touch_credits.conversion_date

),

-- summed as decimals, so that the order of the rows does not show in the last digits
credits_summed as (

    select
        conversion_stage,
        month,
        {% for model in models -%}
            sum({{ model }}_credit) as {{ model }}_credit,
            sum(cast({{ model }}_credit * amount as decimal(38, 10))) as {{ model }}_amount,
        {% endfor -%}
        channel,
        campaign
    from conversions_credited
    group by conversion_stage, month, channel, campaign

),

models_listed as (

    {% for model in models -%}
        select
            conversion_stage,
            '{{ model }}' as model,
            channel,
            campaign,
            month,
            cast({{ model }}_credit as double) as credit,
            cast({{ model }}_amount as double) as credited_amount
        from credits_summed
        where {{ model }}_credit > 0
        {{ "union all" if not loop.last }}
    {% endfor %}

)

select * from models_listed
