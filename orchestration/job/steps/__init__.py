"""The steps of the daily job, one module each, in the order in which they run."""
