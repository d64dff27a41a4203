"""Helpers for BI tools that read the published file."""
