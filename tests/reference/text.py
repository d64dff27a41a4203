"""Texts as they are compared: case, e-mail addresses, phone numbers, names (section 4)."""

import re
import unicodedata

INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))
FORBIDDEN_IN_EMAIL = re.compile(r'[\s,;<>()"]')


def lower(text: str) -> str:
    """Each character by itself: only this one would become two, and sigma knows its place."""
    return "".join("i" if letter == "İ" else letter.lower() for letter in text)


def folded(text: str) -> str:
    """As keys, placeholders and spellings of dispositions are compared."""
    return lower(text.strip())


def nfkc(text: str) -> str:
    return unicodedata.normalize("NFKC", text)


def normalized_email(raw: str | None) -> str | None:
    email = folded(nfkc(raw or "").translate(INVISIBLE))
    before, _, after = email.partition("@")
    is_address = email.count("@") == 1 and before and "." in after
    return email if is_address and not FORBIDDEN_IN_EMAIL.search(email) else None


def normalized_phone(raw: str | None) -> str | None:
    phone = "".join(nfkc(raw or "").split())
    digits = "".join(letter for letter in phone if letter in "0123456789")
    if phone.startswith("+81"):
        digits = "0" + digits.removeprefix("81").removeprefix("0")
    return digits if len(digits) >= 9 else None


def normalized_name(raw: str | None) -> str | None:
    return "".join(lower(nfkc(raw or "")).split()) or None
