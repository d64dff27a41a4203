"""Random segments, as the texts of their CSV file."""

import random

CONDITIONS = """industry,in,製造|RETAIL
industry,blank,
job_title,contains,MANAGER
lead_source,eq,Exhibition
lead_source,contains,taro@x.jp
email_domain,in,big.example|gmail.com
account_tier,contains,tier
country,eq,JP
fit_grade,in,a|B|none
stage,in,lead|MQL
stage,eq,won
is_contactable,eq,TRUE
is_complete,eq,false
is_excluded,in,true
mail_opt_in,blank,
mail_opt_in,contains,al
employee_count,gte,50.0
employee_count,in,0|300|1000.0
employee_count,blank,
fit_score,gte,10
fit_score,lte,-1
behavior_score,gte,5
behavior_score,eq,0
days_since_touch,lte,3
days_since_touch,blank,
touches,gte,2
touches,eq,0
topic:price,gte,1
topic:Price,lte,0
content:document,in,1|2|3
buying_stage:act,gte,1
type:page_view,gte,2
type:ask :email,gte,1
type:Booth_Visit ,gte,1
type:mail_click,eq,1
type:no:such,eq,0"""


def random_segments(rng: random.Random) -> list[dict[str, str]]:
    """Segments of one to three clauses of one to three conditions, in any order; or none."""
    if rng.random() < 0.3:
        return []
    names = ("segment_id", "name_en", "name_ja", "clause", "attribute", "operator", "value")
    lines = CONDITIONS.splitlines()
    rows = [
        (f"s{number}", f"Segment {number}", f"区分{number}", clause, *line.split(","))
        for number in range(rng.randint(3, 9))
        for clause in rng.sample(["1", "2", "x", "01"], rng.choice([1, 1, 2, 3]))
        for line in rng.sample(lines, rng.choice([1, 1, 2, 3]))
    ]
    rng.shuffle(rows)
    return [dict(zip(names, row, strict=True)) for row in rows]
