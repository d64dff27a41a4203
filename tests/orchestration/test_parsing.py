"""What is parsed from changed files alone is what a parse of all files gives."""

import json
from pathlib import Path
from typing import Any

from orchestration.build.project import parsed_project

PROJECT = {
    "dbt_project.yml": """
name: lead_funnel
version: "1.0"
profile: lead_funnel
vars: {least: 1}
""",
    "macros/twice.sql": "{% macro twice(number) %}2 * {{ number }}{% endmacro %}",
    "models/ones.sql": "select {{ twice(1) }} as number",
    "models/twos.sql": "{{ config(tags=['of ' ~ var('least')]) }} select * from {{ ref('ones') }}",
    "models/models.yml": """
version: 2
models:
  - name: ones
    description: One row.
    columns: [{name: number, data_tests: [not_null]}]
""",
}
# one after the other: a model, a description with a test, a macro, a variable, one more, one less
CHANGES = [
    {"models/ones.sql": "select {{ twice(3) }} as number, 1 as other"},
    {
        "models/models.yml": PROJECT["models/models.yml"]
        .replace("One row", "A row")
        .replace("not_null", "unique")
    },
    {"macros/twice.sql": "{% macro twice(number) %}{{ number }} * 2{% endmacro %}"},
    {"dbt_project.yml": PROJECT["dbt_project.yml"].replace("least: 1", "least: 2")},
    {"models/threes.sql": "select * from {{ ref('twos') }}"},
    {"models/threes.sql": ""},
]


def _write(project: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = project / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        if not text:
            path.unlink()


def _manifest(home: Path, project: Path) -> dict[str, Any]:
    target = parsed_project(home, project).target
    text = (target / "manifest.json").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(
        text, object_hook=lambda one: {key: one[key] for key in one if key != "created_at"}
    )
    # its time and that of the invocation
    del found["metadata"]
    return found


def test_changed_files(tmp_path: Path) -> None:
    project = tmp_path / "project"
    _write(project, PROJECT)
    seen = [_manifest(tmp_path / "home", project)]
    for change in CHANGES:
        _write(project, change)
        seen.append(_manifest(tmp_path / "home", project))
        assert seen[-1] != seen[-2]
    assert seen[-1] == _manifest(tmp_path / "fresh", project)
