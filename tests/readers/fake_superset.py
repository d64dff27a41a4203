"""A tiny stand-in for Superset: keeps what is posted, and finds it again by its columns."""

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

PASSWORD = "right"
FILTER = re.compile(r"\(col:(\w+),opr:(eq|rel_o_m),value:('(?:[^'!]|!.)*'|\d+)\)")


class FakeSuperset:
    """`objects[kind][id]` is what was posted; `requests` every writing request in order."""

    def __init__(self) -> None:
        self.objects: dict[str, dict[int, dict[str, Any]]] = {}
        self.requests: list[tuple[str, str]] = []
        self.url = ""

    def answer(self, method: str, url: str, body: dict, headers: Message) -> tuple[int, dict]:
        """The status and the body for a request."""
        parts = urlsplit(url)
        path = parts.path.removeprefix("/api/v1/").strip("/").split("/")
        if path == ["security", "login"]:
            right = body["password"] == PASSWORD
            return (200, {"access_token": "token"}) if right else (401, {"message": "no"})
        if headers.get("Authorization") != "Bearer token":
            return 401, {"message": "no token"}
        if path == ["security", "csrf_token"]:
            return 200, {"result": "csrf"}
        kind = self.objects.setdefault(path[0], {})
        if method == "GET":
            return self._read(kind, path, parts.query)
        if headers.get("X-CSRFToken") != "csrf":
            return 400, {"message": "forged"}
        self.requests.append((method, "/".join(path)))
        return self._write(kind, path, body)

    def _read(self, kind: dict, path: list[str], query: str) -> tuple[int, dict]:
        if len(path) > 1:
            return 200, {"result": {"metrics": [], "dashboards": [], **kind[int(path[1])]}}
        wanted = {
            column: re.sub("!(.)", r"\1", value.strip("'"))
            for column, _, value in FILTER.findall(parse_qs(query)["q"][0])
        }
        assert wanted, query
        ids = [
            key
            for key, item in kind.items()
            if all(str(item.get(column)) == value for column, value in wanted.items())
        ]
        return 200, {"ids": ids}

    def _write(self, kind: dict, path: list[str], body: dict) -> tuple[int, dict]:
        if len(path) == 1:
            key = len(kind) + 1
            kind[key] = {}
        else:
            key = int(path[1])
        item = kind[key]
        item.update(body)
        for number, metric in enumerate(item.get("metrics", []), start=1):
            metric.setdefault("id", 100 * key + number)
        if "dashboards" in body:
            item["dashboards"] = [{"id": dashboard} for dashboard in body["dashboards"]]
        return 200, {"id": key}


@contextmanager
def fake_superset() -> Iterator[FakeSuperset]:
    """The stand-in, listening on a free port of 127.0.0.1."""
    fake = FakeSuperset()

    class Handler(BaseHTTPRequestHandler):
        def _reply(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(length) or b"{}")
            status, answer = fake.answer(self.command, self.path, body, self.headers)
            data = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST = do_PUT = _reply  # noqa: N815 - the names that http.server calls

        def log_message(self, *_: object) -> None:
            """Keep the test's output clean."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    fake.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield fake
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
