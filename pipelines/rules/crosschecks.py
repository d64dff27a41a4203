"""What one cell alone cannot tell: rules about a row, a whole file or two files."""

from collections.abc import Callable, Iterator, Mapping

from pipelines.rules.attributes import NUMBER_ATTRIBUTES, is_number
from pipelines.rules.reading import Problem, Row, Table
from pipelines.rules.values import number, plain_number, shown

Tables = Mapping[str, Table]


def cross_check(tables: Tables) -> Iterator[Problem]:
    """Yield the errors of every check whose files were read whole."""
    for check, names in _CHECKS:
        if all(tables[name].is_whole for name in names):
            yield from check(*(tables[name] for name in names))


def _absolute_prefixes(content_catalog: Table) -> Iterator[Problem]:
    for row in content_catalog.rows:
        prefix = row.text("path_prefix")
        if prefix and not prefix.startswith("/"):
            yield _error(content_catalog, row, f"path_prefix {shown(prefix)} does not start with /")


def _validity(scoring_rules: Table) -> Iterator[Problem]:
    for row in scoring_rules.rows:
        start, end = row.day("valid_from"), row.day("valid_to")
        if start and end and end <= start:
            yield _error(scoring_rules, row, f"valid_to {end} is not after valid_from {start}")


def _compared_values(table: Table) -> Iterator[Problem]:
    """What the operator of a row cannot do with its attribute or its value."""
    for row in table.rows:
        attribute, operator, value = (row.text(name) for name in ("attribute", "operator", "value"))
        if not attribute or not operator or operator == "blank":
            continue
        if operator in ("gte", "lte") and not is_number(attribute):
            yield _error(table, row, f"operator {operator} needs {_numbers_of(table)}")
        elif operator == "contains" and is_number(attribute):
            yield _error(table, row, f"operator contains does not apply to {attribute}")
        elif not value:
            yield _error(table, row, f"value is blank, operator {operator} needs one")
        elif is_number(attribute):
            yield from _number_errors(table, row)


def _numbers_of(table: Table) -> str:
    if table.seed.name == "fit_rules":
        return "the attribute employee_count"
    return f"a number: {', '.join(NUMBER_ATTRIBUTES)} or a count such as type:page_view"


def _number_errors(table: Table, row: Row) -> Iterator[Problem]:
    attribute, value = row.text("attribute"), row.text("value")
    if table.seed.name == "segments" and any(part != part.strip() for part in value.split("|")):
        yield _error(
            table, row, f"value {shown(value)} has spaces; {attribute} takes numbers alone"
        )
        return
    try:
        plain_numbers(row.text("operator"), value)
    except ValueError as error:
        yield _error(table, row, f"{error}; {attribute} is compared as a number")


def plain_numbers(operator: str, value: str) -> str:
    """The number (or numbers, for `in`) that an attribute is compared with, plainly written.

    Raises ValueError for what is not a number.
    """
    parts = value.split("|") if operator == "in" else [value]
    return "|".join(plain_number(number("value", part.strip())) for part in parts)


def _one_name_per_segment(segments: Table) -> Iterator[Problem]:
    first: dict[str, Row] = {}
    for row in segments.rows:
        segment = row.text("segment_id")
        yield from _not_as_before(
            segments, row, first.setdefault(segment, row), "segment_id", ("name_en", "name_ja")
        )


def _not_as_before(
    table: Table, row: Row, before: Row, key: str, columns: tuple[str, ...]
) -> Iterator[Problem]:
    """Columns in which rows of one key must agree, and do not."""
    for column in columns:
        if row.values.get(column) != before.values.get(column):
            same = f"row {before.number}, of the same {key} {shown(row.text(key))}"
            yield _error(table, row, f"{column} is not that of {same}")


def _distinct_grades(fit_grades: Table) -> Iterator[Problem]:
    first: dict[int, Row] = {}
    for row in fit_grades.rows:
        points = row.whole("min_points")
        if points is not None and first.setdefault(points, row) is not row:
            same = f"row {first[points].number}"
            yield _error(fit_grades, row, f"min_points {points} is the same as in {same}")


def _known_grades(qualification_rules: Table, fit_grades: Table) -> Iterator[Problem]:
    grades = {row.text("fit_grade") for row in fit_grades.rows}
    for row in qualification_rules.rows:
        grade = row.text("fit_grade")
        if grade and grade not in grades:
            yield _error(
                qualification_rules, row, f"fit_grade {shown(grade)} is not in fit_grades.csv"
            )


def _one_offer_per_rule(visitor_offers: Table) -> Iterator[Problem]:
    first: dict[str, Row] = {}
    rule_of: dict[int, str] = {}
    for row in visitor_offers.rows:
        rule, priority = row.text("rule_id"), row.whole("priority")
        if row.text("offer") == "none":
            yield _error(visitor_offers, row, "offer none is what a visitor has without any")
        before = first.setdefault(rule, row)
        yield from _not_as_before(visitor_offers, row, before, "rule_id", ("priority", "offer"))
        if before is row and priority and rule_of.setdefault(priority, rule) != rule:
            other = shown(rule_of[priority])
            yield _error(visitor_offers, row, f"priority {priority} is that of rule_id {other}")


def _default_tier(handoff_sla: Table) -> Iterator[Problem]:
    if all(row.text("account_tier") != "default" for row in handoff_sla.rows):
        yield Problem(
            handoff_sla.seed.file_name, None, "the row of account_tier `default` is missing"
        )


def _tree(kpi_tree: Table) -> Iterator[Problem]:
    parents = {row.text("kpi_id"): row.text("parent_kpi_id") for row in kpi_tree.rows}
    for row in kpi_tree.rows:
        kpi, parent = row.text("kpi_id"), row.text("parent_kpi_id")
        if not kpi or not parent:
            continue
        if parent not in parents:
            yield _error(kpi_tree, row, f"parent_kpi_id {shown(parent)} is not a kpi_id")
        elif kpi in _ancestors(kpi, parents):
            yield _error(kpi_tree, row, f"kpi_id {shown(kpi)} is its own ancestor")


def _ancestors(kpi: str, parents: Mapping[str, str]) -> set[str]:
    found: set[str] = set()
    parent = parents.get(kpi)
    while parent and parent not in found:
        found.add(parent)
        parent = parents.get(parent)
    return found


def _known_kpis(kpi_targets: Table, kpi_tree: Table) -> Iterator[Problem]:
    known = {row.text("kpi_id") for row in kpi_tree.rows}
    for row in kpi_targets.rows:
        kpi = row.text("kpi_id")
        if kpi and kpi not in known:
            yield _error(kpi_targets, row, f"kpi_id {shown(kpi)} is not in kpi_tree.csv")


def _error(table: Table, row: Row, text: str) -> Problem:
    return Problem(table.seed.file_name, row.number, text)


_CHECKS: tuple[tuple[Callable[..., Iterator[Problem]], tuple[str, ...]], ...] = (
    (_absolute_prefixes, ("content_catalog",)),
    (_validity, ("scoring_rules",)),
    (_compared_values, ("fit_rules",)),
    (_distinct_grades, ("fit_grades",)),
    (_known_grades, ("qualification_rules", "fit_grades")),
    (_one_offer_per_rule, ("visitor_offers",)),
    (_default_tier, ("handoff_sla",)),
    (_tree, ("kpi_tree",)),
    (_known_kpis, ("kpi_targets", "kpi_tree")),
    (_compared_values, ("segments",)),
    (_one_name_per_segment, ("segments",)),
)
