"""The real gateway as a process: started with a config, asked over HTTP, killed at will."""

from __future__ import annotations

import os
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

import httpx
import yaml

MASTER_KEY = "sk-test-7b1f0c5a9d3e4826"
START_TIMEOUT_S = 90.0
TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""Never used: httpx would read every certificate of the system for each request."""
PASSED_ENVIRONMENT = (
    "PATH", "PYTHONPATH", "VIRTUAL_ENV", "LD_LIBRARY_PATH", "LANG", "TMPDIR", "LITELLM_RUST_GATEWAY",
)  # fmt: skip


def free_port() -> int:
    """A port nobody listens on right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Gateway:
    """One gateway process in its own folder; a second `start()` after `kill()` opens the same database."""

    def __init__(
        self,
        folder: Path,
        config: Mapping[str, Any] | str,
        *,
        env: Mapping[str, str] | None = None,
        args: tuple[str, ...] = (),
    ) -> None:
        self.folder, self.args = folder, args
        self.config_path = folder / "config.yaml"
        self.config_path.write_text(
            config if isinstance(config, str) else yaml.safe_dump(dict(config), sort_keys=False)
        )
        passed = {name: os.environ[name] for name in PASSED_ENVIRONMENT if name in os.environ}
        self.env = passed | {"HOME": str(folder), "LITELLM_MASTER_KEY": MASTER_KEY} | dict(env or {})
        self.port = free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        self.process: subprocess.Popen[bytes] | None = None
        self.log_path = folder / "gateway.log"

    @property
    def log(self) -> str:
        """Everything the process has printed, over all its starts."""
        return self.log_path.read_text() if self.log_path.exists() else ""

    @property
    def command(self) -> list[str]:
        """The command line."""
        serve = ["--config", str(self.config_path), "--host", "127.0.0.1", "--port", str(self.port)]
        return [sys.executable, "-m", "litellm.proxy.proxy_cli", *serve, *self.args]

    def start(self) -> Gateway:
        """Start and wait until it answers. Raises RuntimeError with its output when it stops or stays silent."""
        with self.log_path.open("ab") as log:
            self.process = subprocess.Popen(self.command, cwd=self.folder, env=self.env, stdout=log, stderr=log)
        deadline = time.monotonic() + START_TIMEOUT_S
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                if httpx.get(f"{self.base}/health/liveliness", timeout=2, verify=TLS).status_code == 200:
                    return self
            except httpx.TransportError:
                time.sleep(0.05)
        self.kill()
        raise RuntimeError(f"the gateway did not start:\n{self.log}")

    def run_to_end(self, timeout_s: float = START_TIMEOUT_S) -> tuple[int, str]:
        """Run a start that is expected to end by itself; gives the exit status and what it printed."""
        ended = subprocess.run(
            self.command, cwd=self.folder, env=self.env, capture_output=True, text=True, timeout=timeout_s, check=False
        )
        return ended.returncode, ended.stdout + ended.stderr

    def kill(self) -> None:
        """kill -9."""
        self._end(signal.SIGKILL)

    def stop(self) -> int:
        """SIGTERM, and wait; gives the exit status."""
        return self._end(signal.SIGTERM)

    def _end(self, number: signal.Signals) -> int:
        assert self.process is not None
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.process.wait(timeout=START_TIMEOUT_S)

    def request(self, method: str, path: str, *, key: str | None = MASTER_KEY, **kwargs: Any) -> httpx.Response:
        """One HTTP request with a bearer key."""
        headers = {"authorization": f"Bearer {key}"} if key else {}
        return httpx.request(
            method, self.base + path, headers=headers | kwargs.pop("headers", {}), timeout=30, verify=TLS, **kwargs
        )

    def __enter__(self) -> Gateway:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()
