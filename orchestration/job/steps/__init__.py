"""The steps of the job in their order: rules, raw, models, published."""
