"""What a mapping makes of a folder of exports: rows side by side, counts, and what would fail."""

import shutil
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

from rich.console import Console
from rich.table import Table

from pipelines.errors import UsageError
from pipelines.feeds import FEEDS
from pipelines.load.landing import listed
from pipelines.mappings.source import open_source
from pipelines.mappings.trial import FILES, BlockTrial, Example, KindTrial, Trial
from pipelines.rules import Rules, load_rules
from pipelines.wording import counted

NARROW = 100
VALUES_SHOWN = 8
LONGEST = 70
# the rule file, its key and the rows of it, that know the values of a column
KNOWN_BY = {
    ("sales_dispositions", "disposition"): ("disposition_map", "raw_disposition", None),
    ("web_events", "utm_medium"): ("channel_map", "key", "web"),
    ("mail_events", "mail_type"): ("channel_map", "key", "mail"),
    ("offline_events", "event_type"): ("channel_map", "key", "offline"),
}


def map_check(
    mapping: str, landing: Path, rules: Path, zone: str, rows: int, *, allow_links: bool = False
) -> str:
    """The report as text.

    Raises UsageError for a mapping or a rules folder with a mistake, and for a folder that is not
    there or lacks files of the mapping.
    """
    if not landing.is_dir():
        raise UsageError(f"--landing {landing} is not a folder")
    known = load_rules(rules)
    source = open_source(mapping, landing, allow_links=allow_links)
    trial = Trial(source, zone, rows)
    try:
        return _Report(trial, known, rows).text(source.skipped)
    finally:
        trial.close()


class _Report:
    def __init__(self, trial: Trial, rules: Rules, rows: int) -> None:
        self._trial, self._rules, self._rows = trial, rules, rows
        self._out = StringIO()
        width = shutil.get_terminal_size((NARROW, 24)).columns
        self._console = Console(file=self._out, width=width, highlight=False, markup=False)

    def text(self, skipped: tuple[tuple[str, list[str]], ...]) -> str:
        self._console.print(
            f"up to {counted(self._rows, 'row')} of the last {FILES} files of each kind; instants"
            " are in UTC\n"
        )
        for kind in self._trial.kinds:
            self._kind(kind)
        self._totals()
        self._unknown()
        for reason, names in skipped:
            self._console.print(f"{reason}: {listed(names)}")
        lines = [line.rstrip() for line in self._out.getvalue().rstrip().splitlines()]
        return "\n".join(lines)

    def _kind(self, kind: KindTrial) -> None:
        say = self._console.print
        if not kind.blocks:
            say(f"files.{kind.name}: {counted(kind.found, 'file')}, for lookups alone\n")
            return
        read = f"read {counted(kind.rows, 'row')} of {listed([file.name for file in kind.files])}"
        say(f"files.{kind.name}: {counted(kind.found, 'file')}{f'; {read}' if kind.files else ''}")
        for name, reason in kind.unreadable.items():
            say(f"  {name} cannot be read: {reason}", style="bold")
        if kind.unread:
            say(f"  nothing reads: {', '.join(kind.unread)}")
        say()
        for trial in kind.blocks if kind.files else ():
            self._block(trial)

    def _block(self, trial: BlockTrial) -> None:
        say = self._console.print
        bad = trial.rows - trial.sound
        told = [counted(trial.rows, "row")]
        if bad:
            told.append(f"{bad:,} quarantined")
        if trial.keys < trial.sound:
            told.append(f"{trial.sound - trial.keys:,} replaced by others of their key")
        say(f"{trial.block.rows.label}: {', '.join(told)}", style="bold")
        for fault in sorted(trial.faults.values(), key=lambda fault: -fault.rows):
            say(f"  {counted(fault.rows, 'row')} quarantined: {fault.reason}")
            said = f"; {fault.said}" if fault.said else ""
            say(f"    the first: {fault.file} row {fault.row_number}{said}")
        if trial.blank and trial.rows:
            say(f"  blank in all of them: {', '.join(trial.blank)}")
        if trial.example:
            self._side_by_side(trial, trial.example)
        say()

    def _side_by_side(self, trial: BlockTrial, example: Example) -> None:
        self._console.print(f"  {example.file} row {example.row_number}")
        read = {output.column: output.expression.columns for output in trial.block.outputs}
        table = Table(box=None, padding=(0, 3, 0, 0), pad_edge=False, show_header=False)
        table.add_column(no_wrap=True)
        table.add_column(overflow="fold", ratio=2)
        table.add_column(overflow="fold", ratio=3)
        for column, value in example.mapped.items():
            names = sorted(read.get(column, ()))
            source = ", ".join(_inputs(trial, example, names)) if column in read else "(default)"
            table.add_row(f"    {column}", _short(value), source)
        self._console.print(table)

    def _totals(self) -> None:
        table = Table(box=None, padding=(0, 3, 0, 0), pad_edge=False)
        table.add_column("feed")
        for heading in ("rows", "sound", "quarantined"):
            table.add_column(heading, justify="right", no_wrap=True)
        for feed in FEEDS:
            trials = [
                trial
                for kind in self._trial.kinds
                for trial in kind.blocks
                if trial.block.rows.feed == feed
            ]
            rows, sound = sum(t.rows for t in trials), sum(t.sound for t in trials)
            if trials:
                table.add_row(feed.name, f"{rows:,}", f"{sound:,}", f"{rows - sound:,}")
        self._console.print(table)
        self._console.print()

    def _unknown(self) -> None:
        for feed, column, seed, values in self._unknown_values():
            shown = sorted(values, key=lambda value: (-values[value], value))
            named = [f"{value} ({values[value]:,})" for value in shown[:VALUES_SHOWN]]
            more = f" and {len(shown) - VALUES_SHOWN} more" if len(shown) > VALUES_SHOWN else ""
            self._console.print(
                f"{feed}.{column}: {seed}.csv has no row for {', '.join(named)}{more}"
            )

    def _unknown_values(self) -> Iterator[tuple[str, str, str, dict[str, int]]]:
        for (feed, column), (seed, key, label) in KNOWN_BY.items():
            known = {
                (row.text(key) or "").strip().lower()
                for row in self._rules.rows[seed]
                if label is None or row.text("feed") == label
            }
            values = self._trial.values(feed, column)
            unknown = {value: count for value, count in values.items() if value not in known}
            if unknown:
                yield feed, column, seed, unknown


def _inputs(trial: BlockTrial, example: Example, names: list[str]) -> Iterator[str]:
    """The raw columns of a value with what they hold; what is not of the row is named alone."""
    for name in names:
        others = (name, *trial.aliases.get(name, ()))
        found = next((other for other in others if other in example.raw), None)
        yield f"{found}: {_short(example.raw[found])}" if found else name


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 1]}…"
