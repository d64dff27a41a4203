with

ignore_rate as (

    select * from {{ ref('ignore_rate') }}

),

groups_assigned as (

    select
        *,
        case
            when {{ folded('routed_by') }} in {{ listed_texts(var('adr_routings')) }} then 'adr'
            when {{ folded('routed_by') }} = 'unknown' then 'unknown'
            else 'without_adr'
        end as routing_group,
        case when account_tier = 'none' then 'rest' else 'target_accounts' end as account_group
    from ignore_rate

),

counts_summed as (

    select
        routed_by,
        account_tier,
        fit_grade,
        routing_group,
        account_group,
        cast(sum(handoffs) as bigint) as handoffs,
        cast(sum(mature_handoffs) as bigint) as mature_handoffs,
        cast(sum(not_mature) as bigint) as not_mature,
        cast(sum(withdrawn) as bigint) as withdrawn,
        cast(sum(ignored) as bigint) as ignored
    from groups_assigned
    group by routed_by, account_tier, fit_grade, routing_group, account_group

)

select * from counts_summed
