"""Requests of the OpenAI clients that upstream makes, sent by the Rust pool: streams, and calls that are upstream's.

A stand-in for the client is given to upstream's own function. The first request of a kind is sent by the client itself
and watched; of a later one only the sending is native, and what comes back is the client's own stream or response.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from types import ModuleType
from typing import Any, Final
from weakref import WeakKeyDictionary

from litellm_rust.counters import feature_metrics
from litellm_rust.patches.call.arguments import Arguments
from litellm_rust.patches.call.document import DocumentKind
from litellm_rust.patches.call.exchange import Answered, Sent, Watch, tapped
from litellm_rust.patches.call.service import encoded, header_mapping
from litellm_rust.patches.call.wire import Unsuitable, Wire
from litellm_rust.patches.stream.failures import Wording, wording_of
from litellm_rust.pool import Pool, Reply, TransportFailure

_metrics: Final = feature_metrics("streaming")
_MAX_WIRES: Final = 256
_JSON: Final = frozenset({str, int, float, bool, list, dict})
# They go into the request in another way than the rest.
_OTHER: Final = ("extra_headers", "extra_query", "extra_body")
# Its own way of being sent says nothing about later ones: it was not read to the end.
_OPEN: Final = 200


class _SentWatch(Watch):
    """Notes what is sent, without reading what comes back."""

    def replied(self, response: Any) -> None:
        self.sent[-1].status = response.status_code


@functools.cache
def bodies(httpx: ModuleType) -> tuple[Any, Any]:
    """Bodies for responses of `httpx`, asynchronous and synchronous, which asks for classes of its own."""

    def failure_of(failure: TransportFailure, request: Any, wording: Wording) -> Exception:
        kind, message = wording.of(failure)
        made: Exception = getattr(httpx, kind)(message, request=request)
        return made

    class AsyncBody(httpx.AsyncByteStream):  # type: ignore[name-defined, misc]
        def __init__(self, reply: Reply, request: Any, wording: Wording) -> None:
            self._reply, self._request, self._wording = reply, request, wording

        async def __aiter__(self) -> AsyncIterator[bytes]:
            try:
                async for piece in self._reply.aiter_bytes():
                    yield piece
            except TransportFailure as failure:
                raise failure_of(failure, self._request, self._wording) from None

        async def aclose(self) -> None:
            self._reply.close()

    class SyncBody(httpx.SyncByteStream):  # type: ignore[name-defined, misc]
        def __init__(self, reply: Reply, request: Any, wording: Wording) -> None:
            self._reply, self._request, self._wording = reply, request, wording

        def __iter__(self) -> Iterator[bytes]:
            try:
                yield from self._reply.iter_bytes()
            except TransportFailure as failure:
                raise failure_of(failure, self._request, self._wording) from None

        def close(self) -> None:
            self._reply.close()

    return AsyncBody, SyncBody


class _Raw:
    """What the client's `with_raw_response.create` gives for a stream."""

    def __init__(self, response: Any, stream: Any) -> None:
        self.headers, self._stream = response.headers, stream

    def parse(self) -> Any:
        """The stream."""
        return self._stream


class Whole(Answered):
    """A reply that is no stream, or none that the native side reads: the client makes of it what it makes of any."""

    streams = True


class _StreamKind:
    """How one client sends one kind of request for a stream, and what it makes of the reply."""

    def __init__(self, client: Any, call: Arguments, sent: Sent, raw: Any) -> None:
        """From a request of the client's own and its raw response. Raises Unsuitable."""
        self.wire = Wire(call, sent)
        stream = raw.parse()
        self._type, self._cast = type(stream), stream._cast_to
        self._httpx: Any = sys.modules[type(raw.http_response).__module__.partition(".")[0]]
        if vars(self._type(cast_to=self._cast, response=raw.http_response, client=client)).keys() - vars(stream).keys():
            raise Unsuitable("a stream of another kind")
        self._options = getattr(stream, "_options", None)

    def open(self, client: Any, reply: Reply, url: str, *, is_async: bool) -> _Raw | None:
        """The stream over `reply`; None when the client has to read it."""
        headers = header_mapping(reply.headers)
        if reply.status != _OPEN or headers is None or "content-encoding" in headers:
            return None
        if not headers.get("content-type", "").startswith("text/event-stream"):
            return None
        request = self._httpx.Request("POST", url)
        wording = wording_of(client, url, is_async=is_async)
        body = bodies(self._httpx)[0 if is_async else 1](reply, request, wording)
        response = self._httpx.Response(reply.status, headers=reply.headers, stream=body, request=request)
        stream = self._type(cast_to=self._cast, response=response, client=client)
        if self._options is not None:
            stream._options = self._options
        _metrics.native.add()
        return _Raw(response, stream)

    def read(self, client: Any, reply: Reply, body: bytes, url: str) -> None:
        """A reply that was read is no stream."""


_Kind = _StreamKind | DocumentKind


def _call_of(client: Any, data: dict[str, Any], timeout: Any) -> Arguments | None:
    """The request that the client is asked for, None for one that only it can send."""
    body = {name: value for name, value in data.items() if name not in _OTHER}
    if any(data.get(name) for name in _OTHER) or not all(type(value) in _JSON for value in body.values()):
        return None
    base = str(client.base_url).rstrip("/")
    control = {"api_base": base, "api_key": client.api_key}
    if type(client.api_key) is not str or "?" in base:
        return None
    key = (base, client.api_key, str(timeout), data.get("stream") is True, *body)
    return Arguments(key, body, control, False, None, 0.0)


class Clients:
    """The clients of upstream, and the kinds of requests that are known of each."""

    def __init__(self, litellm: Any, pool: Callable[[], Pool], busy: Callable[[], str | None]) -> None:
        """`busy` says why nothing may be native now, None when it may."""
        self._litellm, self._pool, self._busy = litellm, pool, busy
        self._kinds: WeakKeyDictionary[Any, dict[tuple[object, ...], _Kind | None]] = WeakKeyDictionary()

    def stand_in(self, client: Any, data: dict[str, Any], timeout: Any, *, is_async: bool) -> Any:
        """What sends the request for `client`: a stand-in, or itself."""
        if not self._is_upstreams(client, is_async) or self._busy() is not None:
            return client
        call = _call_of(client, data, timeout)
        kinds = self._kinds.setdefault(client, {})
        if call is None or (call.key in kinds and kinds[call.key] is None):
            return client
        return _StandIn(client, self, kinds, call, is_async)

    def _is_upstreams(self, client: Any, is_async: bool) -> bool:
        """Whether upstream made the client itself: one of the application's may send in ways of its own."""
        if type(client) is not getattr(sys.modules.get("openai"), "AsyncOpenAI" if is_async else "OpenAI", None):
            return False
        if client in self._kinds:
            return True
        cached = getattr(self._litellm.in_memory_llm_clients_cache, "cache_dict", None)
        return isinstance(cached, dict) and any(known is client for known in list(cached.values()))

    async def asend(self, client: Any, kinds: Any, call: Arguments, data: dict[str, Any]) -> Any:
        """The raw response to a request of an asynchronous client."""
        kind: _Kind | None = kinds.get(call.key)
        content = None if kind is None else encoded(kind.wire, call)
        if kind is None or content is None:
            watch = _SentWatch()
            raw = await tapped(client, watch, is_async=True).chat.completions.with_raw_response.create(**data)
            _learn(client, kinds, call, watch, raw)
            return raw
        url, headers = kind.wire.target(call)
        body = b""
        try:
            reply: Reply | TransportFailure = await self._pool().arequest(
                "POST", url, headers, content, kind.wire.timeouts
            )
            if isinstance(reply, Reply):
                raw = kind.open(client, reply, url, is_async=True)
                if raw is None:
                    body = (
                        b"".join([piece async for piece in reply.aiter_bytes()])
                        if reply.content is None
                        else reply.content
                    )
                    raw = kind.read(client, reply, body, url)
                if raw is not None:
                    return raw
        except TransportFailure as failure:
            reply = failure
        exchange = Whole(reply, body)
        return await tapped(client, exchange, is_async=True).chat.completions.with_raw_response.create(**data)

    def send(self, client: Any, kinds: Any, call: Arguments, data: dict[str, Any]) -> Any:
        """As `asend`, of a synchronous client."""
        kind: _Kind | None = kinds.get(call.key)
        content = None if kind is None else encoded(kind.wire, call)
        if kind is None or content is None:
            watch = _SentWatch()
            raw = tapped(client, watch, is_async=False).chat.completions.with_raw_response.create(**data)
            _learn(client, kinds, call, watch, raw)
            return raw
        url, headers = kind.wire.target(call)
        body = b""
        try:
            reply: Reply | TransportFailure = self._pool().request("POST", url, headers, content, kind.wire.timeouts)
            if isinstance(reply, Reply):
                raw = kind.open(client, reply, url, is_async=False)
                if raw is None:
                    body = b"".join(reply.iter_bytes()) if reply.content is None else reply.content
                    raw = kind.read(client, reply, body, url)
                if raw is not None:
                    return raw
        except TransportFailure as failure:
            reply = failure
        exchange = Whole(reply, body)
        return tapped(client, exchange, is_async=False).chat.completions.with_raw_response.create(**data)


def _learn(client: Any, kinds: dict[tuple[object, ...], _Kind | None], call: Arguments, watch: Watch, raw: Any) -> None:
    if len(kinds) >= _MAX_WIRES:
        kinds.clear()
    if len(watch.sent) != 1 or watch.sent[0].status != _OPEN:
        return
    kind = _StreamKind if call.body.get("stream") is True else DocumentKind
    try:
        kinds[call.key] = kind(client, call, watch.sent[0], raw)
    except (Unsuitable, AttributeError, TypeError):
        kinds[call.key] = None


class _StandIn:
    """Looks like an OpenAI client whose `chat.completions.with_raw_response.create` sends natively."""

    def __init__(
        self,
        client: Any,
        clients: Clients,
        kinds: dict[tuple[object, ...], _Kind | None],
        call: Arguments,
        is_async: bool,
    ) -> None:
        self._real, self._call, self._kinds = client, call, kinds
        self._send = clients.asend if is_async else clients.send
        self.chat = self.completions = self.with_raw_response = self

    def create(self, **data: Any) -> Any:
        return self._send(self._real, self._kinds, self._call, data)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)
