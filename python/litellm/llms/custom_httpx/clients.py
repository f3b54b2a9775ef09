"""The HTTP clients that every call shares.

One client per kind of connection (TLS settings), never per key, base URL or timeout: those are set on each request,
so that connections are reused across credentials. An async client belongs to the event loop that it was first
used on; each loop gets its own, and loses it when the loop is collected.
"""

from __future__ import annotations

import asyncio
import os
import ssl
import threading
import weakref
from typing import Any

import httpx

from litellm.llms.custom_httpx.redirects import aforget_credentials, forget_credentials
from litellm.llms.custom_httpx.transports import async_transport, sync_transport

MAX_CONNECTIONS = int(os.environ.get("LITELLM_MAX_CONNECTIONS", "1000"))
MAX_KEEPALIVE = int(os.environ.get("LITELLM_MAX_KEEPALIVE_CONNECTIONS", "200"))
KEEPALIVE_S = float(os.environ.get("LITELLM_KEEPALIVE_SECONDS", "60"))
LIMITS = httpx.Limits(
    max_connections=MAX_CONNECTIONS, max_keepalive_connections=MAX_KEEPALIVE, keepalive_expiry=KEEPALIVE_S
)
CONNECT_TIMEOUT_S = 5.0
DEFAULT_TIMEOUT_S = 6000.0
"""LiteLLM 1.106.2's request timeout."""

TLSSettings = bool | str | ssl.SSLContext


class ClientPool:
    """Clients by TLS settings; async ones also by event loop."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sync: dict[Any, httpx.Client] = {}
        self._async: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, dict[Any, httpx.AsyncClient]]
        self._async = weakref.WeakKeyDictionary()

    def sync(self, verify: TLSSettings = True) -> httpx.Client:
        """The client for calls that block."""
        client = self._sync.get(verify)
        if client is None or client.is_closed:
            with self._lock:
                client = self._sync.get(verify)
                if client is None or client.is_closed:
                    client = self._sync[verify] = httpx.Client(
                        transport=sync_transport(verify, LIMITS),
                        event_hooks={"request": [forget_credentials]},
                        **_settings(verify),
                    )
        return client

    def asynchronous(self, verify: TLSSettings = True) -> httpx.AsyncClient:
        """The client for calls on the running event loop. Raises `RuntimeError` when none is running."""
        loop = asyncio.get_running_loop()
        clients = self._async.get(loop)
        if clients is None:
            with self._lock:
                clients = self._async.setdefault(loop, {})
        client = clients.get(verify)
        if client is None or client.is_closed:
            client = clients[verify] = httpx.AsyncClient(
                transport=async_transport(verify, LIMITS),
                event_hooks={"request": [aforget_credentials]},
                **_settings(verify),
            )
        return client

    async def aclose(self) -> None:
        """Closes the clients of the running event loop, and those that block."""
        for client in self._async.pop(asyncio.get_running_loop(), {}).values():
            await client.aclose()
        self.close()

    def close(self) -> None:
        """Closes the clients that block."""
        with self._lock:
            clients, self._sync = list(self._sync.values()), {}
        for client in clients:
            client.close()


def _settings(verify: TLSSettings) -> dict[str, Any]:
    timeout = httpx.Timeout(DEFAULT_TIMEOUT_S, connect=CONNECT_TIMEOUT_S)
    return {"limits": LIMITS, "timeout": timeout, "follow_redirects": True, "verify": verify}


pool = ClientPool()
