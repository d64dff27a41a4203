"""What reads the published file: BI drivers, exports and PostgreSQL."""
