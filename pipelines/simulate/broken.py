"""Rows that break the contract, one fault each, and files that broke on their way."""

import csv
import gzip
import io
import json
from datetime import date

from pipelines.feeds import Feed

_GOOD = {
    "event_type": {"web_events": "page_view", "mail_events": "open", "offline_events": "visit"},
    "action": {"enrollments": "enter"},
    "amount": {"costs": "1000"},
}
_FAULTS = {
    "leads": [{"lead_id": " "}, {"created_at": "the other day"}, {"employee_count": "about 50"},
              {"mail_opt_in": "maybe"}, {"updated_at": "1970-01-01"}],
    "web_events": [{"anonymous_id": ""}, {"occurred_at": "2026-13-01 10:00"},
                   {"occurred_at": "1999-12-31"}],
    "mail_events": [{"event_type": "opened"}, {"mail_id": ""}, {"is_machine": "perhaps"},
                    {"lead_id": "", "email": " "}],
    "offline_events": [{"quantity": "a dozen"}, {"event_type": ""}, {"occurred_at": "2100-01-01"}],
    "sales_dispositions": [{"amount": "1.2 million"}, {"disposition": ""},
                           {"occurred_at": "yesterday"}],
    "enrollments": [{"action": "paused"}, {"arm": "both"}, {"scenario_id": ""}],
    "costs": [{"amount": ""}, {"amount": "about 1,000"}, {"channel": " "}],
}  # fmt: skip


def broken_csv(feed: Feed, day: date) -> tuple[bytes, int]:
    """A CSV file of which every row breaks the contract, and how many rows it holds."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(feed.column_names)
    rows = _rows(feed, day, "by-hand")
    for row in rows:
        writer.writerow([row.get(name, "") for name in feed.column_names])
    too_long = _row(feed, day, "by-hand-long")
    writer.writerow([*(too_long.get(name, "") for name in feed.column_names), "one", "too many"])
    return text.getvalue().encode(), len(rows) + 1


def broken_json(feed: Feed, day: date) -> tuple[bytes, int]:
    """The same faults as JSON lines, and one line that is no JSON."""
    rows = _rows(feed, day, "by-script")
    lines = [json.dumps(row, ensure_ascii=False) for row in rows]
    lines.append(json.dumps(_row(feed, day, "by-script-cut"))[:-9])
    return ("\n".join(lines) + "\n").encode(), len(lines)


def cut_short(content: bytes) -> bytes:
    """A gzip file whose second half never arrived."""
    packed = gzip.compress(content, 6, mtime=0)
    return packed[: len(packed) // 2]


def _rows(feed: Feed, day: date, kind: str) -> list[dict[str, str]]:
    return [
        _row(feed, day, f"{kind}-{number}") | fault
        for number, fault in enumerate(_FAULTS[feed.name])
    ]


def _row(feed: Feed, day: date, identity: str) -> dict[str, str]:
    """A row without fault: every required column, and somebody it belongs to."""
    row = {"lead_id": "L000001"}
    for column in feed.columns:
        if column.required:
            good = _GOOD.get(column.name, {}).get(feed.name, "accepted")
            row[column.name] = f"{day} 12:00:00" if column.type == "instant" else good
    row[feed.key[0]] = identity
    return row
