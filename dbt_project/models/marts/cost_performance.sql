{% set models = attribution_models().split() %}
{% set stages = ['mql', 'sal', 'opportunity', 'won'] %}

with

costs as (

    select * from {{ ref('stg_funnel__costs') }}

),

conversions as (

    select * from {{ ref('int_conversions') }}

),

touch_credits as (

    select * from {{ ref('int_touch_credits') }}

),

costs_described as (

    select
        {{ month_of(local_date('occurred_at')) }} as month,
        channel,
        {{ without_addresses('campaign') }} as campaign,
        amount
    from costs

),

conversions_credited as (

    select
        coalesce(touch_credits.touch_month, {{ month_of('conversions.conversion_date') }}) as month,
        coalesce(touch_credits.channel, 'unattributed') as channel,
        touch_credits.campaign,
        conversions.conversion_stage,
        {% for model in models -%}
            coalesce(touch_credits.{{ model }}_credit, 1) as {{ model }}_credit,
        {% endfor -%}
        cast(conversions.amount as double) as amount
    from conversions
    left join touch_credits
        on
            conversions.person_id = touch_credits.person_id
            and conversions.conversion_date = touch_credits.conversion_date

),

-- summed as decimals, so that the order of the rows does not show in the last digits
figures_listed as (

    {% for model in models -%}
        select
            month,
            channel,
            campaign,
            '{{ model }}' as model,
            amount as cost,
            {% for stage in stages -%}
                0 as {{ stage }},
            {% endfor -%}
            0 as won_amount
        from costs_described
        union all
        select
            month,
            channel,
            campaign,
            '{{ model }}' as model,
            0 as cost,
            {% for stage in stages -%}
                case when conversion_stage = '{{ stage }}' then {{ model }}_credit else 0 end as {{ stage }},
            {% endfor -%}
            case when conversion_stage = 'won' then cast({{ model }}_credit * amount as decimal(38, 10)) else 0 end
                as won_amount
        from conversions_credited
        {{ "union all" if not loop.last }}
    {% endfor %}

),

figures_summed as (

    select
        month,
        channel,
        campaign,
        model,
        cast(sum(cost) as decimal(38, 2)) as cost,
        {% for stage in stages -%}
            cast(sum({{ stage }}) as double) as {{ stage }},
        {% endfor -%}
        cast(sum(won_amount) as double) as won_amount
    from figures_listed
    group by month, channel, campaign, model

),

prices_added as (

    select
        *,
        {% for stage, name in [('mql', 'mql'), ('sal', 'sal'), ('opportunity', 'opportunity'), ('won', 'win')] -%}
            case when cost > 0 and {{ stage }} > 0 then {{ share_of('cost', stage) }} end as cost_per_{{ name }},
        {% endfor -%}
        case when cost > 0 then {{ share_of('won_amount', 'cost') }} end as return_on_cost
    from figures_summed
    where cost <> 0 or mql > 0 or sal > 0 or opportunity > 0 or won > 0

)

select * from prices_added
