"""What the pipeline costs beside bare DuckDB doing the same work."""
