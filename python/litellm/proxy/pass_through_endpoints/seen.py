"""Hooks and guardrails around a forwarded request, which goes on byte for byte unless one of them changes it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any

import orjson
from starlette.requests import Request

from litellm.proxy.charge import Charge
from litellm.proxy.pass_through_endpoints.asked import Body
from litellm.proxy.request_body import parse_body
from litellm.proxy.request_metadata import request_seen
from litellm.proxy.serialization import whole_events

if TYPE_CHECKING:
    from litellm.proxy.hooks.chain import HookChain

_METADATA = "litellm_metadata"
"""Where hooks find what the gateway knows of the request; the provider is not sent it."""
_OURS = frozenset({_METADATA, "proxy_server_request"})
"""What hooks are given beside the body."""
_EVENTS = "text/event-stream"


class Seen:
    """One forwarded request, as the hooks see it."""

    def __init__(self, request: Request, hooks: HookChain, charge: Charge, guardrails: Any = None) -> None:
        self._request, self._hooks, self._charge = request, hooks, charge
        self._asked = list(guardrails or ())
        self._data: dict[str, Any] = {}

    async def request(self, body: Body) -> Body:
        """The body as the hooks before a call leave it. Its bytes change only when a hook changes it."""
        if not self._hooks.see_requests and not self._hooks.see_responses:
            return body
        if self._hooks.guards:
            body = await _read(body)
        auth, call_type = self._charge.auth, self._charge.call_type
        seen = request_seen(self._request, body.fields)
        self._data = {**body.fields, _METADATA: self._metadata(body), "proxy_server_request": seen}
        if not _is_json(body):
            self._hooks.prepare(auth, self._data)
            return body
        before = orjson.dumps({name: value for name, value in body.fields.items() if name not in _OURS})
        self._data = await self._hooks.pre_call(auth, self._data, call_type)
        moderation = self._hooks.moderation(auth, self._data, call_type)
        if moderation is not None:
            await moderation
        answer = {name: value for name, value in self._data.items() if name not in _OURS}
        return body if orjson.dumps(answer, default=str) == before else body.with_fields(answer)

    def _metadata(self, body: Body) -> dict[str, Any]:
        given = body.fields.get(_METADATA)
        named = {"model_group": self._charge.model} if self._charge.model else {}
        asked = {"guardrails": self._asked} if self._asked else {}
        return {**(given if isinstance(given, dict) else {}), **named, **asked}

    @property
    def replies(self) -> bool:
        """Whether any hook is given replies."""
        return self._hooks.see_responses

    async def reply(self, raw: bytes) -> bytes:
        """A whole JSON reply as the hooks after a call leave it; its bytes change only when a hook changes it."""
        try:
            found = orjson.loads(raw)
        except orjson.JSONDecodeError:
            return raw
        before = orjson.dumps(found)
        answer = await self._hooks.post_call_success(self._charge.auth, self._data, found)
        plain = answer if isinstance(answer, (dict, list)) else getattr(answer, "model_dump", lambda: found)()
        after = orjson.dumps(plain, default=str)
        return raw if after == before else after

    def stream(self, pieces: AsyncIterator[bytes], kind: str) -> AsyncIterator[bytes]:
        """A streamed reply as the hooks leave it; of server-sent events, they are given one at a time."""
        events = whole_events(pieces) if kind == _EVENTS else pieces
        return _encoded(self._hooks.stream(self._charge.auth, self._data, events))

    async def headers(self) -> dict[str, str]:
        """What hooks add to the answer."""
        return await self._hooks.response_headers(self._charge.auth, self._data, None)


async def _encoded(chunks: AsyncIterator[Any]) -> AsyncIterator[bytes]:
    async for chunk in chunks:
        yield chunk if isinstance(chunk, bytes) else str(chunk).encode()


async def _read(body: Body) -> Body:
    """The body with its fields where it is JSON, whatever its client calls it."""
    if body.fields:
        return body
    raw = body.raw if isinstance(body.raw, bytes) else b"".join([piece async for piece in body.raw])
    if raw.lstrip()[:1] != b"{":
        return Body(raw)
    return Body(raw, parse_body(raw))


def _is_json(body: Body) -> bool:
    return bool(body.fields) and isinstance(body.raw, bytes) and body.raw.lstrip()[:1] == b"{"
