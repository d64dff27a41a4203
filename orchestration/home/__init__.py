"""What a home holds: its lock and the records of what was done."""
