"""The channel of an event, which a mapping may give and a file of the contract may not."""

from pathlib import Path

from tests.load.home import Home
from tests.mappings.test_load import Company

MAPPING = """
[files.events]
match = "events*"

[[rows]]
feed = "web_events"
file = "events"
[rows.columns]
event_id = "id"
occurred_at = "moment"
anonymous_id = "who"
event_type = "'page_view'"
channel = "lower(trim(grouping))"
"""


def test_a_mapping_gives_the_channel(tmp_path: Path) -> None:
    web = Company(tmp_path, MAPPING)
    web.write(
        "events.csv", "id,moment,who,grouping\n1,2024-03-01,a, Paid Social\n2,2024-03-01,a, \n"
    )
    assert web.load().warnings == ()
    assert web.query("select event_id, channel from raw.web_events order by all") == [
        ("1", "paid social"),
        ("2", None),
    ]


def test_a_file_of_the_contract_does_not(tmp_path: Path) -> None:
    home = Home(tmp_path)
    header = "event_id,occurred_at,anonymous_id,event_type,channel\n"
    home.write("web_events", "a.csv", f"{header}1,2025-03-01,a,page_view,paid\n")
    warnings = home.load().warnings
    assert "web_events: column 'channel' ignored in 1 new file" in warnings
    assert home.query("select event_id, channel from raw.web_events") == [
        {"event_id": "1", "channel": None}
    ]
