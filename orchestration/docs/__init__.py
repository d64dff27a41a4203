"""The docs pages: dbt's page of all models, and the glossary."""

from orchestration.docs.site import build_docs

__all__ = ["build_docs"]
