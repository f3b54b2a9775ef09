"""The one door to the Rust core: everything else in `litellm` asks here."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import ssl

    import httpx

    from litellm_rust.tokens import Encoding


@cache
def encoding(name: str) -> Encoding:
    """The tiktoken encoding `name`, native or its twin as the flags say. Raises ValueError for an unknown one."""
    from litellm_rust import tokens

    return tokens.get_encoding(name)


def routing_table(**arguments: Any) -> Any:
    """A table of deployments to pick from, native or its twin as the flags say. Takes `RoutingTable`'s arguments."""
    from litellm_rust import routing

    return routing.RoutingTable(**arguments)


def http_transport(verify: bool | str | ssl.SSLContext, limits: httpx.Limits) -> httpx.BaseTransport | None:
    """A blocking httpx transport over the Rust pool; None when the `transport` feature is off."""
    from litellm_rust import flags

    if not flags.native("transport"):
        return None
    from litellm_rust.transport import HttpxTransport

    return HttpxTransport(verify=verify, limits=limits)


def async_http_transport(verify: bool | str | ssl.SSLContext, limits: httpx.Limits) -> httpx.AsyncBaseTransport | None:
    """An asyncio httpx transport over the Rust pool; None when the `transport` feature is off."""
    from litellm_rust import flags

    if not flags.native("transport"):
        return None
    from litellm_rust.transport import AsyncHttpxTransport

    return AsyncHttpxTransport(verify=verify, limits=limits)
