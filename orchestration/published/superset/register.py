"""The steps of registering; each updates what it made before."""

import json
from collections.abc import Mapping
from pathlib import Path

from orchestration.published.superset.client import Json, Superset
from orchestration.published.superset.content import CHARTS, DATASETS, Chart, Dataset
from orchestration.published.superset.layout import positions

DATABASE = "Lead funnel"
DASHBOARD = "Lead funnel: what sales did with the leads"
SLUG = "lead-funnel"
SCHEMA = "main"


def register(superset: Superset, marts: Path) -> str:
    """Register everything; returns the dashboard's URL. Superset must see `marts` at that path."""
    database = register_database(superset, marts)
    datasets = {
        dataset.table: register_dataset(superset, database, dataset) for dataset in DATASETS
    }
    charts = {
        chart.name: register_chart(superset, chart, datasets[chart.table])
        for row in CHARTS
        for chart in row
    }
    register_dashboard(superset, charts)
    return f"{superset.url}/superset/dashboard/{SLUG}/"


def register_database(superset: Superset, marts: Path) -> int:
    """The published file as a database that is only read."""
    body = {
        "database_name": DATABASE,
        "sqlalchemy_uri": f"duckdb:///{marts.absolute()}",
        "expose_in_sqllab": True,
        "allow_dml": False,
        # anything but read_only would keep the next reader out
        "extra": json.dumps({"engine_params": {"connect_args": {"read_only": True}}}),
    }
    return superset.save("database", superset.find("database", database_name=DATABASE), body)


def register_dataset(superset: Superset, database: int, dataset: Dataset) -> int:
    """One published table with its columns as they are now, and its metrics."""
    found = superset.find("dataset", table_name=dataset.table, database=database)
    if found is None:
        found = superset.post(
            "dataset/", {"database": database, "schema": SCHEMA, "table_name": dataset.table}
        )["id"]
    else:
        superset.put(f"dataset/{found}/refresh", {})
    known = superset.get(f"dataset/{found}")["result"]["metrics"]
    superset.put(
        f"dataset/{found}",
        {"main_dttm_col": dataset.day, "metrics": metrics(dataset, known)},
    )
    return found


def metrics(dataset: Dataset, known: list[Json]) -> list[Json]:
    """The dataset's metrics: those that Superset knows keep their id, others stay as they are."""
    ids = {metric["metric_name"]: metric["id"] for metric in known}
    ours = {metric.name for metric in dataset.metrics}
    kept = [
        {
            "id": metric["id"],
            "metric_name": metric["metric_name"],
            "expression": metric["expression"],
        }
        for metric in known
        if metric["metric_name"] not in ours
    ]
    return kept + [
        {
            **({"id": ids[metric.name]} if metric.name in ids else {}),
            "metric_name": metric.name,
            "verbose_name": metric.label,
            "expression": metric.expression,
            "d3format": metric.format,
        }
        for metric in dataset.metrics
    ]


def register_chart(superset: Superset, chart: Chart, dataset: int) -> int:
    """One chart over a dataset."""
    found = superset.find("chart", slice_name=chart.name, datasource_id=dataset)
    params = {
        "viz_type": chart.kind,
        "datasource": f"{dataset}__table",
        "adhoc_filters": [],
        **chart.options,
    }
    body = {
        "slice_name": chart.name,
        "viz_type": chart.kind,
        "datasource_id": dataset,
        "datasource_type": "table",
        "params": json.dumps(params),
    }
    return superset.save("chart", found, body)


def register_dashboard(superset: Superset, charts: Mapping[str, int]) -> int:
    """The dashboard, with the charts in their places and belonging to it."""
    body = {
        "dashboard_title": DASHBOARD,
        "slug": SLUG,
        "published": True,
        "position_json": json.dumps(positions(DASHBOARD, CHARTS, charts)),
        "json_metadata": json.dumps({"color_scheme": "supersetColors", "refresh_frequency": 0}),
    }
    dashboard = superset.save("dashboard", superset.find("dashboard", slug=SLUG), body)
    for chart in charts.values():
        # a chart may stand on somebody's own dashboard as well
        others = {other["id"] for other in superset.get(f"chart/{chart}")["result"]["dashboards"]}
        superset.put(f"chart/{chart}", {"dashboards": sorted({dashboard, *others})})
    return dashboard
