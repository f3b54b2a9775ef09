"""httpx transports over the Rust connection pool, and stream splitters.

`HttpxTransport` and `AsyncHttpxTransport` take the arguments of `httpx.HTTPTransport`, so they go wherever httpx takes
a transport: `httpx.Client(transport=HttpxTransport())`, `openai.OpenAI(http_client=httpx.Client(transport=…))`.

Differences from httpx's own transports: `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY` are read here when `trust_env` is
on (httpx reads them in its client, and not for a client that was given a transport); the write timeout is that of a
piece of 64 KiB, and a body no larger than one goes out unwatched; header names arrive in lower case; an apostrophe in a
query is sent as `%27`; a connection is free as soon as the body has arrived, not only when the response is closed;
`uds` and `socket_options`, and the extensions `trace`, `network_stream` and `reason_phrase`, do not exist.

Needs the `httpx` package.
"""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from types import TracebackType
from typing import Any, NoReturn, TypeAlias, cast

import httpx

from litellm_rust._native import EventStreamSplitter, SSESplitter, TransportFailure
from litellm_rust.pool import CertTypes, Limits, Pool, Reply, Timeouts, VerifyTypes

__all__ = ["AsyncHttpxTransport", "EventStreamSplitter", "HttpxTransport", "SSESplitter"]

ProxyTypes: TypeAlias = httpx.Proxy | httpx.URL | str
DEFAULT_LIMITS = httpx.Limits(max_connections=100, max_keepalive_connections=20)
_RETRIED = frozenset({"ConnectError", "ConnectTimeout"})


def _proxy_address(proxy: ProxyTypes | None) -> str | None:
    if isinstance(proxy, httpx.Proxy):
        url = proxy.url
        return str(url.copy_with(username=proxy.auth[0], password=proxy.auth[1]) if proxy.auth else url)
    return None if proxy is None else str(proxy)


def _raise(failure: TransportFailure, request: httpx.Request | None = None) -> NoReturn:
    """Raise the httpx exception that `failure` names."""
    kind, message = failure.args
    raise getattr(httpx, kind)(message, request=request) from None


def _timeouts(request: httpx.Request) -> Timeouts:
    asked: Mapping[str, float | None] = request.extensions.get("timeout") or {}
    return Timeouts(asked.get("connect"), asked.get("read"), asked.get("write"), asked.get("pool"))


def _content(request: httpx.Request) -> bytes | None:
    """The whole body of a request, or None when it is a stream."""
    try:
        return request.content
    except httpx.RequestNotRead:
        return None


def _response(reply: Reply, stream: Callable[[Reply], httpx.SyncByteStream | httpx.AsyncByteStream]) -> httpx.Response:
    body = stream(reply) if reply.content is None else httpx.ByteStream(reply.content)
    extensions = {"http_version": reply.version.encode()}
    return httpx.Response(reply.status, headers=reply.headers, stream=body, extensions=extensions)


class _Transport:
    """What both transports are made from."""

    def __init__(
        self,
        verify: VerifyTypes = True,
        cert: CertTypes | None = None,
        trust_env: bool = True,
        http1: bool = True,
        http2: bool = False,
        limits: httpx.Limits = DEFAULT_LIMITS,
        proxy: ProxyTypes | None = None,
        local_address: str | None = None,
        retries: int = 0,
        *,
        max_connections_per_host: int | None = None,
    ) -> None:
        """Arguments as of `httpx.HTTPTransport`, and the most requests under way to one host and port.

        The connections are in `pool`, for whoever sends plain bytes over them.
        """
        self._retries = retries
        self.pool = Pool(
            verify=verify,
            cert=cert,
            trust_env=trust_env,
            http1=http1,
            http2=http2,
            limits=Limits(
                limits.max_connections,
                max_connections_per_host,
                limits.max_keepalive_connections,
                limits.keepalive_expiry,
            ),
            proxy=_proxy_address(proxy),
            local_address=local_address,
        )

    def _is_final(self, failure: TransportFailure, attempt: int) -> bool:
        return attempt >= self._retries or failure.args[0] not in _RETRIED


class _Body(httpx.SyncByteStream):
    def __init__(self, reply: Reply) -> None:
        self._reply = reply

    def __iter__(self) -> Iterator[bytes]:
        try:
            yield from self._reply.iter_bytes()
        except TransportFailure as failure:
            _raise(failure)

    def close(self) -> None:
        self._reply.close()


class HttpxTransport(_Transport, httpx.BaseTransport):
    """A synchronous httpx transport over the Rust pool.

    Timeouts come with each request, as httpx sends them. Raises httpx's exceptions. May be shared by threads.
    """

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request; its body is read as the response's stream is."""
        content, timeouts = _content(request), _timeouts(request)
        for attempt in itertools.count():
            try:
                body = iter(cast(httpx.SyncByteStream, request.stream)) if content is None else content
                reply = self.pool.request(request.method, str(request.url), request.headers.raw, body, timeouts)
                return _response(reply, _Body)
            except TransportFailure as failure:
                if self._is_final(failure, attempt):
                    _raise(failure, request)
        raise AssertionError("unreachable")

    def close(self) -> None:
        """Close idle connections."""
        self.pool.close()

    def __exit__(
        self,
        exc_type: type[BaseException] | None = None,
        exc_value: BaseException | None = None,
        traceback: TracebackType | None = None,
    ) -> None:
        self.close()


class _AsyncBody(httpx.AsyncByteStream):
    def __init__(self, reply: Reply) -> None:
        self._reply = reply

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            async for piece in self._reply.aiter_bytes():
                yield piece
        except TransportFailure as failure:
            _raise(failure)

    async def aclose(self) -> None:
        self._reply.close()


class AsyncHttpxTransport(_Transport, httpx.AsyncBaseTransport):
    """An asynchronous httpx transport over the Rust pool, for asyncio.

    May be shared by event loops; a cancelled request is given up and its connection closed.
    """

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request; its body is read as the response's stream is."""
        content, timeouts = _content(request), _timeouts(request)
        for attempt in itertools.count():
            try:
                body = aiter(cast(httpx.AsyncByteStream, request.stream)) if content is None else content
                reply = await self.pool.arequest(request.method, str(request.url), request.headers.raw, body, timeouts)
                return _response(reply, _AsyncBody)
            except TransportFailure as failure:
                if self._is_final(failure, attempt):
                    _raise(failure, request)
        raise AssertionError("unreachable")

    async def aclose(self) -> None:
        """Close idle connections."""
        self.pool.close()

    async def __aexit__(self, *exc_info: Any) -> None:
        await self.aclose()
