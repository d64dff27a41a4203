"""A company's own folder: what its `funnel.toml` says, and what holds with options beside it."""
