"""Great Expectations gates over raw batches and over marts."""
