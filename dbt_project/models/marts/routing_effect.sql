with

routing_strata as (

    select * from {{ ref('int_routing_strata') }}

),

routing_rates as (

    select * from {{ ref('int_routing_rates') }}

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
    from routing_strata
    group by routed_by, account_tier, routing_group, account_group

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
    inner join routing_rates as row_rates
        on
            row_rates.comparison = 'row'
            and counts_summed.account_tier = row_rates.compared_within
            and counts_summed.routed_by = row_rates.compared
    inner join routing_rates as routing_group_rates
        on
            routing_group_rates.comparison = 'routing_group'
            and counts_summed.routing_group = routing_group_rates.compared
    inner join routing_rates as account_group_rates
        on
            account_group_rates.comparison = 'account_group'
            and counts_summed.account_group = account_group_rates.compared

)

select * from rates_added
