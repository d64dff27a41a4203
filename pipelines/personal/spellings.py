"""Addresses, telephone numbers and full names in a text, in whatever spelling, as SQL of DuckDB.

The functions take and give SQL expressions; the connection knows `nfkc` (`pipelines.database`).
"""

# in every spelling that the models hide, of a text as it is
HIDDEN_AT_SIGN = "(?:@|＠|%(?:25)*40)"
HIDDEN_WORD = r"[\p{L}\p{M}\p{N}_-]+"
HIDDEN_ADDRESS = (
    rf"[\p{{L}}\p{{M}}\p{{N}}_.．%+-]+{HIDDEN_AT_SIGN}{HIDDEN_WORD}(?:[.．]{HIDDEN_WORD})+"
)
# as the models know it, and as people write it who hide it from machines
AT_SIGN = r"(?:@|%(?:25)*40|\s?[(\[{]\s?at\s?[)\]}]\s?|&#0*64;|&#x0*40;|&commat;)"
WORD = r"[\p{L}\p{M}\p{N}_-]+"
ADDRESS = rf"[\p{{L}}\p{{M}}\p{{N}}_.%+-]+{AT_SIGN}{WORD}(?:[.]{WORD})+"
PHONE = r"[+]?[0-9][0-9() ./・‐‑–—―−ー-]{7,}[0-9]"
# scripts that part no words
UNPARTED = r"^[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}ー々]+$"
INVISIBLE = r"[\x{200b}-\x{200d}\x{2060}\x{feff}\x{ad}]+"
# a shorter name cannot be told from another word
LEAST_LETTERS, LEAST_UNPARTED, MOST_UNPARTED, MOST_WORDS = 5, 3, 8, 4


def plain(text: str) -> str:
    """The text decoded, in NFKC and lower case, without what nobody sees."""
    decoded = f"case when contains({text}, '%') then {_decoded(_decoded(text))} else {text} end"
    return f"regexp_replace(lower(nfkc({decoded})), '{INVISIBLE}', '', 'g')"


def _decoded(text: str) -> str:
    return f"coalesce(try(url_decode({text})), {text})"


def addresses_in(plain_text: str) -> str:
    """A list of the addresses in a plain text, each with `@`, and of those that they end with."""
    found = f"regexp_extract_all({plain_text}, '{ADDRESS}')"
    with_at = f"list_transform({found}, lambda a: regexp_replace(a, '{AT_SIGN}', '@'))"
    # in `news-ken@acme.example` may stand ken@acme.example
    return (
        f"flatten([[a[i:] for i in range(1, position('@' in a))"
        f" if i = 1 or regexp_matches(a[i - 1:i - 1], '[-_.+%]')] for a in {with_at}])"
    )


def address_of(text: str) -> str:
    """An address as `addresses_in` gives it."""
    return f"regexp_replace(trim(lower(nfkc({text}))), '{INVISIBLE}', '', 'g')"


def phones_in(plain_text: str) -> str:
    """A list of the digits of what may be telephone numbers in a plain text."""
    found = f"regexp_extract_all({plain_text}, '{PHONE}')"
    return f"list_transform({found}, lambda p: {_digits('p')})"


def phone_of(text: str) -> str:
    """The digits of a telephone number; null under nine of them."""
    digits = _digits(f"nfkc({text})")
    return f"case when length({digits}) >= 9 then {digits} end"


def _digits(text: str) -> str:
    national = rf"regexp_replace(regexp_replace({text}, '\s+', '', 'g'), '^[+]81[^0-9]*0?', '0')"
    return f"regexp_replace({national}, '[^0-9]+', '', 'g')"


def words_in(plain_text: str) -> str:
    """A list of the words of a plain text."""
    return rf"regexp_extract_all({plain_text}, '[\p{{L}}\p{{M}}\p{{N}}ー々]+')"


def name_forms(words: str) -> str:
    """A list of how a full name of these words may stand in a text; empty for what is none."""
    forward, backward = (
        f"array_to_string({words}, '')",
        f"array_to_string(list_reverse({words}), '')",
    )
    is_unparted = f"regexp_matches({forward}, '{UNPARTED}')"
    is_name = (
        f"case when {is_unparted}"
        f" then length({forward}) between {LEAST_UNPARTED} and {MOST_UNPARTED}"
        f" else len({words}) between 2 and {MOST_WORDS}"
        f" and length({forward}) >= {LEAST_LETTERS} end"
    )
    return f"case when {is_name} then list_distinct([{forward}, {backward}]) else [] end"


def names_in(words: str) -> str:
    """A list of all that may be a full name in a column of words that follow each other."""
    runs = (
        f"flatten([[array_to_string({words}[i:i + n - 1], '')"
        f" for i in range(1, len({words}) - n + 2)] for n in range(1, {MOST_WORDS + 1})])"
    )
    parts = (
        f"flatten([flatten([[u[i:i + n - 1] for i in range(1, length(u) - n + 2)]"
        f" for n in range({LEAST_UNPARTED}, {MOST_UNPARTED + 1})])"
        f" for u in {words} if regexp_matches(u, '{UNPARTED}')])"
    )
    return f"list_distinct(list_concat({runs}, {parts}))"
