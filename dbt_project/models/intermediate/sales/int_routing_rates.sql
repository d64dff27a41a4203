with

routing_strata as (

    select * from {{ ref('int_routing_strata') }}

),

-- each comparison: who is compared, within which other differences, at the mix of whom
strata_listed as (

    select
        'row' as comparison,
        account_tier as compared_within,
        routed_by as compared,
        fit_grade as stratum,
        mature_handoffs,
        ignored
    from routing_strata
    union all
    select
        'routing_group' as comparison,
        'all' as compared_within,
        routing_group as compared,
        account_tier || ' ' || fit_grade as stratum,
        mature_handoffs,
        ignored
    from routing_strata
    union all
    select
        'account_group' as comparison,
        'all' as compared_within,
        account_group as compared,
        routed_by || ' ' || fit_grade as stratum,
        mature_handoffs,
        ignored
    from routing_strata

),

strata_summed as (

    select
        comparison,
        compared_within,
        compared,
        stratum,
        cast(sum(mature_handoffs) as bigint) as mature_handoffs,
        cast(sum(ignored) as bigint) as ignored
    from strata_listed
    group by comparison, compared_within, compared, stratum

),

weights_added as (

    select
        *,
        sum(mature_handoffs) over (partition by comparison, compared_within, stratum) as stratum_handoffs,
        sum(mature_handoffs) over (partition by comparison, compared_within) as all_handoffs
    from strata_summed

),

rates_standardised as (

    select
        comparison,
        compared_within,
        compared,
        cast(sum(mature_handoffs) as bigint) as mature_handoffs,
        cast(sum(ignored) as bigint) as ignored,
        -- decimals add up to the same sum in any order
        {{ share_of(
            'sum(cast(' ~ share_of('stratum_handoffs * ignored', 'mature_handoffs') ~ ' as decimal(28, 9)))',
            'sum(stratum_handoffs) filter (where mature_handoffs > 0)'
        ) }} as standardised_ignore_rate,
        {{ share_of('sum(stratum_handoffs) filter (where mature_handoffs > 0)', 'max(all_handoffs)') }}
            as standardised_share
    from weights_added
    group by comparison, compared_within, compared

)

select * from rates_standardised
