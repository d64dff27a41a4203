"""Companies of persons: by domain, else by name (section 4)."""

import re
import unicodedata

from tests.reference.feeds import Row
from tests.reference.rules import Rules, lookup
from tests.reference.text import lower, nfkc


def normalized_company(raw: str | None, forms: list[str]) -> str | None:
    """A company's name without its legal form; `forms` in the order of their rows."""
    known = [lower(nfkc(form)) for form in forms]
    words = {form for form in known if re.fullmatch("[a-z]+", form)}
    parts = sorted((form for form in known if form not in words), key=len, reverse=True)
    name = lower(nfkc(raw or ""))
    if parts:
        name = re.sub("|".join(map(re.escape, parts)), "", name)
    spaced = "".join(letter if unicodedata.category(letter)[0] in "LN" else " " for letter in name)
    rest = spaced.split()
    while len(rest) >= 2 and rest[-1] in words:
        rest.pop()
    return "".join(rest) or None


def email_domain(person: Row) -> str | None:
    email = person["normalized_email"]
    return email.partition("@")[2] if email else None


def with_accounts(persons: list[Row], rules: Rules) -> list[Row]:
    """Persons with `company_domain`, `normalized_company` and their account."""
    free = {record["domain"] for record in rules["free_mail_domains"]}
    forms = [record["form"] for record in rules["company_forms"]]
    tiers = lookup(rules, "target_accounts", "domain", "account_tier")
    named = []
    domains: dict[str | None, set[str]] = {}
    for person in persons:
        domain = email_domain(person)
        own = None if domain in free else domain
        company = normalized_company(person["company_name"], forms)
        named.append(person | {"company_domain": own, "normalized_company": company})
        domains.setdefault(company, set()).update({own} - {None})
    for person in named:
        company = person["normalized_company"]
        of_others = domains[company] if company else set()
        only = next(iter(of_others)) if len(of_others) == 1 else None
        domain = person["company_domain"] or only
        person["account_domain"] = domain
        person["account_id"] = domain or company
        person["account_tier"] = tiers.get(domain, "none")
    return named
