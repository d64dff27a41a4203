"""Personal data: which columns can hold any, and how it is recognised in a text."""
