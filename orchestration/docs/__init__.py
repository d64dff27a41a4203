"""Docs to look at: dbt's own page of all models, and the glossary."""

from orchestration.docs.site import build_docs

__all__ = ["build_docs"]
