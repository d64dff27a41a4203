"""The rules that the gate of the raw batch reads: it judges again when one of them has changed."""

RULES_JUDGED_BY = ("holidays", "disposition_map", "channel_map", "scenarios")
