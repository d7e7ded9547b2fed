"""A real PostgreSQL of our own, on loopback, that can be stopped and started again."""

import itertools
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from pwd import getpwnam
from typing import Any

import psycopg
from ports import free_port

PASSWORD = "s3cret/w@rd"  # with signs that an address must escape
_ESCAPED = "s3cret%2Fw%40rd"
_USER = "dbspend"
# Odd on purpose: answers come in a zone of their own.
_OPTIONS = (
    *("-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories="),
    *("-c", "fsync=off", "-c", "TimeZone=Asia/Kolkata", "-c", "max_connections=40"),
)


def program(name: str) -> Path:
    """In the path, or where Debian keeps it: the newest version."""
    if found := shutil.which(name):
        return Path(found)
    there = Path("/usr/lib/postgresql").glob(f"*/bin/{name}")
    newest = max(there, key=lambda each: float(each.parts[-3]), default=None)
    assert newest, "These tests need PostgreSQL: `make test` installs it, or says how."
    return newest


class PostgresServer:
    """Its data stays while it is stopped."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self._data = folder / "data"
        self._words = folder / "password"
        self._log = folder / "log"
        self._process: subprocess.Popen[bytes] | None = None
        self._numbers = itertools.count()
        self._words.write_text(PASSWORD)
        self._identity = _somebody_else(folder) if os.geteuid() == 0 else {}
        arguments = [f"--pwfile={self._words}", "--auth=scram-sha-256", f"--username={_USER}"]
        arguments += ["--encoding=UTF8", "--no-locale", "--no-sync", f"--pgdata={self._data}"]
        subprocess.run(
            [program("initdb"), *arguments],
            check=True,
            cwd="/",
            stdout=subprocess.DEVNULL,
            **self._identity,
        )

    def start(self) -> None:
        """On the port of before; returns when it answers."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [program("postgres"), "-D", self._data, "-p", str(self.port), *_OPTIONS],
                cwd="/",
                stdout=log,
                stderr=log,
                **self._identity,
            )
        for _ in range(300):
            try:
                self._execute("SELECT 1")
            except psycopg.OperationalError:
                assert self._process.poll() is None, self._log.read_text()
                time.sleep(0.02)
            else:
                return
        raise AssertionError(self._log.read_text())

    def stop(self) -> None:
        """Cut every line at once, without a goodbye."""
        if self._process:
            self._process.send_signal(signal.SIGQUIT)
            self._process.wait(20)
        self._process = None

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """It takes connections and answers nothing."""
        assert self._process
        self._process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self._process.send_signal(signal.SIGCONT)

    def new_database(self) -> str:
        """The address of an empty one."""
        name = f"test_{next(self._numbers)}"
        self._execute(f"CREATE DATABASE {name}")
        return self.address(name)

    def address(self, database: str, *, password: str = _ESCAPED) -> str:
        return f"postgresql://{_USER}:{password}@127.0.0.1:{self.port}/{database}"

    def _execute(self, words: str) -> None:
        with psycopg.connect(self.address("postgres"), autocommit=True) as connection:
            connection.execute(words.encode())


def _somebody_else(folder: Path) -> dict[str, Any]:
    """PostgreSQL does not run as root: whom it runs as, and the folder is theirs."""
    for name in ("postgres", "nobody"):
        try:
            user = getpwnam(name)
        except KeyError:
            continue
        for each in (folder, *folder.iterdir()):
            os.chown(each, user.pw_uid, user.pw_gid)
        return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    raise AssertionError("PostgreSQL needs a user that is not root")


@contextmanager
def postgres_server() -> Iterator[PostgresServer]:
    """One that runs. Not in pytest's own folder, which nobody but its owner may enter."""
    with tempfile.TemporaryDirectory() as folder:
        server = PostgresServer(Path(folder))
        try:
            server.start()
            yield server
        finally:
            server.stop()
