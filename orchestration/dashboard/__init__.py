"""The dashboard: one HTML file made from the published marts, for eyes instead of queries."""
