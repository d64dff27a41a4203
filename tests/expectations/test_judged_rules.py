"""The raw batch is judged again when a rule that its gate reads has changed, and for no other."""

from datetime import date

from orchestration.build.inputs import Inputs
from orchestration.published.record import judged_rows
from pipelines.rules.seeds import SEEDS
from pipelines.variables import Variables


def test_the_raw_gate_judges_again_after_a_change_of_a_rule_that_it_reads() -> None:
    inputs = Inputs(
        as_of=date(2026, 9, 30),
        loads={},
        rules={seed.name: "before" for seed in SEEDS},
        variables=Variables(),
        models="",
        engine="",
        code="",
        limits="",
    )

    def is_judged_again(seed: str) -> bool:
        changed = inputs.model_copy(update={"rules": {**inputs.rules, seed: "changed"}})
        return judged_rows(changed) != judged_rows(inputs)

    judged_again = {seed.name for seed in SEEDS if is_judged_again(seed.name)}
    assert judged_again == {"holidays", "disposition_map", "channel_map", "scenarios"}
