"""What is registered: three datasets with their metrics, and the charts over them."""

from dataclasses import dataclass, field
from typing import Any

PERCENT = ".1%"


@dataclass(frozen=True, slots=True)
class Metric:
    """A measure that everybody who uses the dataset finds under the same name."""

    name: str
    label: str
    expression: str
    format: str = ",d"


@dataclass(frozen=True, slots=True)
class Dataset:
    """A published table; `day` is the column that time filters use."""

    table: str
    day: str
    metrics: tuple[Metric, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart over a dataset; `width` in twelfths of the dashboard, `height` in units of 8 px."""

    name: str
    table: str
    kind: str
    options: dict[str, Any] = field(default_factory=dict)
    width: int = 6
    height: int = 50


IGNORE_RATE = Dataset(
    "ignore_rate",
    "handoff_month",
    (
        Metric(
            "ignore_rate",
            "Ignore rate",
            "sum(ignored) * 1.0 / nullif(sum(mature_handoffs), 0)",
            PERCENT,
        ),
        Metric(
            "no_follow_up_rate",
            "Not followed up at all",
            "sum(no_follow_up) * 1.0 / nullif(sum(mature_handoffs), 0)",
            PERCENT,
        ),
        Metric("mature_handoffs", "Mature hand-offs", "sum(mature_handoffs)"),
    ),
)
FUNNEL_DAILY = Dataset(
    "funnel_daily", "date", (Metric("entered", "Entered the stage", "sum(entered)"),)
)
KPI_SCORECARD = Dataset(
    "kpi_scorecard",
    "month",
    (
        Metric(
            "achievement",
            "Achievement of targets, average over KPIs and months",
            "avg(achievement_rate)",
            PERCENT,
        ),
    ),
)
DATASETS = (IGNORE_RATE, FUNNEL_DAILY, KPI_SCORECARD)

CHARTS = (
    (
        Chart(
            "Ignore rate, all mature hand-offs",
            "ignore_rate",
            "big_number_total",
            {"metric": "ignore_rate", "y_axis_format": PERCENT, "subheader": "of mature hand-offs"},
            width=3,
        ),
        Chart(
            "Ignore rate by month of hand-off",
            "ignore_rate",
            "echarts_timeseries_line",
            {
                "x_axis": "handoff_month",
                "time_grain_sqla": "P1M",
                "metrics": ["ignore_rate", "no_follow_up_rate"],
                "groupby": [],
                "y_axis_format": ".0%",
                "x_axis_time_format": "%Y-%m",
                "markerEnabled": True,
                "show_legend": True,
                "rich_tooltip": True,
                "row_limit": 10000,
            },
            width=9,
        ),
    ),
    (
        Chart(
            "Ignore rate by sales team",
            "ignore_rate",
            "echarts_timeseries_bar",
            {
                "x_axis": "sales_team",
                "metrics": ["ignore_rate"],
                "groupby": [],
                "orientation": "horizontal",
                "x_axis_sort": "ignore_rate",
                "x_axis_sort_asc": True,
                "y_axis_format": ".0%",
                "show_value": True,
                "show_legend": False,
                "row_limit": 100,
            },
            width=5,
        ),
        Chart(
            "Where ignored leads come from",
            "ignore_rate",
            "heatmap_v2",
            {
                "x_axis": "lead_source",
                "groupby": "sales_team",
                "metric": "ignore_rate",
                "sort_x_axis": "alpha_asc",
                "sort_y_axis": "alpha_asc",
                "linear_color_scheme": "superset_seq_1",
                "normalize_across": "heatmap",
                "legend_type": "continuous",
                "show_legend": True,
                "show_values": True,
                "xscale_interval": 1,
                "yscale_interval": 1,
                "y_axis_format": ".0%",
                "value_bounds": [0, 1],
                "row_limit": 1000,
            },
            width=7,
        ),
    ),
    (
        Chart(
            "From lead to won",
            "funnel_daily",
            "echarts_timeseries_bar",
            {
                "x_axis": "stage",
                "metrics": ["entered"],
                "groupby": [],
                "orientation": "horizontal",
                "x_axis_sort": "entered",
                "x_axis_sort_asc": True,
                "y_axis_format": ",d",
                "show_value": True,
                "show_legend": False,
                "row_limit": 10,
            },
            width=5,
        ),
        Chart(
            "Entered each stage, by month",
            "funnel_daily",
            "echarts_timeseries_line",
            {
                "x_axis": "date",
                "time_grain_sqla": "P1M",
                "metrics": ["entered"],
                "groupby": ["stage"],
                "x_axis_time_format": "%Y-%m",
                "y_axis_format": ",d",
                "markerEnabled": True,
                "show_legend": True,
                "rich_tooltip": True,
                "row_limit": 10000,
            },
            width=7,
        ),
    ),
    (
        Chart(
            "KPIs against their targets, latest month first",
            "kpi_scorecard",
            "table",
            {
                "query_mode": "raw",
                "all_columns": ["month", "kpi_id", "actual", "target", "achievement_rate"],
                "order_by_cols": ['["month", false]', '["kpi_id", true]'],
                "row_limit": 1000,
                "page_length": 20,
                "show_cell_bars": False,
                "include_search": True,
                "table_timestamp_format": "%Y-%m",
                "column_config": {
                    "actual": {"d3NumberFormat": ",.2~f"},
                    "target": {"d3NumberFormat": ",.2~f"},
                    "achievement_rate": {"d3NumberFormat": ".0%"},
                },
            },
            width=12,
            height=70,
        ),
    ),
)
"""Rows of charts, from the top of the dashboard."""
