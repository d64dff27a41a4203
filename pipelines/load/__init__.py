"""Files of the landing folder into typed, checked and audited raw tables."""
