"""Whoever is told of calls that have ended – callbacks, metrics, traces – told of those that the native front answered.

Callbacks are told by the SDK itself, which goes through the call again with the answer that there was, so that they
hear what they would have heard of a call of Python's.
"""

from __future__ import annotations

import asyncio
import dataclasses
import functools
import logging
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson
from starlette.requests import HTTPConnection

import litellm
from litellm.litellm_core_utils.callback_registry import any_registered
from litellm.litellm_core_utils.logging_worker import GLOBAL_LOGGING_WORKER
from litellm.litellm_core_utils.usage_counts import countable
from litellm.pipeline.results import provider_headers
from litellm.pipeline.retold import Answered, retell
from litellm.proxy._types import UserAPIKeyAuth
from litellm.proxy.endpoints.routes import CHAT
from litellm.proxy.money import pico_to_usd
from litellm.proxy.observability.records import CallRecord
from litellm.proxy.request_body import parse_body
from litellm.proxy.request_metadata import AUTH_FIELDS, add_metadata

if TYPE_CHECKING:
    from litellm.proxy.state import GatewayState

log = logging.getLogger("litellm.proxy.native")

MOST, MOST_BYTES = 4_000, 32 << 20
"""Calls that wait to be told of before no more are booked, and what was said in them."""
HOLD_AT = 5_000
"""Callbacks that wait for others before all requests are left to Python, and half of it before they are not."""
TURN = 4
"""Calls that are told of before others get the event loop."""
MAX_ROWS = 10_000
Headers = list[tuple[bytes, bytes]]
Seen = tuple[str, Headers, bytes, bytes]
"""Who asked, the headers of the provider's answer, the client's request, the provider's answer."""


@dataclass(frozen=True, slots=True)
class EndedCall:
    """A call that has ended: `end` as its journal has it."""

    request_id: str
    model: str
    end: Mapping[str, Any]
    cost_pico: int
    seen: Seen

    @property
    def call_id(self) -> str:
        """As the client and the callbacks know it."""
        return str((self.end.get("asked") or {}).get("call_id") or self.request_id)

    @property
    def auth(self) -> UserAPIKeyAuth:
        """Who asked, and for whom."""
        auth, asked = _auth(self.seen[0]), self.end.get("asked")
        if not asked:
            return auth
        return dataclasses.replace(auth, end_user_id=asked.get("end_user"), request_tags=tuple(asked.get("tags") or ()))


def caller(auth: UserAPIKeyAuth) -> str:
    """What is told of who asks, as JSON."""
    return orjson.dumps({name: getattr(auth, name) for name in AUTH_FIELDS.values()}).decode()


@functools.lru_cache(maxsize=1024)
def _auth(caller: str) -> UserAPIKeyAuth:
    return UserAPIKeyAuth(**orjson.loads(caller))


class Watchers:
    """The callbacks, metrics and traces of a gateway. `hold` keeps the front from taking more, or lets it."""

    def __init__(self, state: GatewayState, hold: Callable[[bool], None]) -> None:
        self._state, self._hold = state, hold
        self._held = False
        self._waiting: deque[EndedCall] = deque()
        self._bytes = 0
        self._task: asyncio.Task[None] | None = None
        self._rows: dict[tuple[str, str], Any] = {}

    @property
    def keeps(self) -> str:
        """What has to be kept of requests: `nothing`, `heads` or `whole`."""
        if any_registered({}):
            return "whole"
        return "heads" if self._state.observability.active else "nothing"

    @property
    def have_room(self) -> bool:
        """Whether they can be told of more."""
        return len(self._waiting) < MOST and self._bytes < MOST_BYTES

    def remember(self, model: str, rows: Mapping[str, Any]) -> None:
        """Deployments that calls to `model` may go to, by their ids: they may be gone when such a call ends."""
        for model_id, row in rows.items():
            if len(self._rows) >= MAX_ROWS:
                del self._rows[next(iter(self._rows))]
            self._rows[model, model_id] = row

    def ended(self, call: EndedCall) -> None:
        """Tell of a call: metrics and traces at once, callbacks soon."""
        if self._state.observability.active:
            self._state.observability.ended(_record(call))
        if call.seen[2]:
            self._waiting.append(call)
            self._bytes += _size(call)
            if self._task is None or self._task.done():
                self._task = asyncio.create_task(self._tell_all())

    async def stop(self) -> None:
        """Tell of all that wait."""
        if self._task is not None:
            await self._task

    def look(self) -> None:
        """Keep the front from taking more while callbacks are behind."""
        waiting = GLOBAL_LOGGING_WORKER.waiting
        held = waiting >= (HOLD_AT // 2 if self._held else HOLD_AT)
        if held != self._held:
            self._held = held
            self._hold(held)

    async def _tell_all(self) -> None:
        told = 0
        while self._waiting:
            call = self._waiting.popleft()
            self._bytes -= _size(call)
            try:
                await self._tell(call)
            except Exception:  # whatever it is, others are told
                log.exception("callbacks could not be told of request %s", call.request_id)
            told += 1
            if told % TURN == 0:
                await asyncio.sleep(0)

    async def _tell(self, call: EndedCall) -> None:
        _, headers, asked, reply = call.seen
        end = call.end
        request, body = _request(asked)
        add_metadata(body, CHAT, call.auth, call.call_id, request)
        if body.get("stream"):
            body["stream_options"] = {**(body.get("stream_options") or {}), "include_usage": True}
        answered = Answered(
            200, headers, reply, end["started"], end["sent"], end["ended"], end["first"],
            (end["error"], end["words"]) if end["error"] else None, abandoned=end["status"] == "client_gone",
        )  # fmt: skip
        row = self._rows[call.model, end["model_id"]]
        arguments, opened = self._state.router.plain_call(row, body.pop("model"), body)
        await retell(arguments, answered, opened)


def _size(call: EndedCall) -> int:
    return len(call.seen[2]) + len(call.seen[3])


def _request(raw: bytes) -> tuple[HTTPConnection, dict[str, Any]]:
    head, _, body = raw.partition(b"\r\n\r\n")
    line, *fields = head.split(b"\r\n")
    pairs = (field.partition(b":") for field in fields)
    headers = [(name.lower(), value.strip()) for name, _, value in pairs]
    path = line.split(b" ")[1].decode("ascii")
    return HTTPConnection({"type": "http", "path": path, "headers": headers}), parse_body(body)


def _record(call: EndedCall) -> CallRecord:
    end = call.end
    shown = provider_headers(_texts(call.seen[1]))
    hidden = {**end["facts"], "model_id": end["model_id"], "additional_headers": shown}
    error = _error(call, hidden) if end["status"] == "failure" else None
    return CallRecord(
        call.auth, CHAT.call_type, call.model, CHAT.path, call.call_id, end["ip"], end["status"], end["started"],
        end["ended"], end["first"], end["sent"], countable(end["usage"]) or {}, pico_to_usd(call.cost_pico), hidden,
        error,
    )  # fmt: skip


def _error(call: EndedCall, hidden: Mapping[str, Any]) -> Exception:
    """How the SDK says that a stream broke off."""
    provider, message = str(hidden.get("llm_provider")), f"the provider's stream broke off: {call.end['error']}"
    if call.end["error"].endswith("Timeout"):
        return litellm.Timeout(message, call.model, provider)
    cause = litellm.APIConnectionError(message, provider, call.model)
    return litellm.MidStreamFallbackError(message, call.model, provider, original_exception=cause)


def _texts(headers: Sequence[tuple[bytes, bytes]]) -> dict[str, str]:
    return {name.decode("latin-1"): value.decode("latin-1") for name, value in headers}
