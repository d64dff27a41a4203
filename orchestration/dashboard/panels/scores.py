"""How scores rise and fall: sample leads that sales accepted or ignored, with the threshold."""

import altair as alt

from orchestration.dashboard.panel import Chart, Control, Option, Panel
from orchestration.dashboard.panels.drawing import Spec, color, month_axis, over, spec, tooltip
from orchestration.dashboard.published import Marts

EACH, DAYS = 2, 365
# judged hand-offs at least this old show what the score did afterwards
DAYS_AFTERWARDS = 60

# people are numbered: the page may travel further than the CRM
SAMPLES = """
    with judged as (
        select
            person_id,
            handed_off_date,
            fit_grade,
            score_at_handoff,
            case
                when outcome in ('accepted', 'accepted_late') then 'accepted'
                when is_ignored then 'ignored'
                when outcome = 'pending' then 'pending'
            end as fate,
            row_number() over (
                partition by person_id order by handed_off_at desc, handoff_id desc
            ) as from_the_end
        from fct_handoffs
    ),
    ranked as (
        select
            *,
            row_number() over (
                partition by fate order by score_at_handoff desc, handed_off_date desc, person_id
            ) as place
        from judged
        where fate is not null
            and from_the_end = 1
            and handed_off_date > $as_of - cast($days as int)
            and (fate = 'pending' or handed_off_date <= $as_of - cast($days_afterwards as int))
    ),
    thresholds as (
        select fit_grade, min(score_at_entry) as threshold
        from fct_qualifications
        where trigger = 'score'
        group by fit_grade
    ),
    samples as (
        select
            row_number() over (order by fate, place) as lead,
            ranked.*,
            thresholds.threshold
        from ranked
        left join thresholds using (fit_grade)
        where place <= $each
    )
"""

LEADS = f"""
    {SAMPLES}
    select lead, fate, fit_grade, handed_off_date, score_at_handoff, threshold
    from samples
    order by lead
"""

# each range of days gives the point at which it begins; the last one is drawn on to its end
STEPS = f"""
    {SAMPLES},
    ranges as (
        select
            samples.lead,
            greatest(scores.valid_from, $as_of - cast($days as int)) as day,
            coalesce(scores.valid_to, $as_of + 1) as valid_to,
            scores.behavior_score
        from samples
        inner join fct_lead_scores as scores using (person_id)
        where coalesce(scores.valid_to, $as_of + 1) > $as_of - cast($days as int)
    )
    select lead, day, behavior_score from ranges
    union all
    select lead, max(valid_to), arg_max(behavior_score, valid_to) from ranges group by lead
    order by lead, day
"""


def scores(marts: Marts) -> Panel:
    """The score of one sample lead over the last year."""
    parameters = {"each": EACH, "days": DAYS, "days_afterwards": DAYS_AFTERWARDS}
    leads = marts.table(
        LEADS,
        {
            "lead": "count",
            "fate": "outcome",
            "fit_grade": "group",
            "handed_off_date": "day",
            "score_at_handoff": "score",
            "threshold": "score",
        },
        **parameters,
    )
    steps = marts.table(
        STEPS, {"lead": "hidden", "day": "day", "behavior_score": "score"}, **parameters
    )
    options = [
        Option(row["lead"], text=f"scores.{row['fate']}", label=f"{row['lead']}")
        for row in leads.records()
    ]
    controls = [Control("lead", "buttons", "filter", options, 1)] if options else []
    return Panel(
        "scores",
        {"leads": leads, "steps": steps},
        charts=[
            Chart(
                _steps(),
                "steps",
                "scores.alt",
                ["behavior_score"],
                alt_values={"highest": ("behavior_score", "highest")},
            )
        ],
        controls=controls,
        extras={"note": {"days": DAYS}, "legend": ["score", "threshold", "handed_off"]},
    )


def _steps() -> Spec:
    when = alt.X(
        "day",
        type="temporal",
        scale=alt.Scale(type="utc"),
        axis=month_axis(),
    )
    high = alt.Y("behavior_score", type="quantitative", axis=alt.Axis(title=None, tickCount=5))
    tooltips = [
        tooltip("day_shown"),
        tooltip("behavior_score", "quantitative"),
    ]
    area = (
        over("steps")
        .mark_area(
            interpolate="step-after",
            color=color("good_soft"),
            opacity=0.55,
            line={"color": color("good"), "strokeWidth": 2},
        )
        .encode(x=when, y=high, tooltip=tooltips)
    )
    threshold = (
        over("leads")
        .mark_rule(color=color("bad"), strokeDash=[6, 4], strokeWidth=1.5)
        .encode(y=alt.Y("threshold", type="quantitative"))
    )
    handed_off = (
        over("leads")
        .mark_rule(color=color("soft"), strokeWidth=1.5)
        .encode(x=alt.X("handed_off_date", type="temporal"))
    )
    return spec(alt.layer(area, threshold, handed_off), 230)
