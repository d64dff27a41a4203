"""The dashboard's rows of charts in the form that Superset stores."""

from collections.abc import Mapping, Sequence
from typing import Any

from orchestration.published.superset.content import Chart

GRID = ["ROOT_ID", "GRID_ID"]


def positions(
    title: str, rows: Sequence[Sequence[Chart]], ids: Mapping[str, int]
) -> dict[str, Any]:
    """The tree of a dashboard: a header and a grid of rows; `ids` gives each chart's by name."""
    tree: dict[str, Any] = {
        "DASHBOARD_VERSION_KEY": "v2",
        "ROOT_ID": {"id": "ROOT_ID", "type": "ROOT", "children": ["GRID_ID"]},
        "HEADER_ID": {"id": "HEADER_ID", "type": "HEADER", "meta": {"text": title}},
        "GRID_ID": {"id": "GRID_ID", "type": "GRID", "parents": ["ROOT_ID"], "children": []},
    }
    for number, charts in enumerate(rows, start=1):
        row = f"ROW-{number}"
        tree["GRID_ID"]["children"].append(row)
        tree[row] = {
            "id": row,
            "type": "ROW",
            "parents": GRID,
            "children": [f"CHART-{ids[chart.name]}" for chart in charts],
            "meta": {"background": "BACKGROUND_TRANSPARENT"},
        }
        for chart in charts:
            key = f"CHART-{ids[chart.name]}"
            tree[key] = {
                "id": key,
                "type": "CHART",
                "parents": [*GRID, row],
                "children": [],
                "meta": {
                    "chartId": ids[chart.name],
                    "sliceName": chart.name,
                    "width": chart.width,
                    "height": chart.height,
                },
            }
    return tree
