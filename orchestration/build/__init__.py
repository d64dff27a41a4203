"""dbt in this process: the parsed project, what is built next, the invocation."""
