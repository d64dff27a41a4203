"""Starts a PostgreSQL cluster in a folder of its own on a free port, and stops it."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

PASSWORD = "p@ss wörd/1"
PASSWORD_IN_URL = "p%40ss%20w%C3%B6rd%2F1"
DEBIAN = Path("/usr/lib/postgresql")
LONGEST_START = 60


@dataclass(frozen=True, slots=True)
class Server:
    """Where the server listens."""

    port: int

    def url(self, database: str = "postgres", password: str = PASSWORD_IN_URL) -> str:
        return f"postgres://owner:{password}@127.0.0.1:{self.port}/{database}"

    def connect(self, database: str = "postgres") -> psycopg.Connection:
        return psycopg.connect(self.url(database), autocommit=True)


def bin_folder() -> Path | None:
    """Where initdb and postgres are; Debian keeps them off the path."""
    on_path = shutil.which("initdb")
    if on_path:
        return Path(on_path).resolve().parent
    found = sorted(DEBIAN.glob("*/bin/initdb"))
    return found[-1].parent if found else None


@contextmanager
def running_server(programs: Path) -> Iterator[Server]:
    """A fresh cluster with the superuser `owner`, listening on 127.0.0.1 only."""
    # not pytest's folder: the server's user may not enter that of root
    folder = Path(tempfile.mkdtemp(prefix="funnel-postgres-"))
    user = _user()
    try:
        password = folder / "password"
        password.write_text(PASSWORD, encoding="utf-8")
        if user:
            for path in (folder, password):
                shutil.chown(path, user)
        data, port = folder / "data", _free_port()
        options = ["--username=owner", "--auth=scram-sha-256", f"--pwfile={password}"]
        subprocess.run(
            [programs / "initdb", *options, "--encoding=UTF8", "--no-sync", data],
            user=user,
            cwd=folder,
            check=True,
            capture_output=True,
        )
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": port,
            "unix_socket_directories": folder,
            "fsync": "off",
        }
        arguments = [part for name in settings for part in ("-c", f"{name}={settings[name]}")]
        with (
            (folder / "log").open("wb") as log,
            subprocess.Popen(
                [programs / "postgres", "-D", data, *arguments],
                user=user,
                cwd=folder,
                stdout=log,
                stderr=log,
            ) as process,
        ):
            try:
                yield _answering(Server(port), process, folder / "log")
            finally:
                process.send_signal(signal.SIGINT)
                process.wait(timeout=LONGEST_START)
    finally:
        shutil.rmtree(folder)


def _user() -> str | None:
    # the server refuses to run as root
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _answering(server: Server, process: subprocess.Popen, log: Path) -> Server:
    deadline = time.monotonic() + LONGEST_START
    while process.poll() is None and time.monotonic() < deadline:
        try:
            server.connect().close()
        except psycopg.OperationalError:
            time.sleep(0.1)
        else:
            return server
    raise RuntimeError(f"PostgreSQL did not start: {log.read_text(encoding='utf-8')}")
