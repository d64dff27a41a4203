"""Raw exports in, typed and audited raw tables out."""
