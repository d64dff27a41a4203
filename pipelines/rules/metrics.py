"""The metrics that a KPI may be made of (section 10 of the data contract)."""

METRICS = (
    "touchpoints",
    "visitors",
    "identified_visitors",
    "new_leads",
    "booth_visits",
    "business_cards",
    "newsletter_signups",
    "document_requests",
    "downloads",
    "webinar_signups",
    "inquiries",
    "mqls",
    "handoffs",
    "sals",
    "appointments",
    "opportunities",
    "wins",
    "won_amount",
    "mails_sent",
    "mails_delivered",
    "mail_openers",
    "mail_clickers",
    "mail_unsubscribes",
    "mail_replies",
    "mail_conversions",
)

# a metric of the mails of one type is named `mails_sent:newsletter`
MAIL_METRICS = tuple(metric for metric in METRICS if metric.startswith("mail"))
# and one of touchpoints, head counts or page views of one kind likewise
NAMED_METRICS = ("touchpoints", "offline", "views", *MAIL_METRICS)


def metric(name: str, text: str) -> str:
    """Read a plain or a named metric; raises ValueError for any other text."""
    if text.strip() in METRICS:
        return text.strip()
    prefix, _, kind = text.partition(":")
    if prefix.strip() in NAMED_METRICS and kind.strip():
        return f"{prefix.strip()}:{kind}"
    known = ", ".join([*METRICS, *(f"{prefix}:NAME" for prefix in NAMED_METRICS)])
    raise ValueError(f"unknown {name} `{text}`, expected one of {known}")
