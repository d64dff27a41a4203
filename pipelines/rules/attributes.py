"""What a segment may ask of a person (section 13 of the data contract)."""

from pipelines.rules.seeds import FIT_ATTRIBUTES

# columns of int_segment_attributes
NUMBER_ATTRIBUTES = ("employee_count", "fit_score", "behavior_score", "days_since_touch", "touches")
TEXT_ATTRIBUTES = (
    *(attribute for attribute in FIT_ATTRIBUTES if attribute not in NUMBER_ATTRIBUTES),
    *("fit_grade", "stage", "is_contactable", "is_complete", "is_excluded", "mail_opt_in"),
)
# touchpoints of one kind alone, named `topic:price`
COUNTED_ATTRIBUTES = ("topic", "content", "buying_stage", "type")


def attribute(name: str, text: str) -> str:
    """Read an attribute, plain or named; raises ValueError for any other text."""
    if text.strip() in TEXT_ATTRIBUTES + NUMBER_ATTRIBUTES:
        return text.strip()
    prefix, _, kind = text.partition(":")
    if prefix.strip() in COUNTED_ATTRIBUTES and kind.strip():
        return f"{prefix.strip()}:{kind}"
    named = (f"{prefix}:NAME" for prefix in COUNTED_ATTRIBUTES)
    known = ", ".join([*TEXT_ATTRIBUTES, *NUMBER_ATTRIBUTES, *named])
    raise ValueError(f"unknown {name} `{text}`, expected one of {known}")


def is_number(attribute: str) -> bool:
    """Whether an attribute compares as a number."""
    return attribute in NUMBER_ATTRIBUTES or ":" in attribute
