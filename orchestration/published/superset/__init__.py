"""Registers the published file, datasets and a dashboard in Apache Superset.

Only the standard library is used, so that any Python 3.11 near Superset can run it:

    SUPERSET_PASSWORD=... python -m orchestration.published.superset --marts .funnel/marts.duckdb
"""
