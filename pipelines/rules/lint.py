"""Warnings about rules that are allowed but hardly meant; they never stop a run."""

import re
from collections.abc import Iterator
from pathlib import Path

from pipelines.rules.checking import Rules, load_rules
from pipelines.rules.findings import Finding, Observed
from pipelines.rules.lint_fit import lint_fit
from pipelines.rules.lint_scoring import lint_scoring
from pipelines.rules.seeds import SEEDS_BY_NAME
from pipelines.rules.values import shown
from pipelines.wording import counted

_NOT_IN_A_PATH = re.compile(r"[?#@]")
_DOMAIN = re.compile(r"[^\s@/:]+\.[^\s@/:]+")


def lint(rules: Rules, observed: Observed | None = None) -> list[Finding]:
    """Find what is suspicious in rules without errors, in the order of the contract.

    With `observed`, rules for what the data does not hold are found too.
    """
    seen = observed or Observed()
    findings = [
        *lint_scoring(rules, seen),
        *lint_fit(rules),
        *_prefixes(rules),
        *_channels(rules, seen),
        *_domains(rules),
        *_tiers(rules),
        *_targets(rules),
    ]
    order = list(SEEDS_BY_NAME)
    return sorted(findings, key=lambda finding: (order.index(finding.seed), finding.rows))


def rules_report(directory: Path, observed: Observed | None = None) -> list[str]:
    """Lines to print about a rules folder; raises UsageError if a rule is bad."""
    rules = load_rules(directory)
    findings = lint(rules, observed)
    rows = sum(len(rows) for rows in rules.rows.values())
    return [
        *(f"warning: {warning}" for warning in rules.warnings),
        *(f"warning: {finding}" for finding in findings),
        f"{directory}: {len(rules.rows)} files, {rows} rows, no errors, "
        f"{counted(len(rules.warnings) + len(findings), 'warning')}",
    ]


def _prefixes(rules: Rules) -> Iterator[Finding]:
    first: dict[str, int] = {}
    for row in rules.rows["content_catalog"]:
        prefix = row.text("path_prefix")
        if _NOT_IN_A_PATH.search(prefix):
            text = f"{shown(prefix)} matches no page: a page_path contains no ?, # or @"
            yield Finding("never_applies", "content_catalog", (row.number,), text)
        same = first.setdefault(prefix.rstrip("/"), row.number)
        if same != row.number:
            text = f"{shown(prefix)} is the prefix of row {same}, the longer one is used"
            yield Finding("unreachable", "content_catalog", (row.number, same), text)


def _channels(rules: Rules, observed: Observed) -> Iterator[Finding]:
    for row in rules.rows["channel_map"]:
        feed, key = row.text("feed"), row.text("key")
        if observed.channel_keys and (feed, key) not in observed.channel_keys:
            text = f"the data of feed {feed} contains no {shown(key)}"
            yield Finding("never_applies", "channel_map", (row.number,), text)


def _domains(rules: Rules) -> Iterator[Finding]:
    free = {row.text("domain") for row in rules.rows["free_mail_domains"]}
    for seed in ("target_accounts", "free_mail_domains"):
        for row in rules.rows[seed]:
            domain = row.text("domain")
            if not _DOMAIN.fullmatch(domain):
                text = f"no e-mail address ends in @{shown(domain)}"
            elif seed == "target_accounts" and domain in free:
                text = (
                    f"{shown(domain)} is in free_mail_domains.csv, so it is nobody's company domain"
                )
            else:
                continue
            yield Finding("never_applies", seed, (row.number,), text)


def _tiers(rules: Rules) -> Iterator[Finding]:
    tiers = {row.text("account_tier") for row in rules.rows["target_accounts"]}
    for row in rules.rows["handoff_sla"]:
        tier = row.text("account_tier")
        if tier not in tiers | {"default", "none"}:
            text = f"no account of target_accounts.csv has the account_tier {shown(tier)}"
            yield Finding("never_applies", "handoff_sla", (row.number,), text)


def _targets(rules: Rules) -> Iterator[Finding]:
    for row in rules.rows["kpi_targets"]:
        target = row.number_of("target")
        if target is not None and target <= 0:
            text = f"a target of {target} gives no sensible achievement rate"
            yield Finding("no_effect", "kpi_targets", (row.number,), text)
