with

ignore_rate as (

    select * from {{ ref('ignore_rate') }}

),

groups_assigned as (

    select
        *,
        case
            when lower({{ trimmed('routed_by') }}) in {{ listed_texts(var('adr_routings')) }} then 'adr'
            when lower({{ trimmed('routed_by') }}) = 'unknown' then 'unknown'
            else 'without_adr'
        end as routing_group,
        case when account_tier = 'none' then 'rest' else 'target_accounts' end as account_group
    from ignore_rate

),

counts_summed as (

    select
        routed_by,
        account_tier,
        routing_group,
        account_group,
        cast(sum(handoffs) as bigint) as handoffs,
        cast(sum(mature_handoffs) as bigint) as mature_handoffs,
        cast(sum(not_mature) as bigint) as not_mature,
        cast(sum(withdrawn) as bigint) as withdrawn,
        cast(sum(ignored) as bigint) as ignored
    from groups_assigned
    group by routed_by, account_tier, routing_group, account_group

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
    from groups_assigned
    union all
    select
        'routing_group' as comparison,
        'all' as compared_within,
        routing_group as compared,
        account_tier || ' ' || fit_grade as stratum,
        mature_handoffs,
        ignored
    from groups_assigned
    union all
    select
        'account_group' as comparison,
        'all' as compared_within,
        account_group as compared,
        routed_by || ' ' || fit_grade as stratum,
        mature_handoffs,
        ignored
    from groups_assigned

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

),

rates_added as (

    select
        counts_summed.routed_by,
        counts_summed.account_tier,
        counts_summed.handoffs,
        counts_summed.mature_handoffs,
        counts_summed.not_mature,
        counts_summed.withdrawn,
        counts_summed.ignored,
        {{ share_of('counts_summed.ignored', 'counts_summed.mature_handoffs') }} as ignore_rate,
        {{ wilson_bound('counts_summed.ignored', 'counts_summed.mature_handoffs', 'low') }} as ignore_rate_low,
        {{ wilson_bound('counts_summed.ignored', 'counts_summed.mature_handoffs', 'high') }} as ignore_rate_high,
        row_rates.standardised_ignore_rate,
        row_rates.standardised_share,
        {% for group in ['routing_group', 'account_group'] %}
            counts_summed.{{ group }},
            {{ group }}_rates.mature_handoffs as {{ group }}_mature_handoffs,
            {{ group }}_rates.ignored as {{ group }}_ignored,
            {{ share_of(group ~ '_rates.ignored', group ~ '_rates.mature_handoffs') }} as {{ group }}_ignore_rate,
            {{ wilson_bound(group ~ '_rates.ignored', group ~ '_rates.mature_handoffs', 'low') }}
                as {{ group }}_ignore_rate_low,
            {{ wilson_bound(group ~ '_rates.ignored', group ~ '_rates.mature_handoffs', 'high') }}
                as {{ group }}_ignore_rate_high,
            {{ group }}_rates.standardised_ignore_rate as {{ group }}_standardised_ignore_rate,
            {{ group }}_rates.standardised_share as {{ group }}_standardised_share,
        {% endfor %}
        counts_summed.mature_handoffs < {{ var('smallest_group') }} as is_small
    from counts_summed
    inner join rates_standardised as row_rates
        on
            row_rates.comparison = 'row'
            and counts_summed.account_tier = row_rates.compared_within
            and counts_summed.routed_by = row_rates.compared
    inner join rates_standardised as routing_group_rates
        on
            routing_group_rates.comparison = 'routing_group'
            and counts_summed.routing_group = routing_group_rates.compared
    inner join rates_standardised as account_group_rates
        on
            account_group_rates.comparison = 'account_group'
            and counts_summed.account_group = account_group_rates.compared

)

select * from rates_added
