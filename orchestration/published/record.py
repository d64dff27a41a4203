"""Whether the published file says what the inputs of a run say, and what may be published."""

from expectations.rules import RULES_JUDGED_BY
from orchestration.build.inputs import Inputs, digest, digest_of_checks
from orchestration.build.stamps import other_tables
from orchestration.home.records import Build, complete_build, read_records
from orchestration.published.verdicts import damaged_verdict
from pipelines.errors import UsageError
from pipelines.settings import Settings

RAW_GATE = "raw"
MARTS_GATE = "marts"


def published_changes(settings: Settings, inputs: Inputs) -> list[str]:
    """What differs from what is published, in words; empty if the marts may stay as they are."""
    if settings.full:
        return ["--full was given"]
    records = read_records(settings.home)
    build, publication = records.build, records.publication
    if publication is None:
        return ["nothing is published yet"]
    if file_identity(settings) != publication.file:
        return ["the published file is missing or was changed"]
    changes = inputs.changes_since(publication.inputs)
    if not changes and (build is None or build.id != publication.build_id):
        changes.append("the last build was not published")
    if not changes and build and (others := other_tables(settings, build.nodes)):
        changes.append(f"built by hand or missing: {', '.join(others)}")
    if not changes and (damage := damaged_verdict(settings.home, MARTS_GATE)):
        changes.append(damage)
    return changes


def judged_rows(inputs: Inputs) -> str:
    """What the gate of the raw batch judges: the rows, by the checks, limits and rules of today."""
    rules = [inputs.rules[name] for name in RULES_JUDGED_BY]
    return digest(inputs.model_dump_json(exclude={"models", "engine", "rules"}), *rules)


def judged_state(settings: Settings, build: Build) -> str:
    """What the gate of the marts judges: a build, by the checks and limits of today."""
    return digest(build.id, digest_of_checks(settings))


def standing_build(settings: Settings) -> Build:
    """The last complete build; raises UsageError unless all of it stands and passed its tests."""
    build = complete_build(settings.home)
    others = other_tables(settings, build.nodes)
    if others:
        raise UsageError(
            f"{', '.join(others)} does not stand as it was built for {build.inputs.as_of}; run the"
            " whole job"
        )
    passed = read_records(settings.home).tests
    failed = [name for name, test in build.tests.items() if passed.get(name) != test.state]
    if failed:
        raise UsageError(
            f"data tests have not passed for {build.inputs.as_of}: {', '.join(sorted(failed))}; run"
            " the whole job"
        )
    return build


def build_to_publish(settings: Settings) -> Build:
    """The standing build; raises UsageError if its marts were not judged."""
    build = standing_build(settings)
    judged = read_records(settings.home).judged.get(MARTS_GATE)
    if judged != judged_state(settings, build):
        raise UsageError(
            f"not published: the marts of {build.inputs.as_of} were not judged; run the whole job"
        )
    return build


def file_identity(settings: Settings) -> tuple[int, int] | None:
    """Size (bytes) and time of the last change (ns) of the published file, if it is there."""
    if not settings.marts.exists():
        return None
    found = settings.marts.stat()
    return found.st_size, found.st_mtime_ns
