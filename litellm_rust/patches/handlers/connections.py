"""Which of httpx's and aiohttp's connections the Rust pool may stand in for."""

from __future__ import annotations

import inspect
import sys
import urllib.request
from types import ModuleType
from typing import Any, Final
from weakref import WeakKeyDictionary

import httpx

_HANDLER: Final = "litellm.llms.custom_httpx.http_handler"
_PROXY: Final = "litellm.proxy.proxy_server"
# What an object of each class has of its own: anything else was put there by somebody who wants to see the requests.
_OWN: Final = {
    "HTTPTransport": frozenset({"_pool"}),
    "AsyncHTTPTransport": frozenset({"_pool"}),
    "LiteLLMAiohttpTransport": frozenset({"client", "proxy_cache", "_ssl_verify", "_owns_session", "_client_factory"}),
}


class Connections:
    """The transports of upstream's clients that were seen, and what the pool may send for them."""

    def __init__(self, litellm: Any) -> None:
        self._settings: dict[str, Any] = vars(litellm)
        self._schemes: WeakKeyDictionary[Any, tuple[str, ...]] = WeakKeyDictionary()

    def serves(self, transport: Any, url: httpx.URL) -> bool:
        """Whether requests to `url` through `transport` need nothing but plain connections."""
        kind = type(transport).__name__
        if not _OWN.get(kind, frozenset()).issuperset(transport.__dict__):
            return False
        schemes = self._schemes.get(transport)
        if schemes is None:
            schemes = self._schemes[transport] = self._plain_schemes(transport, kind)
        if url.scheme not in schemes or url.userinfo:
            return False
        return kind != "LiteLLMAiohttpTransport" or self._is_upstreams_session(transport)

    def _plain_schemes(self, transport: Any, kind: str) -> tuple[str, ...]:
        """The schemes that `transport` has no settings of its own for. It keeps those that it was made with."""
        plain: Any = sys.modules[_HANDLER].get_ssl_configuration(None)
        if type(transport) is getattr(httpx, kind, None):
            pool = transport._pool
            settings = (pool._proxy, pool._local_address, pool._uds, pool._retries, pool._http2, pool._socket_options)
            context = pool._ssl_context
            is_plain = not any(settings)
        else:
            context = _aiohttp_context(transport)
            # With `trust_env`, aiohttp looks for a user's name and password in a file.
            is_plain = not urllib.request.getproxies() and not _from_factory(transport).get("trust_env")
        if not is_plain:
            return ()
        return ("http", "https") if context is plain and not self._settings.get("ssl_certificate") else ("http",)

    @staticmethod
    def _is_upstreams_session(transport: Any) -> bool:
        """Whether upstream made the aiohttp session, or will: one of the application's may have its own ways."""
        factory = transport.__dict__.get("_client_factory")
        if getattr(factory, "__module__", None) != _HANDLER:
            return False
        if transport.__dict__.get("_owns_session", True) or transport.client is factory:
            return True
        proxy: ModuleType | None = sys.modules.get(_PROXY)
        return proxy is not None and transport.client is getattr(proxy, "shared_aiohttp_session", None)


def _from_factory(transport: Any) -> dict[str, Any]:
    """The values that upstream's factory of aiohttp sessions makes them with."""
    factory = transport.__dict__.get("_client_factory")
    return dict(inspect.getclosurevars(factory).nonlocals) if inspect.isfunction(factory) else {}


def _aiohttp_context(transport: Any) -> Any:
    """The certificates that `transport` was made with, None when it is not known."""
    made: Any = _from_factory(transport).get("transport_connector_kwargs") or {}
    return transport.__dict__.get("_ssl_verify") or made.get("ssl")
