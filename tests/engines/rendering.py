"""The macros of the dbt project as SQL of one engine, without dbt."""

import re
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from jinja2 import Environment

from pipelines.settings import DBT_PROJECT

# a hash as dbt's own macros of both engines write it
DBT = SimpleNamespace(
    hash=lambda text: f"md5(cast({text} as string))",
    type_string=lambda: "string",
    split_part=lambda text, delimiter, part: f"split_part({text}, {delimiter}, {part})",
)
MACRO = re.compile(r"\{%-?\s*macro\s+(?P<name>\w+)")


class Macros:
    """Every macro of the project by its name; what is dispatched goes to `engine`."""

    def __init__(self, engine: str, **variables: object) -> None:
        self._engine = engine
        environment = Environment(extensions=["jinja2.ext.do"])
        files = sorted((DBT_PROJECT / "macros").glob("*.sql"))
        text = "\n".join(path.read_text(encoding="utf-8") for path in files)
        template = environment.from_string(text)
        context = {
            "adapter": SimpleNamespace(dispatch=self._dispatched, quote=str),
            "dbt": DBT,
            "lead_funnel": self,
            "modules": SimpleNamespace(re=re),
            "return": str,
            "var": variables.__getitem__,
        }
        self._environment, self._context = environment, context
        self._module = template.make_module(context)
        self.names = frozenset(MACRO.findall(text))

    def rendered(self, text: str) -> str:
        """A text with macros in it, named as a model names those of a package."""
        return self._environment.from_string(text).render(self._context)

    def _dispatched(self, name: str, _package: str) -> Callable[..., str]:
        own = f"{self._engine}__{name}"
        return self.__getattr__(own if own in self.names else f"default__{name}")

    def __getattr__(self, name: str) -> Callable[..., str]:
        found: Callable[..., Any] = getattr(self._module, name)
        return lambda *given: str(found(*given)).strip()

    @property
    def dispatched(self) -> frozenset[str]:
        """The macros of which this engine has its own."""
        own = f"{self._engine}__"
        return frozenset(name.removeprefix(own) for name in self.names if name.startswith(own))
