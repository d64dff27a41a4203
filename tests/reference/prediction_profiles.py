"""Fit, tier and source of a person as the CRM had them at an instant of the past."""

from datetime import datetime

from tests.reference.accounts import email_domain, normalized_company, with_accounts
from tests.reference.clock import Settings
from tests.reference.feeds import Row
from tests.reference.hiding import masked
from tests.reference.persons import FIT_ATTRIBUTES, fit, person_of
from tests.reference.rules import Rules
from tests.reference.versions import known_versions, normalized

UNKNOWN = dict.fromkeys((*FIT_ATTRIBUTES, "normalized_email", "company_name"))


class Profiles:
    """The versions of all leads, and which person each lead leads to on D."""

    def __init__(
        self, leads: list[Row], person_ids: dict[str, str], rules: Rules, settings: Settings
    ) -> None:
        self.rules = rules
        self.versions: dict[str, list[list[Row]]] = {}
        # who showed a domain of a company first, and when
        self.colleagues: dict[str | None, dict[str | None, tuple[datetime, Row]]] = {}
        forms = [record["form"] for record in rules["company_forms"]]
        for lead_id, known in known_versions(leads, settings).items():
            versions = [normalized(version) for version in known]
            if lead_id in person_ids:
                self.versions.setdefault(person_ids[lead_id], []).append(versions)
            for number, version in enumerate(versions):
                since = version["updated_at" if number else "created_at"]
                company = normalized_company(version["company_name"], forms)
                shown = self.colleagues.setdefault(company, {})
                domain = email_domain(version)
                shown[domain] = min(
                    shown.get(domain, (since, version)), (since, version), key=lambda one: one[0]
                )
        self.forms = forms

    def at(self, person_id: str, instant: datetime) -> Row:
        """From the last version of each lead before it; the first holds from its creation on."""
        group = []
        for versions in self.versions[person_id]:
            before = [version for version in versions if version["updated_at"] < instant]
            if before and not before[-1]["is_deleted"]:
                group.append(before[-1])
            elif not before and versions[0]["created_at"] <= instant:
                group.append(versions[0])
        person = person_of(group) if group else UNKNOWN | {"lead_source": "unknown"}
        company = normalized_company(person["company_name"], self.forms)
        shown = self.colleagues.get(company, {}).values()
        others = [version for since, version in shown if since < instant]
        described = with_accounts([person, *others], self.rules)[0]
        found = described | fit(described, self.rules)
        return {
            "lead_source": masked(found["lead_source"]),
            **{name: found[name] for name in ("account_tier", "fit_grade", "is_excluded")},
        }
