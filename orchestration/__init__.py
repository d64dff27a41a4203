"""The daily job: the asset graph, its gates, publishing and the command line."""
