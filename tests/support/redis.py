"""A real redis-server of a test's own, on a free port, with nothing on disk."""

from __future__ import annotations

import shutil
import signal
import socket
import subprocess
import time
from types import TracebackType

import redis


class RedisServer:
    """A redis-server that can be stopped and started again on the same port."""

    def __init__(self, *settings: str) -> None:
        """`settings` are more of redis-server's, as on its command line."""
        self._settings = settings
        if shutil.which("redis-server") is None:
            raise RuntimeError("these tests need redis-server: apt-get install redis-server")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Its address."""
        return f"redis://127.0.0.1:{self.port}/0"

    def client(self, timeout_s: float = 2.0) -> redis.Redis:
        """A blocking client that does not try again by itself."""
        return redis.Redis(port=self.port, socket_timeout=timeout_s, socket_connect_timeout=timeout_s, retry=None)

    def start(self) -> None:
        """Start it, empty, and wait until it answers."""
        settings = ["--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        command = ["redis-server", *settings, "--dir", "/tmp", "--loglevel", "warning", *self._settings]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        end = time.monotonic() + 10
        with self.client() as client:
            while True:
                try:
                    client.ping()
                    return
                except redis.ConnectionError:
                    if time.monotonic() > end:
                        raise
                    time.sleep(0.02)

    def hang(self) -> None:
        """Let it take connections and answer nothing, until `go_on`."""
        if self._process is not None:
            self._process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        """Let it answer again."""
        if self._process is not None:
            self._process.send_signal(signal.SIGCONT)

    def stop(self) -> None:
        """Kill it, as a crash would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def __enter__(self) -> RedisServer:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()
