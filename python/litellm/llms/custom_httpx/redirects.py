"""What a redirect carries to another host: nothing that was meant for the first one."""

from __future__ import annotations

import httpx

_FIRST = "litellm_first_url"
_HARMLESS = frozenset({
    "host", "accept", "accept-encoding", "connection", "content-encoding", "content-length", "content-type",
    "transfer-encoding", "user-agent",
})  # fmt: skip


def forget_credentials(request: httpx.Request) -> None:
    """A hook before each request: httpx itself drops `Authorization` alone, and keys have headers of many names."""
    first: httpx.URL = request.extensions.setdefault(_FIRST, request.url)
    if first is request.url or _is_same(first, request.url):
        return
    for name in [name for name in request.headers if name not in _HARMLESS]:
        del request.headers[name]


async def aforget_credentials(request: httpx.Request) -> None:
    """The same for clients of event loops."""
    forget_credentials(request)


def _is_same(first: httpx.URL, url: httpx.URL) -> bool:
    if first.host != url.host:
        return False
    return (first.scheme, first.port) == (url.scheme, url.port) or (first.scheme, url.scheme) == ("http", "https")
