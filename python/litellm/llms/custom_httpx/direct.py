"""Requests sent over the Rust pool with plain bytes: an HTTP client's objects cost more than the request itself.

Sends what the shared httpx client over the same pool would send, but keeps no cookies. What it cannot send like that –
a header that is not ASCII, a redirect – it leaves to that client, and gives None.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import httpx

from litellm.litellm_core_utils.accelerator import transport_failure
from litellm.llms.custom_httpx.reply import Reply
from litellm.llms.wire import WireRequest

if TYPE_CHECKING:
    from litellm_rust.pool import Pool, Reply as PoolReply

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_FAILED = 400
Pairs = Sequence[tuple[bytes, bytes]]
Timeout = float | httpx.Timeout | None


def send(client: httpx.Client, request: WireRequest, timeout: Timeout, *, stream: bool) -> Reply | None:
    """The reply to `request`, sent as `client` would. Raises httpx's exceptions."""
    pool, headers = _pool_of(client), _headers(client, request)
    if pool is None or headers is None:
        return None
    url = _normal(request.url)
    try:
        reply = pool.request(request.method, url, headers, request.body, _timeouts(client, timeout))
        if reply.status in _REDIRECTS:
            reply.close()
            return None
        if stream and reply.status < _FAILED:
            return Reply.of(_Streamed(reply, _request(request, url)))
        content = b"".join(reply.iter_bytes()) if reply.content is None else reply.content
    except transport_failure() as error:
        raise _failure(error, request, url) from error
    return _whole(reply, content, request, url)


async def asend(client: httpx.AsyncClient, request: WireRequest, timeout: Timeout, *, stream: bool) -> Reply | None:
    """As `send`, on asyncio."""
    pool, headers = _pool_of(client), _headers(client, request)
    if pool is None or headers is None:
        return None
    url = _normal(request.url)
    try:
        reply = await pool.arequest(request.method, url, headers, request.body, _timeouts(client, timeout))
        if reply.status in _REDIRECTS:
            reply.close()
            return None
        if stream and reply.status < _FAILED:
            return Reply.of(_Streamed(reply, _request(request, url)))
        content = b"".join([piece async for piece in reply.aiter_bytes()]) if reply.content is None else reply.content
    except transport_failure() as error:
        raise _failure(error, request, url) from error
    return _whole(reply, content, request, url)


def prepared(client: httpx.AsyncClient, request: WireRequest) -> tuple[str, Pairs] | None:
    """The URL and the headers that `request` would be sent with; None where the client is left to send it."""
    headers = _headers(client, request)
    return None if _pool_of(client) is None or headers is None else (_normal(request.url), headers)


def _pool_of(client: httpx.Client | httpx.AsyncClient) -> Pool | None:
    """The Rust pool under `client`; None when it has another transport."""
    return getattr(client._transport, "pool", None)


def _headers(client: httpx.Client | httpx.AsyncClient, request: WireRequest) -> Pairs | None:
    """What httpx would send: the client's headers, but for those of the request; None for text beyond ASCII."""
    try:
        own = [(name.lower().encode("ascii"), value.encode("ascii")) for name, value in request.headers.items()]
    except (UnicodeEncodeError, AttributeError):
        return None
    named = {name for name, _ in own}
    return [pair for pair in _defaults(client) if pair[0] not in named] + own


def _defaults(client: httpx.Client | httpx.AsyncClient) -> Pairs:
    return [(name.lower(), value) for name, value in client.headers.raw]


@lru_cache(maxsize=1024)
def _normal(url: str) -> str:
    """`url` as httpx writes it: IDNA, percent-encoding, no fragment."""
    return str(httpx.URL(url).copy_with(fragment=None))


def _timeouts(client: httpx.Client | httpx.AsyncClient, timeout: Timeout) -> Any:
    if isinstance(timeout, (int, float)):
        return (timeout, timeout, timeout, timeout)
    given = client.timeout if timeout is None else timeout
    return (given.connect, given.read, given.write, given.pool)


def _request(request: WireRequest, url: str) -> httpx.Request:
    return httpx.Request(request.method, url, headers=request.headers, content=request.body)


def _failure(error: Exception, request: WireRequest | None = None, url: str = "") -> httpx.TransportError:
    """httpx's exception for a failure of the pool."""
    kind, message = error.args
    asked = None if request is None else _request(request, url)
    made: httpx.TransportError = getattr(httpx, kind)(message, request=asked)
    return made


def _whole(reply: PoolReply, content: bytes, request: WireRequest, url: str) -> Reply:
    if any(name == b"content-encoding" for name, _ in reply.headers):
        response = httpx.Response(reply.status, headers=reply.headers, content=content, request=_request(request, url))
        return Reply.of(response)
    return Reply(reply.status, reply.headers, content, lambda: _request(request, url))


class _Streamed(httpx.Response):
    """A streamed reply whose pieces, unless they are encoded, pass through no other hands."""

    def __init__(self, reply: PoolReply, request: httpx.Request) -> None:
        self._reply = reply
        stream = httpx.ByteStream(reply.content) if reply.content is not None else _Body(reply)
        super().__init__(reply.status, headers=reply.headers, stream=stream, request=request)
        self._plain = reply.content is None and "content-encoding" not in self.headers

    def iter_bytes(self, chunk_size: int | None = None) -> Iterator[bytes]:
        if self._plain and chunk_size is None:
            return iter(self.stream)  # type: ignore[arg-type]
        return super().iter_bytes(chunk_size)

    def aiter_bytes(self, chunk_size: int | None = None) -> AsyncIterator[bytes]:
        if self._plain and chunk_size is None:
            return aiter(self.stream)  # type: ignore[arg-type]
        return super().aiter_bytes(chunk_size)


class _Body(httpx.SyncByteStream, httpx.AsyncByteStream):
    def __init__(self, reply: PoolReply) -> None:
        self._reply = reply

    def __iter__(self) -> Iterator[bytes]:
        try:
            yield from self._reply.iter_bytes()
        except transport_failure() as error:
            raise _failure(error) from error

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            async for piece in self._reply.aiter_bytes():
                yield piece
        except transport_failure() as error:
            raise _failure(error) from error

    def close(self) -> None:
        self._reply.close()

    async def aclose(self) -> None:
        self._reply.close()
