"""How to listen."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ServerOptions:
    """Where and how to listen; times in seconds."""

    host: str = "0.0.0.0"
    port: int = 4000
    num_workers: int = 1
    ssl_keyfile: str | None = None
    ssl_certfile: str | None = None
    ciphers: str | None = None
    keepalive_timeout: int = 65
    limit_concurrency: int | None = None
    max_requests_before_restart: int | None = None
    log_config: str | None = None
    debug: bool = False
    root_path: str = ""
    native: bool = False
    """Whether plain chat completions are answered by the native front."""
