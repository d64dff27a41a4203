"""How many leads reached each stage: proportional bars, with the loss between them."""

import altair as alt

from orchestration.dashboard.panel import Chart, Control, Option, Panel
from orchestration.dashboard.panels.drawing import Spec, color, over, spec, tooltip
from orchestration.dashboard.published import Marts

# cohorts need this long before most of what they will bring has come
DAYS_TO_SETTLE = 90
MONTHS, SOURCES = 12, 8

STAGES = """
    with ages as (
        select
            *,
            cohort_month + interval 1 month + to_days($days_to_settle) <= $as_of + 1 as is_settled
        from funnel_cohorts
    ),
    chosen as (
        select 'settled' as cohorts, *
        from ages
        where is_settled
            and cohort_month > (select max(cohort_month) from ages where is_settled)
                - to_months($months)
        union all
        select 'young', * from ages where not is_settled
        union all
        select 'all', * from ages
    ),
    ranked as (
        select
            lead_source,
            least(row_number() over (order by sum(cycles) desc, lead_source), $sources + 1)
                as source_position
        from funnel_cohorts
        group by lead_source
    ),
    by_source as (
        select chosen.*, ranked.source_position
        from chosen
        inner join ranked using (lead_source)
        union all
        select *, 0 from chosen
    ),
    summed as (
        select
            cohorts,
            source_position,
            cast(sum(cycles) as bigint) as lead,
            cast(sum(mql) as bigint) as mql,
            cast(sum(handed_off) as bigint) as handed_off,
            cast(sum(sal) as bigint) as sal,
            cast(sum(appointment) as bigint) as appointment,
            cast(sum(opportunity) as bigint) as opportunity,
            cast(sum(won) as bigint) as won
        from by_source
        group by cohorts, source_position
    ),
    stages as (
        unpivot summed
        on lead, mql, handed_off, sal, appointment, opportunity, won into name stage value cycles
    ),
    ordered as (
        select
            *,
            list_position(
                ['lead', 'mql', 'handed_off', 'sal', 'appointment', 'opportunity', 'won'], stage
            ) as stage_position
        from stages
    )
    select
        cohorts,
        source_position,
        stage,
        cycles,
        lag(cycles) over previous_stage as cycles_before,
        cycles / nullif(lag(cycles) over previous_stage, 0) as conversion_rate,
        cycles / nullif(first_value(cycles) over previous_stage, 0) as share_of_start,
        stage_position
    from ordered
    window previous_stage as (
        partition by cohorts, source_position order by stage_position
        rows between unbounded preceding and current row
    )
    order by cohorts, source_position, stage_position
"""

SOURCES_OF_CYCLES = """
    select lead_source
    from funnel_cohorts
    group by lead_source
    order by sum(cycles) desc, lead_source
"""


def funnel(marts: Marts) -> Panel:
    """Bars for settled, young or all cohorts, of all sources or one."""
    stages = marts.table(
        STAGES,
        {
            "cohorts": "hidden",
            "source_position": "hidden",
            "stage": "stage",
            "cycles": "count",
            "cycles_before": "hidden",
            "conversion_rate": "rate",
            "share_of_start": "rate",
            "stage_position": "hidden",
        },
        days_to_settle=DAYS_TO_SETTLE,
        months=MONTHS,
        sources=SOURCES,
    )
    sources = [row[0] for row in marts.table(SOURCES_OF_CYCLES, {"lead_source": "group"}).rows]
    options = [Option(0, text="value.all")]
    options += [Option(place, label=name) for place, name in enumerate(sources[:SOURCES], 1)]
    if len(sources) > SOURCES:
        options.append(Option(SOURCES + 1, text="value.others"))
    return Panel(
        "funnel",
        {"stages": stages},
        charts=[
            Chart(
                _bars(),
                "stages",
                "funnel.alt",
                ["cycles"],
                alt_values={
                    "first": ("stage", "first"),
                    "last": ("stage", "last"),
                    "first_value": ("cycles", "first"),
                    "last_value": ("cycles", "last"),
                },
            )
        ],
        controls=[
            Control(
                "cohorts",
                "buttons",
                "filter",
                [Option(name, text=f"funnel.{name}") for name in ("settled", "young", "all")],
                "settled",
            ),
            Control("source_position", "select", "filter", options, 0),
        ],
        extras={"note": {"days": DAYS_TO_SETTLE, "months": MONTHS}},
    )


def _bars() -> Spec:
    base = over("stages").encode(
        y=alt.Y(
            "stage",
            type="nominal",
            sort=alt.EncodingSortField("stage_position", op="min"),
            axis=alt.Axis(title=None, domain=False, ticks=False, labelPadding=8, labelLimit=160),
        ),
        tooltip=[
            tooltip("stage"),
            tooltip("cycles", "quantitative", format=","),
            tooltip("conversion_rate", "quantitative", format=".1%"),
            tooltip("share_of_start", "quantitative", format=".1%"),
        ],
    )
    along = alt.X(
        "cycles",
        type="quantitative",
        axis=None,
        # room for the figures beside the longest bar
        scale=alt.Scale(domainMin=0, nice=False, rangeMax=alt.ExprRef("width - 105")),
    )
    before = base.mark_bar(
        color=color("chip"), cornerRadiusEnd=4, height=alt.RelativeBandSize(0.78)
    ).encode(x=alt.X("cycles_before", type="quantitative", axis=None))
    bars = base.mark_bar(
        color=color("good"), cornerRadiusEnd=4, height=alt.RelativeBandSize(0.78)
    ).encode(x=along)
    figures = (
        base.transform_calculate(
            label="format(datum.cycles, ',') + (isValid(datum.conversion_rate)"
            " ? '  ·  ' + format(datum.conversion_rate, '.0%') : '')",
            end="max(datum.cycles, datum.cycles_before || 0)",
        )
        .mark_text(align="left", dx=8, fontSize=12, color=color("ink"))
        .encode(
            x=alt.X("end", type="quantitative", axis=None), text=alt.Text("label", type="nominal")
        )
    )
    return spec(alt.layer(before, bars, figures), 320)
