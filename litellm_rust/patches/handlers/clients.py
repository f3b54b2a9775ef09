"""Stand-ins for upstream's handlers and their httpx clients, whose `send` goes through the Rust pool."""

from __future__ import annotations

import datetime
import logging
import time
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any, Final

import httpx

from litellm_rust.counters import feature_metrics
from litellm_rust.patches.handlers.connections import Connections
from litellm_rust.patches.stream.failures import Wording
from litellm_rust.pool import Pool, Reply, Timeouts, TransportFailure

_metrics: Final = feature_metrics("transport")
_httpx_log: Final = logging.getLogger("httpx")


class _Body:
    """What of a reply has arrived, and the words for its connection that breaks."""

    def __init__(self, reply: Reply, wording: Wording) -> None:
        self._reply, self._wording, self._size = reply, wording, 0
        self._began_s = time.perf_counter()
        self.response: httpx.Response | None = None
        """The response that is told how long it took, if no client of httpx does that."""

    def _failed(self, failure: TransportFailure) -> Exception:
        kind, message = self._wording.of(failure, self._size, _length_of(self._reply))
        made: Exception = getattr(httpx, kind)(message)
        return made

    def _end(self) -> None:
        self._reply.close()
        if self.response is not None:
            self.response.elapsed = datetime.timedelta(seconds=time.perf_counter() - self._began_s)


class _AsyncBody(_Body, httpx.AsyncByteStream):
    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            async for piece in self._reply.aiter_bytes():
                self._size += len(piece)
                yield piece
        except TransportFailure as failure:
            raise self._failed(failure) from None

    async def aclose(self) -> None:
        self._end()


class _SyncBody(_Body, httpx.SyncByteStream):
    def __iter__(self) -> Iterator[bytes]:
        try:
            for piece in self._reply.iter_bytes():
                self._size += len(piece)
                yield piece
        except TransportFailure as failure:
            raise self._failed(failure) from None

    def close(self) -> None:
        self._end()


def _length_of(reply: Reply) -> str | None:
    return next((value.decode("latin-1") for name, value in reply.headers if name == b"content-length"), None)


def _timeouts(request: httpx.Request) -> Timeouts:
    asked = request.extensions.get("timeout") or {}
    return Timeouts(asked.get("connect"), asked.get("read"), asked.get("write"), asked.get("pool"))


def _content(request: httpx.Request) -> bytes | None:
    """The body of a request that can be sent natively; None for other requests."""
    if "sni_hostname" in request.extensions:
        return None
    try:
        return request.content
    except httpx.RequestNotRead:
        return None


class Clients:
    """Sends for upstream's clients over one pool."""

    def __init__(self, litellm: Any, pool: Callable[[], Pool], busy: Callable[[], str | None]) -> None:
        """`busy` says why nothing may be sent natively now, None when it may."""
        self._connections, self._pool, self._busy = Connections(litellm), pool, busy

    def stand_in(self, handler: Any, *, is_async: bool) -> Any:
        """What upstream's `post` is called with: a stand-in for `handler`, or itself."""
        if self._busy() is not None:
            _metrics.fallback("a setting that needs upstream")
            return handler
        return _Handler(handler, self, AsyncClient if is_async else SyncClient)

    def content(self, transport: Any, request: httpx.Request) -> bytes | None:
        """The body to send natively for `request` through `transport`; None when it is not for the pool."""
        if not self._connections.serves(transport, request.url):
            _metrics.fallback("connections of another kind")
            return None
        content = _content(request)
        if content is None:
            _metrics.fallback("a body that is a stream")
        return content

    async def reply_async(self, request: httpx.Request, content: bytes, wording: Wording) -> Reply | None:
        """The reply to `request`; None when there was no connection. Raises httpx's exceptions."""
        try:
            reply = await self._pool().arequest(
                request.method, str(request.url), request.headers.raw, content, _timeouts(request)
            )
        except TransportFailure as failure:
            _check_unsent(failure, request, wording)
            return None
        _metrics.native.add()
        return reply

    def reply(self, request: httpx.Request, content: bytes, wording: Wording) -> Reply | None:
        """As `reply_async`, waiting."""
        try:
            reply = self._pool().request(
                request.method, str(request.url), request.headers.raw, content, _timeouts(request)
            )
        except TransportFailure as failure:
            _check_unsent(failure, request, wording)
            return None
        _metrics.native.add()
        return reply

    async def answered(self, transport: Any, request: httpx.Request) -> httpx.Response | None:
        """What the aiohttp transport answers; None when it has to ask aiohttp."""
        content = None if self._busy() is not None else self.content(transport, request)
        if content is None:
            return None
        wording = Wording(True, True, request.url.scheme == "https")
        reply = await self.reply_async(request, content, wording)
        if reply is None:
            return None
        return httpx.Response(reply.status, headers=reply.headers, stream=_AsyncBody(reply, wording), request=request)


def _check_unsent(failure: TransportFailure, request: httpx.Request, wording: Wording) -> None:
    """Raise httpx's exception, unless nothing was sent: then upstream's client may try, and say what is wrong."""
    if failure.args[0] == "ConnectError":
        return
    kind, message = wording.without_head(failure)
    raise getattr(httpx, kind)(message, request=request) from None


class _Handler:
    """Looks like a handler of upstream whose client sends natively."""

    def __init__(self, handler: Any, clients: Clients, kind: type) -> None:
        self._handler, self._clients, self._kind = handler, clients, kind

    @property
    def client(self) -> Any:
        client = self._handler.client
        return client if _is_special(client) else self._kind(client, self._clients)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._handler, name)


def _is_special(client: Any) -> bool:
    """Whether the application did something to an httpx client that its requests have to pass."""
    if type(client) is not httpx.Client and type(client) is not httpx.AsyncClient:
        return True
    state = client.__dict__
    hooks = state.get("_event_hooks") or {}
    return bool(
        "send" in state
        or state.get("_mounts")
        or state.get("_auth") is not None
        or hooks.get("request")
        or hooks.get("response")
        or client.is_closed
    )


class _Client:
    def __init__(self, client: Any, clients: Clients) -> None:
        self._client, self._clients = client, clients
        self.build_request = client.build_request

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def _wording(self, url: httpx.URL, *, is_async: bool) -> Wording:
        aiohttp = "aiohttp" in type(self._client._transport).__name__.lower()
        return Wording(aiohttp, is_async, url.scheme == "https")

    def _response(self, request: httpx.Request, reply: Reply, body: _Body) -> httpx.Response:
        stream: Any = body
        body.response = response = httpx.Response(reply.status, headers=reply.headers, stream=stream, request=request)
        if b"set-cookie" in dict(reply.headers):
            self._client.cookies.extract_cookies(response)
        response.default_encoding = self._client._default_encoding
        _httpx_log.info(
            'HTTP Request: %s %s "%s %d %s"',
            request.method,
            request.url,
            response.http_version,
            response.status_code,
            response.reason_phrase,
        )
        return response

    def _following(self, response: httpx.Response) -> httpx.Request | None:
        """The request that httpx makes of a reply that points elsewhere, if it is to follow."""
        if not response.has_redirect_location:
            return None
        request: httpx.Request = self._client._build_redirect_request(response.request, response)
        if self._client.follow_redirects:
            return request
        response.next_request = request
        return None


def _after(first: httpx.Response, last: Any) -> Any:
    """The response that `first` led to."""
    last.history = [first, *last.history]
    return last


class AsyncClient(_Client):
    """Looks like an `httpx.AsyncClient` whose `send` goes through the pool."""

    async def send(self, request: httpx.Request, *, stream: bool = False, **options: Any) -> Any:
        """The response to `request`, read to its end unless it is to `stream`."""
        content = None if options else self._clients.content(self._client._transport, request)
        if content is None:
            return await self._client.send(request, stream=stream, **options)
        wording = self._wording(request.url, is_async=True)
        reply = await self._clients.reply_async(request, content, wording)
        if reply is None:
            return await self._client.send(request, stream=stream)
        response = self._response(request, reply, _AsyncBody(reply, wording))
        following = self._following(response)
        if following is not None:
            await response.aread()
            return _after(response, await self._client.send(following, stream=stream))
        if not stream:
            await response.aread()
        return response


class SyncClient(_Client):
    """Looks like an `httpx.Client` whose `send` goes through the pool."""

    def send(self, request: httpx.Request, *, stream: bool = False, **options: Any) -> Any:
        """The response to `request`, read to its end unless it is to `stream`."""
        content = None if options else self._clients.content(self._client._transport, request)
        if content is None:
            return self._client.send(request, stream=stream, **options)
        wording = self._wording(request.url, is_async=False)
        reply = self._clients.reply(request, content, wording)
        if reply is None:
            return self._client.send(request, stream=stream)
        response = self._response(request, reply, _SyncBody(reply, wording))
        following = self._following(response)
        if following is not None:
            response.read()
            return _after(response, self._client.send(following, stream=stream))
        if not stream:
            response.read()
        return response
