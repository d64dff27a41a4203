"""What mails bring: the rates of each mail over time, machine opens left out."""

import altair as alt

from orchestration.dashboard.panel import Chart, Control, Option, Panel
from orchestration.dashboard.panels.drawing import (
    Spec,
    color,
    legend_on_top,
    month_axis,
    over,
    spec,
    tooltip,
)
from orchestration.dashboard.published import Marts

MAILS, TYPES = 60, 7
# a rate over fewer recipients jumps with each of them
FEW_RECIPIENTS = 20
MEASURES = ("open_rate", "click_rate", "click_to_open_rate", "unsubscribe_rate")

MAIL_RATES = """
    with types as (
        select
            mail_type,
            row_number() over (order by sum(delivered) desc, mail_type) as type_position
        from mail_performance
        group by mail_type
    )
    select
        cast(mail.first_sent_at as date) as sent_date,
        mail.mail_id,
        case when types.type_position <= $types then mail.mail_type end as mail_type,
        mail.delivered,
        mail.open_rate,
        mail.click_rate,
        mail.click_to_open_rate,
        mail.unsubscribe_rate,
        mail.conversions,
        mail.machine_openers,
        least(types.type_position, $types + 1) as type_position
    from mail_performance as mail
    inner join types on mail.mail_type = types.mail_type
    where mail.delivered >= $few_recipients and mail.first_sent_at is not null
    order by mail.first_sent_at desc, mail.mail_id
    limit $mails
"""


def mails(marts: Marts) -> Panel:
    """One dot for each of the latest mails."""
    sent = marts.table(
        MAIL_RATES,
        {
            "sent_date": "day",
            "mail_id": "text",
            "mail_type": "group",
            "delivered": "count",
            "open_rate": "rate",
            "click_rate": "rate",
            "click_to_open_rate": "rate",
            "unsubscribe_rate": "rate",
            "conversions": "count",
            "machine_openers": "count",
            "type_position": "hidden",
        },
        mails=MAILS,
        types=TYPES,
        few_recipients=FEW_RECIPIENTS,
    )
    return Panel(
        "mails",
        {"sent": sent},
        charts=[Chart(_dots(), "sent", "mails.alt", ["delivered"])],
        controls=[
            Control(
                "measure",
                "select",
                "signal",
                [Option(name, text=f"column.{name}") for name in MEASURES],
                MEASURES[0],
            )
        ],
        extras={"note": {"mails": MAILS, "few": FEW_RECIPIENTS}},
    )


def _dots() -> Spec:
    dots = (
        over("sent")
        .transform_calculate(shown="datum[measure]")
        .mark_circle(opacity=0.85, stroke=color("card"), strokeWidth=1)
        .encode(
            x=alt.X(
                "sent_date",
                type="temporal",
                scale=alt.Scale(type="utc", padding=10),
                axis=month_axis(),
            ),
            y=alt.Y("shown", type="quantitative", axis=alt.Axis(format=".1~%", title=None)),
            size=alt.Size(
                "delivered",
                type="quantitative",
                scale=alt.Scale(range=[30, 320], domainMin=0),
                legend=None,
            ),
            color=alt.Color(
                "mail_type",
                type="nominal",
                sort=alt.EncodingSortField("type_position", op="min"),
                legend=legend_on_top(symbolOpacity=1),
            ),
            tooltip=[
                tooltip("mail_id"),
                tooltip("mail_type"),
                tooltip("sent_date_shown"),
                tooltip("delivered", "quantitative", format=","),
                *(tooltip(name, "quantitative", format=".1%") for name in MEASURES),
                tooltip("conversions", "quantitative", format=","),
            ],
        )
        .add_params(alt.param(name="measure", value=MEASURES[0]))
    )
    return spec(dots, 260)
