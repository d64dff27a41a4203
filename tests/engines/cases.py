"""Odd values, and what the dispatched macros make of them, on whatever engine."""

from dataclasses import dataclass
from datetime import date
from typing import Any


@dataclass(frozen=True)
class Case:
    """An expression over the texts `a` and `b` with macros in it, and what it gives for each row.

    `shape` says how it is asked: `rows` one by one, all in one `aggregate`, or `lists`, one row per
    value of a list.
    """

    expression: str
    rows: tuple[tuple[Any, ...], ...]
    zone: str = "Asia/Tokyo"
    shape: str = "rows"


def case(expression: str, *rows: tuple[Any, ...], **others: str) -> Case:
    return Case("{{ lead_funnel." + expression + " }}", rows, **others)


CASES = [
    case("quoted_text('it\\\\s, it\\'s')", ("", "it\\s, it's")),
    case(
        "matches_pattern('a', \"bot|it's|Ω$\", true)",
        *[("RoBoT", True), ("IT'S", True), ("ω", True), ("ω\n", False), ("ω\u2028", False)],
        *[("", False), ("\\", False), (None, None)],
    ),
    case(
        "matches_pattern('a', '^.$')",
        *[("é", True), ("🦆", True), ("\r", True), ("\u2028", True), ("\n", False), ("ab", False)],
    ),
    case(
        "replace_pattern('a', '[^\\\\p{L}\\\\p{N}]+', '-')",
        *[
            ("a\\b'c", "a-b-c"),
            ("東京 ２３区", "東京-２３区"),
            ("\x85", "-"),
            ("", ""),
            (None, None),
        ],
    ),
    case("extracted_text('a', '^([^/?#]*)')", ("h/p", "h"), ("", ""), ("\n#", "\n"), (None, None)),
    case("extracted_text('a', 'x(y)?z')", ("xz", ""), ("xyz", "y"), ("q", "")),
    case(
        "only_if_matching('a', '[0-9]{3,}')",
        *[
            ("123", "123"),
            ("12", None),
            ("123\n", None),
            ("１２３", None),
            ("", None),
            (None, None),
        ],
    ),
    case(
        "unicode_normalized('a')",
        *[
            ("ﾃｽﾄ", "テスト"),
            ("①㌔", "1キロ"),
            ("e\u0301", "é"),
            ("ab", "ab"),
            ("", ""),
            (None, None),
        ],
    ),
    case(
        "lowered('a')",
        *[("ΟΔΟΣ", "οδοσ"), ("Σ", "σ"), ("İI", "ii"), ("ẞ", "ß"), ("ÀÉ", "àé"), ("Ⅷ", "ⅷ")],
        *[("ＡＢ", "ａｂ"), ("𐐀", "𐐨"), ("", ""), (None, None)],
    ),
    case(
        "without_invisible('a')",
        *[("a\u200bb\u200d\u2060\ufeff\u00adc", "abc"), ("\u200b", ""), (None, None)],
    ),
    case(
        "normalized_email('a')",
        *[("Ａ@Ｂ.c\u3000", "a@b.c"), ("a@b", None), ("@b.c", None), ("a@b.c\n", "a@b.c")],
    ),
    case("normalized_phone('a')", ("＋81 (0)90-1234-5678", "09012345678"), ("1", None)),
    case("contains_text('a', 'b')", ("a%b", "%", True), ("ab", "", True), (None, "a", None)),
    case("starts_with_text('a', 'b')", ("a_b", "a_", True), ("axb", "a_", False), ("", "", True)),
    case(
        "without_matches('a', 'b')",
        ("a.b.c", "[.]", "abc"),
        ("東京都", "京|都", "東"),
        ("a", "^$", "a"),
    ),
    case(
        "without_matches(\"'(aab) (b.) ab'\", lead_funnel.any_of_texts('a'))",
        *[("a",), ("aab",), ("b.",), ("(",), (None,), (") ) b",)],
        shape="aggregate",
    ),
    case(
        "listed_in_order('a', '; ')",
        ("b",),
        ("é",),
        ("a",),
        (None,),
        ("a; b; é",),
        shape="aggregate",
    ),
    case(
        "last_known('a') }} over (order by b) || {{ lead_funnel.first_known('a')"
        " }} over (order by b rows between current row and unbounded following){{ ''",
        *[("x", "1", "xx"), (None, "2", "xy"), ("y", "3", "yy"), (None, "4", None)],
    ),
    case(
        "each_listed_value('a', \"b = 'list'\")",
        *[("x|y|", "list", ["x", "y", ""]), ("x|y", "one", ["x|y"]), ("", "list", [""])],
        shape="lists",
    ),
    case("each_of(['a', 'b'])", ("x", None, ["x", None]), shape="lists"),
    case(
        "each_day('cast(a as date)', 'cast(b as date)')",
        ("2024-02-28", "2024-03-01", [date(2024, 2, 28), date(2024, 2, 29), date(2024, 3, 1)]),
        ("2024-02-28", "2024-02-28", [date(2024, 2, 28)]),
        shape="lists",
    ),
    case(
        "with_hashed_addresses('a')",
        ("x A@b.co, a%2540b.co", "x :email-b33a54a5, :email-b33a54a5"),
        *[("a@b", "a@b"), ("40", "40"), ("", ""), (None, None)],
    ),
    case("with_plain_at_sign('a')", ("a%2540b", "a@b"), ("a＠b", "a@b"), ("a@b@c", "a@b@c")),
    case(
        "without_phones('a')",
        *[("tel 03-1234-5678!", "tel :phone!"), ("é090-1234-5678", "é:phone")],
        *[("x090-1234-5678", "x090-1234-5678"), ("+81 90 1234 5678", ":phone"), (None, None)],
    ),
    case(
        "local_date('cast(a as timestamp)')",
        *[
            ("2024-03-09 14:59:59.999999", date(2024, 3, 9)),
            ("2024-03-09 15:00", date(2024, 3, 10)),
        ],
        *[("1948-05-01 14:30", date(1948, 5, 1)), ("9999-12-30 15:00", date(9999, 12, 31))],
        (None, None),
    ),
    case(
        "local_date('cast(a as timestamp)')",
        *[("2024-10-26 12:59", date(2024, 10, 26)), ("2024-10-26 13:00", date(2024, 10, 27))],
        *[("2024-07-01 13:29", date(2024, 7, 1)), ("2024-07-01 13:30", date(2024, 7, 2))],
        zone="Australia/Lord_Howe",
    ),
    # the day that Samoa left out
    case(
        "local_date('cast(a as timestamp)')",
        *[("2011-12-30 09:59:59", date(2011, 12, 29)), ("2011-12-30 10:00", date(2011, 12, 31))],
        zone="Pacific/Apia",
    ),
    case(
        "microseconds_between('cast(a as timestamp)', 'cast(b as timestamp)')",
        ("1969-12-31 23:59:59.999999", "1970-01-01 00:00:00.000001", 2),
        (None, "1970-01-01", None),
    ),
    case(
        "add_days('cast(a as date)', 'cast(b as double)')",
        *[("2024-02-28", "0.6", date(2024, 2, 29)), ("2024-03-01", "-1.4", date(2024, 2, 29))],
    ),
    case(
        "iso_weekday('cast(a as date)')",
        *[("2024-03-10", 7), ("2024-03-11", 1), ("1899-12-31", 7), (None, None)],
    ),
    case("folded('a')", ("\u3000 ΑΣ\t", "ας".replace("ς", "σ")), ("\x1c", ""), (None, None)),
]
