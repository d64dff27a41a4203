"""A small, slow, plain-Python reading of the data contract, to hold the pipeline against."""
