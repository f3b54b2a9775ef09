"""A real PostgreSQL server of its own: on a free port, in a folder of its own, killed and started again at will."""

from __future__ import annotations

import asyncio
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
import uuid
from pathlib import Path
from types import TracebackType
from typing import Any

import asyncpg

from tests.support.gateway import free_port

START_TIMEOUT_S = 30.0
ACCOUNT = "postgres"
"""The account that runs the server when the tests run as root, which PostgreSQL refuses."""


def programs() -> Path:
    """The folder of PostgreSQL's own programs. Raises RuntimeError when it is not installed."""
    found = shutil.which("initdb")
    if found:
        return Path(found).resolve().parent
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    if not versions:
        raise RuntimeError("PostgreSQL is not installed: apt-get install postgresql")
    return versions[-1].parent


class Postgres:
    """One server; every test takes a database of its own from it."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="litellm-pg-"))
        self.port = free_port()
        self.process: subprocess.Popen[bytes] | None = None
        self._user: str | int | None = None
        if os.getuid() == 0:
            self._user = ACCOUNT
            entry = pwd.getpwnam(ACCOUNT)
            os.chown(self.folder, entry.pw_uid, entry.pw_gid)

    def _run(self, *command: str) -> None:
        subprocess.run(command, user=self._user, cwd=self.folder, check=True, capture_output=True)

    def start(self) -> Postgres:
        """Make the server's files if there are none, start it, wait until it answers."""
        data = self.folder / "data"
        if not data.exists():
            self._run(str(programs() / "initdb"), "-D", str(data), "-U", "test", "-A", "trust", "-N", "-E", "UTF8")
        settings = ["fsync=off", "max_connections=200", f"unix_socket_directories={self.folder}", "log_statement=none"]
        options = [part for setting in settings for part in ("-c", setting)]
        command = [str(programs() / "postgres"), "-D", str(data), "-p", str(self.port), "-h", "127.0.0.1", *options]
        with (self.folder / "server.log").open("ab") as log:
            self.process = subprocess.Popen(command, user=self._user, cwd=self.folder, stdout=log, stderr=log)
        deadline = time.monotonic() + START_TIMEOUT_S
        while time.monotonic() < deadline:
            try:
                self.execute("SELECT 1")
                return self
            except (OSError, asyncpg.PostgresError):
                time.sleep(0.1)
        raise RuntimeError(f"PostgreSQL did not start:\n{(self.folder / 'server.log').read_text()}")

    def kill(self) -> None:
        """kill -9 the server with all its processes."""
        assert self.process is not None
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        others = [int(pid) for pid in children.read_text().split()] if children.exists() else []
        for pid in (self.process.pid, *others):
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        self.process.wait(START_TIMEOUT_S)

    def stop(self) -> None:
        """Stop the server and remove its files."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGQUIT)
            self.process.wait(START_TIMEOUT_S)
        shutil.rmtree(self.folder, ignore_errors=True)

    def database(self) -> str:
        """A new, empty database's URL."""
        name = f"test_{uuid.uuid4().hex[:12]}"
        self.execute(f"CREATE DATABASE {name}")
        return self.url(name)

    def url(self, name: str = "postgres") -> str:
        """A database's URL."""
        return f"postgresql://test@127.0.0.1:{self.port}/{name}"

    def run_script(self, script: str, url: str) -> None:
        """Run SQL as psql does: each statement for itself."""
        command = [str(programs() / "psql"), "-q", "-X", "-v", "ON_ERROR_STOP=1", url]
        done = subprocess.run(command, input=script, text=True, capture_output=True, check=False)
        if done.returncode:
            raise RuntimeError(done.stderr)

    def execute(self, statement: str, url: str | None = None) -> list[dict[str, Any]]:
        """Run SQL; the rows of a query. A script of several statements gives none."""
        return asyncio.run(_execute(url or self.url(), statement))

    def __enter__(self) -> Postgres:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


async def _execute(url: str, statement: str) -> list[dict[str, Any]]:
    connection = await asyncpg.connect(url, timeout=10)
    try:
        if statement.lstrip().upper().startswith(("SELECT", "WITH")):
            return [dict(row) for row in await connection.fetch(statement)]
        await connection.execute(statement)
        return []
    finally:
        await connection.close()
