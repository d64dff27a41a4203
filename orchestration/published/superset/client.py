"""The part of Superset's REST API that registering needs."""

import json
from collections.abc import Mapping
from http.cookiejar import CookieJar
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import quote
from urllib.request import HTTPCookieProcessor, Request, build_opener

LONGEST_WAIT = 60
OPERATORS = {"database": "rel_o_m"}

Json = dict[str, Any]


class SupersetError(Exception):
    """Superset cannot be reached or refuses what it is asked."""


class Superset:
    """A session of one user."""

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")
        self._headers = {"Content-Type": "application/json", "Referer": self.url}
        # the token against forged requests belongs to the session in the cookie
        self._opener = build_opener(HTTPCookieProcessor(CookieJar()))

    def login(self, user: str, password: str) -> None:
        """Open the session; raises SupersetError if user or password are wrong."""
        answer = self.post(
            "security/login",
            {"username": user, "password": password, "provider": "db", "refresh": False},
        )
        self._headers["Authorization"] = f"Bearer {answer['access_token']}"
        self._headers["X-CSRFToken"] = self.get("security/csrf_token/")["result"]

    def get(self, path: str) -> Json:
        return self._ask("GET", path, None)

    def post(self, path: str, body: Mapping[str, Any]) -> Json:
        return self._ask("POST", path, body)

    def put(self, path: str, body: Mapping[str, Any]) -> Json:
        return self._ask("PUT", path, body)

    def find(self, kind: str, **values: str | int) -> int | None:
        """The id of the one object whose columns have these values, if there is one."""
        wanted = ",".join(
            f"(col:{column},opr:{OPERATORS.get(column, 'eq')},value:{_rison(value)})"
            for column, value in values.items()
        )
        ids = self.get(f"{kind}/?q={quote(f'(filters:!({wanted}))')}")["ids"]
        if len(ids) > 1:
            raise SupersetError(f"{len(ids)} {kind}s have {values}; keep one of them")
        return ids[0] if ids else None

    def save(self, kind: str, found: int | None, body: Mapping[str, Any]) -> int:
        """Change the object that was found, or make it; returns its id."""
        if found is None:
            made: int = self.post(f"{kind}/", body)["id"]
            return made
        self.put(f"{kind}/{found}", body)
        return found

    def _ask(self, method: str, path: str, body: Mapping[str, Any] | None) -> Json:
        data = None if body is None else json.dumps(body).encode()
        request = Request(
            f"{self.url}/api/v1/{path}", data=data, headers=self._headers, method=method
        )
        try:
            with self._opener.open(request, timeout=LONGEST_WAIT) as answer:
                content: Json = json.load(answer)
                return content
        except HTTPError as error:
            text = error.read().decode(errors="replace")[:500]
            raise SupersetError(f"{method} {path}: {error.code} {text}") from None
        except (URLError, OSError) as error:
            reason = getattr(error, "reason", error)
            raise SupersetError(f"cannot reach {self.url}: {reason}") from None
        except ValueError:
            raise SupersetError(f"{self.url} does not answer like Superset") from None


def _rison(value: str | int) -> str:
    if isinstance(value, int):
        return str(value)
    return "'" + value.replace("!", "!!").replace("'", "!'") + "'"
