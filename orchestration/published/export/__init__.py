"""`funnel export`: published tables as files, and lists of changes for a CRM."""
