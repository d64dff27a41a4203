"""Other ways to write the same e-mail address, name or phone number."""

import unicodedata

_FULL = (
    "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモ"
    "ヤユヨラリルレロワヲンァィゥェォャュョッー・\u3099\u309a"
)
_HALF = "ｱｲｳｴｵｶｷｸｹｺｻｼｽｾｿﾀﾁﾂﾃﾄﾅﾆﾇﾈﾉﾊﾋﾌﾍﾎﾏﾐﾑﾒﾓﾔﾕﾖﾗﾘﾙﾚﾛﾜｦﾝｧｨｩｪｫｬｭｮｯｰ･ﾞﾟ"
_TO_HALF = str.maketrans(_FULL, _HALF)
_TO_FULL = {code: code + 0xFEE0 for code in range(0x21, 0x7F)} | {0x20: 0x3000}


def full_width(text: str) -> str:
    """`ken@a.jp` as `ｋｅｎ＠ａ．ｊｐ`."""
    return text.translate(_TO_FULL)


def half_width(text: str) -> str:
    """Katakana as half-width letters with their marks apart; other text stays."""
    return unicodedata.normalize("NFD", text).translate(_TO_HALF)


def international(phone: str, style: int) -> str:
    """`090-1234-5678` with the country's code, in one of three styles."""
    rest = phone.removeprefix("0")
    return (f"+81 {rest}", f"+81 (0){rest}", f"+81{rest.replace('-', '')}")[style % 3]


def other_email(address: str, style: int) -> str:
    """The same address to the contract: upper case, full width, or spaces around it."""
    return (address.upper(), full_width(address), f"  {address.title()} ")[style % 3]


def other_name(name: str, kind: str, style: int) -> str:
    """The same name to the contract, by the kind of script it is written in."""
    if kind == "katakana":
        return half_width(name)
    if kind == "western":
        return (name.upper(), full_width(name))[style % 2]
    return (name.replace(" ", ""), name.replace(" ", "\u3000"))[style % 2]


def other_phone(phone: str, style: int) -> str:
    """The same number to the contract."""
    if style % 4 == 3:
        return full_width(phone)
    return international(phone, style)


def mistyped(address: str) -> str:
    """An address that nobody has: local parts never hold an underscore otherwise."""
    local, _, domain = address.partition("@")
    return f"{local.replace('.', '_', 1)}_@{domain}"
