"""A load in a process of its own in which the feeds declare more than they do."""

import sys
from dataclasses import replace
from pathlib import Path

from pipelines import feeds
from pipelines.feeds import Column, Feed

ADDED = {
    "optional": (
        Column("venue", default="unknown"),
        Column("guests", "int", default="2"),
        Column("ended_at", "instant", default_from="occurred_at"),
        Column("paid_at", "instant", default_from="ended_at"),
        Column("note"),
    ),
    "required": (Column("badge", required=True),),
}
CALLS = Feed("calls", "calls", key=("call_id",), columns=(Column("call_id", required=True),))


def main(folder: str, added: str) -> None:
    offline = feeds.OFFLINE_EVENTS
    changed = replace(offline, columns=offline.columns + ADDED[added])
    feeds.FEEDS = (*(changed if feed is offline else feed for feed in feeds.FEEDS), CALLS)
    feeds.FEEDS_BY_NAME = {feed.name: feed for feed in feeds.FEEDS}
    # takes the feeds over when it is imported
    from tests.load.home import Home

    Home(Path(folder)).load()


if __name__ == "__main__":
    main(*sys.argv[1:])
