"""What the commands print about a home."""
