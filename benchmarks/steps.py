"""One step of a benchmark as a process: STEP, ARGUMENTS as JSON, FILE for what it tells."""

import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from pipelines.settings import SHIPPED_RULES, Settings, Source

Result = dict[str, Any]
SLOWEST_SHOWN = 12


def settings_of(arguments: dict[str, Any]) -> Settings:
    home = Path(arguments["home"])
    home.mkdir(parents=True, exist_ok=True)
    return Settings(
        home=home,
        sources=(Source(landing=Path(arguments["landing"])),),
        as_of=date.fromisoformat(arguments["as_of"]),
        full=arguments.get("full", False),
        rules=Path(arguments.get("rules", SHIPPED_RULES)),
    )


def load_step(arguments: dict[str, Any]) -> Result:
    from pipelines.load import load

    return _timed(lambda: load(settings_of(arguments), lambda _: None))


def build_step(arguments: dict[str, Any]) -> Result:
    """The models, or only `marts` and what they need; with `tests` the data tests too.

    What dbt parsed is kept, as in a refresh.
    """
    from orchestration.build.building import build_models
    from orchestration.build.project import parsed_project
    from pipelines.rules import load_rules, stage_rules

    settings = settings_of(arguments)
    stage_rules(load_rules(settings.rules), settings.home / "rules")
    project = parsed_project(settings.home)
    nodes: list[Any] = []

    def build() -> None:
        _, results = build_models(
            settings,
            project,
            targets=arguments.get("marts", ()),
            with_tests=arguments.get("tests", False),
        )
        nodes.extend(results.nodes)

    result = _timed(build)
    result["nodes"] = len(nodes)
    result["seconds_in_nodes"] = sum(node.execution_time for node in nodes)
    result["slowest"] = _slowest({node.node.name: node.execution_time for node in nodes})
    return result


def judge_step(arguments: dict[str, Any]) -> Result:
    """The gate of the marts over what was built and tested, its import included."""
    from expectations.limits import read_limits
    from orchestration.published.judging import judge_marts

    settings = settings_of(arguments)
    reports: list[Any] = []
    limits = read_limits(settings.gates)
    result = _timed(lambda: reports.append(judge_marts(settings, limits, "benchmark")))
    (report,) = reports
    if report is None or report.failed_blocking:
        raise RuntimeError(report.text() if report else "the marts were judged before")
    return result


def publish_step(arguments: dict[str, Any]) -> Result:
    from orchestration.build.project import parsed_project
    from orchestration.published.writing import publish

    settings = settings_of(arguments)
    project = parsed_project(settings.home)
    result = _timed(lambda: publish(settings, project))
    result["gib"] = settings.marts.stat().st_size / 1024**3
    return result


def bare_step(arguments: dict[str, Any]) -> Result:
    from benchmarks.bare_script import run_bare

    seconds: dict[str, float] = {}
    result = _timed(
        lambda: seconds.update(
            run_bare(
                Path(arguments["raw"]),
                Path(arguments["rules"]),
                arguments["as_of"],
                Path(arguments["database"]),
            )
        )
    )
    result["slowest"] = _slowest(seconds)
    return result


def refresh_step(arguments: dict[str, Any]) -> Result:
    """The command as a user runs it, start of the interpreter included."""
    settings = settings_of(arguments)
    command = [str(Path(sys.executable).with_name("funnel")), "refresh", "--home"]
    command += [str(settings.home), "--landing", str(settings.sources[0].landing)]
    command += ["--as-of", settings.as_of.isoformat(), "--rules", str(settings.rules)]
    command += ["--full"] if settings.full else []
    said = settings.home.with_name("refresh.log")
    with said.open("w") as log:
        return _timed(
            lambda: subprocess.run(command, check=True, stdout=log, stderr=subprocess.STDOUT)
        )


STEPS = {
    "load": load_step,
    "build": build_step,
    "judge": judge_step,
    "publish": publish_step,
    "bare": bare_step,
    "refresh": refresh_step,
}


def _timed(work: Callable[[], object]) -> Result:
    started, used = time.perf_counter(), _processor_seconds()
    work()
    return {
        "seconds": time.perf_counter() - started,
        "processor_seconds": _processor_seconds() - used,
    }


def _processor_seconds() -> float:
    """Those of this process and of all that it started and that have ended."""
    kinds = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return sum(used.ru_utime + used.ru_stime for used in map(resource.getrusage, kinds))


def _slowest(seconds: dict[str, float]) -> list[tuple[str, float]]:
    ordered = sorted(seconds.items(), key=lambda item: -item[1])
    return [(name, round(took, 2)) for name, took in ordered[:SLOWEST_SHOWN]]


if __name__ == "__main__":
    _, step, given, told = sys.argv
    result = STEPS[step](json.loads(given))
    Path(told).write_text(json.dumps(result), encoding="utf-8")
    print(result["seconds"])
