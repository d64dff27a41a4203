"""Rule files may come from strangers: whatever stands in them is accepted or refused in words."""

import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.errors import UsageError
from pipelines.rules import load_rules, rules_report
from pipelines.rules.seeds import SEEDS, SEEDS_BY_NAME
from tests.rules.conftest import GOOD_RULES

STRUCTURE = (",", '"', "\n", "\r", "\0", "|", "/", "@", " ", "\ufeff")
WORDS = ("true", "blank", "in", "1", "-0.0", "2025-02-29", "0000-01-01", "NaN", "営業", "wins")
LONG = ("1" * 5_000, "x" * 140_000)
PIECES = st.sampled_from(STRUCTURE + WORDS + LONG)


def refusal(directory: Path) -> str | None:
    """What the check says against a folder, None if it takes it."""
    try:
        rules_report(directory)
    except UsageError as refused:
        return str(refused)
    return None


@settings(max_examples=150, deadline=None)
@given(seed=st.sampled_from(sorted(GOOD_RULES)), data=st.data())
def test_no_content_breaks_the_check(seed: str, data: st.DataObject) -> None:
    text = GOOD_RULES[seed]
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 12)))
    put_in = "".join(data.draw(st.lists(PIECES, max_size=4)))
    content = (text[:start] + put_in + text[end:]).encode()
    content += data.draw(st.binary(max_size=2))
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        for other, good in GOOD_RULES.items():
            (directory / f"{other}.csv").write_bytes(good.encode() if other != seed else content)
        refused = refusal(directory)
        if refused is not None:
            files = tuple(one.file_name for one in SEEDS)
            assert all(line.startswith(files) for line in refused.split("\n"))
            return
        kept = load_rules(directory).rows[seed]
        blank = {column.name for column in SEEDS_BY_NAME[seed].columns if column.may_be_blank}
        for row in kept:
            assert {name for name, value in row.values.items() if value is None} <= blank
