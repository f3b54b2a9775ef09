"""uvicorn, in this process, or one process per worker behind one port."""

from __future__ import annotations

import signal
from collections.abc import Callable
from typing import Any

import uvicorn
from fastapi import FastAPI

from litellm.proxy.server.bounded_http import BoundedHttp
from litellm.proxy.server.options import ServerOptions
from litellm.proxy.server.workers import Workers

DRAIN_TIMEOUT_S = 30
APP = "litellm.proxy.proxy_server:app_from_environment"


def serve(app: FastAPI, options: ServerOptions, ready: Callable[[int], None]) -> int:
    """Listen until SIGTERM or SIGINT, then let requests under way end for up to 30 s. Gives the exit status.

    `ready` is told the port once it accepts connections. With several workers, each makes its own app from
    `CONFIG_FILE_PATH`, and `app` is not used.
    """
    for number in (signal.SIGTERM, signal.SIGINT):
        # uvicorn handles these while it serves, and raises them again afterwards for its caller: all is done by then.
        signal.signal(number, lambda *_: None)
    if options.num_workers > 1:
        ready(options.port)
        several = uvicorn.Config(APP, factory=True, workers=options.num_workers, **_settings(options))
        Workers(several, [several.bind_socket()]).run()
        return 0
    settings = uvicorn.Config(app, **_settings(options))
    if options.native and not _needs_uvicorn(options):
        from litellm.proxy.native.server import NativeServer

        server: AnnouncingServer = NativeServer(settings, ready, app)
    else:
        server = AnnouncingServer(settings, ready)
    server.run()
    return 0 if server.started else 3


def _needs_uvicorn(options: ServerOptions) -> bool:
    """Whether something is asked for that only uvicorn does with every request."""
    return bool(
        options.ssl_certfile or options.root_path or options.max_requests_before_restart or options.limit_concurrency
        or options.debug or options.log_config
    )  # fmt: skip


def _settings(options: ServerOptions) -> dict[str, Any]:
    root = options.root_path.strip("/")
    settings: dict[str, Any] = {
        "host": options.host, "port": options.port, "root_path": f"/{root}" if root else "",
        "ssl_keyfile": options.ssl_keyfile, "ssl_certfile": options.ssl_certfile,
        "timeout_keep_alive": options.keepalive_timeout, "timeout_graceful_shutdown": DRAIN_TIMEOUT_S,
        "limit_concurrency": options.limit_concurrency, "limit_max_requests": options.max_requests_before_restart,
        "access_log": options.debug, "log_level": "debug" if options.debug else "warning",
        "server_header": False, "lifespan": "on", "ws": "websockets-sansio", "proxy_headers": False,
        "http": BoundedHttp,
    }  # fmt: skip
    if options.ciphers:
        settings["ssl_ciphers"] = options.ciphers
    if options.log_config:
        settings["log_config"] = options.log_config
    return settings


class AnnouncingServer(uvicorn.Server):
    """uvicorn, which tells `ready` its port once it accepts connections."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[int], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: Any = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._ready(self.servers[0].sockets[0].getsockname()[1])
