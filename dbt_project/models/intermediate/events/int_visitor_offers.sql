with

visitors as (

    select * from {{ ref('int_visitors') }}

),

visitor_offers as (

    select * from {{ ref('visitor_offers') }}

),

conditions_measured as (

    select
        visitors.anonymous_id,
        visitor_offers.rule_id,
        visitor_offers.priority,
        visitor_offers.offer,
        visitor_offers.at_least,
        case visitor_offers.metric
            {% for metric in visitor_metrics().split() -%}
                when '{{ metric }}' then visitors.{{ metric }}
            {% endfor -%}
        end as measured
    from visitors
    cross join visitor_offers

),

rules_that_hold as (

    select
        anonymous_id,
        rule_id,
        priority,
        offer
    from conditions_measured
    group by anonymous_id, rule_id, priority, offer
    having count(*) filter (where measured >= at_least) = count(*)

),

rules_ranked as (

    select
        anonymous_id,
        rule_id,
        offer,
        row_number() over (partition by anonymous_id order by priority) = 1 as is_first
    from rules_that_hold

),

first_rules as (

    select
        anonymous_id,
        rule_id,
        offer
    from rules_ranked
    where is_first

)

select * from first_rules
