"""Names and texts as SQL."""


def identifier(name: str) -> str:
    """A quoted name."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: object) -> str:
    """A quoted text, such as that of a path."""
    return "'" + str(text).replace("'", "''") + "'"
