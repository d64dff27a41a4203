"""Mail to people who must not be mailed: an alarm."""

import great_expectations.expectations as gxe

from expectations.limits import Limits
from expectations.suite import Suite, improbable

MART = "mailed_despite_block"

# whoever must not be mailed, with the mails sent all the same if the last is of late
BLOCKED = f"""
select
    leads.person_id,
    leads.mail_block_reason,
    mailed.last_mailed_date,
    coalesce(mailed.mails, 0) as mails_since
from marts.dim_leads as leads
left join marts.{MART} as mailed
    on leads.person_id = mailed.person_id
    and mailed.last_mailed_date > $as_of - cast($days_looked_at as integer)
where leads.mail_block_reason is not null
order by leads.person_id
"""


def suites(limits: Limits) -> list[Suite]:
    limit = limits["marts.mailed_despite_block"]
    return [
        Suite(
            name=MART,
            table=MART,
            needs=("marts.dim_leads", f"marts.{MART}"),
            query=BLOCKED,
            keys=("person_id", "mail_block_reason", "last_mailed_date"),
            values={"days_looked_at": limit["days_looked_at"]},
            expectations=[
                improbable(
                    limit,
                    gxe.ExpectColumnValuesToBeBetween,
                    "nobody_mailed_against_a_reason",
                    "nobody is mailed who unsubscribed, complained, bounced or opted out before",
                    column="mails_since",
                    max_value=0,
                )
            ],
        )
    ]
