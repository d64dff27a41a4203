"""The scorecard: every KPI in every month, figures that follow from each other, no wild month."""

import great_expectations.expectations as gxe

from expectations.comparisons import month_jump, nothing_after_as_of
from expectations.limits import Limits
from expectations.suite import Suite, impossible

MART = "kpi_scorecard"

# ratios of small counts swing; their numerators are judged as counts of their own
COUNTS_BY_MONTH = f"""
    select kpi_id as series, month, numerator as amount
    from marts.{MART}
    where denominator is null
"""

# relative, because amounts may be large; null where nothing can be divided
JUDGED = f"""
with

directed as (

    select scorecard.*, kpis.better
    from marts.{MART} as scorecard
    left join marts.dim_kpis as kpis on scorecard.kpi_id = kpis.kpi_id

),

derived as (

    select
        *,
        cast(numerator as double) as whole,
        case when denominator is null then whole else whole / nullif(denominator, 0) end
            as actual_expected,
        case
            when better = 'lower' then cast(target as double) / nullif(cast(actual as double), 0)
            else cast(actual as double) / nullif(cast(target as double), 0)
        end as achievement_expected
    from directed

)

select
    kpi_id,
    month,
    actual,
    achievement_rate,
    case
        when isnan(actual) or (actual is null) <> (actual_expected is null) then 1
        else abs(actual - actual_expected) / greatest(1, abs(actual_expected))
    end as actual_error,
    case
        when isnan(achievement_rate)
            or (achievement_rate is null) <> (achievement_expected is null) then 1
        else abs(achievement_rate - achievement_expected)
            / greatest(1, abs(achievement_expected))
    end as achievement_error
from derived
"""

KPIS_PER_MONTH = f"""
select
    month,
    count(distinct kpi_id) as kpis,
    (select count(distinct kpi_id) from marts.{MART}) as kpis_in_all
from marts.{MART}
group by month
order by month
"""


def suites(limits: Limits) -> list[Suite]:
    return [
        nothing_after_as_of(MART, ("kpi_id", "month"), dates=("month",)),
        Suite(
            name=MART,
            table=MART,
            needs=(f"marts.{MART}", "marts.dim_kpis"),
            query=JUDGED,
            keys=("kpi_id", "month", "actual", "achievement_rate"),
            expectations=[
                impossible(
                    gxe.ExpectColumnValuesToBeBetween,
                    f"{figure}_follows",
                    says,
                    column=f"{figure}_error",
                    max_value=1e-6,
                )
                for figure, says in (
                    ("actual", "a KPI is its numerator over its denominator, or the count itself"),
                    (
                        "achievement",
                        "the achievement rate is the KPI over its target, or the target over the"
                        " KPI where lower is better",
                    ),
                )
            ],
        ),
        Suite(
            name="kpi_months",
            table=MART,
            needs=(f"marts.{MART}",),
            query=KPIS_PER_MONTH,
            keys=("month",),
            expectations=[
                impossible(
                    gxe.ExpectColumnPairValuesToBeEqual,
                    "every_kpi_every_month",
                    "every listed month has every KPI",
                    column_A="kpis",
                    column_B="kpis_in_all",
                )
            ],
        ),
        month_jump(MART, COUNTS_BY_MONTH, limits),
    ]
