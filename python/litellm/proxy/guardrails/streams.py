"""A stream that a guardrail sees as a whole before the client sees any of it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import orjson

from litellm.proxy.guardrails.refusals import GuardrailRefusal
from litellm.proxy.guardrails.texts import Key, Slot, reply_slots
from litellm.proxy.guardrails.tool_calls import called_in_event

MAX_HELD = 100_000
"""Chunks of one answer that are held back; more are refused."""

Check = Callable[[list[str], list[dict[str, Any]]], Awaitable[list[str]]]
"""Given the texts and the tool calls of an answer, the texts that may pass. Raises what refuses them."""


async def checked_stream(chunks: AsyncIterator[Any], check: Check) -> AsyncIterator[Any]:
    """The chunks once `check` has seen all of their texts. A changed text comes in the place of its first piece.

    Raises what `check` raises, before anything is sent.
    """
    held: list[_Held] = []
    async for chunk in chunks:
        held.append(_Held(chunk))
        if len(held) > MAX_HELD:
            raise GuardrailRefusal("the answer is too long for a guardrail", 500)
    texts: dict[Key, list[Slot]] = {}
    for place, item in enumerate(held):
        for number, slot in enumerate(reply_slots(item.event)):
            texts.setdefault(slot.stream or ("own", place, number), []).append(slot)
    before = ["".join(slot.text for slot in slots) for slots in texts.values()]
    calls = _joined(held)
    if before or calls:
        after = await check(before, calls)
        for slots, old, new in zip(texts.values(), before, after, strict=True):
            if old != new:
                slots[0].put(new)
                for slot in slots[1:]:
                    slot.put("")
    for item in held:
        yield item.chunk()


class _Held:
    """One chunk; an encoded event is read, and written anew when its texts have changed."""

    def __init__(self, chunk: Any) -> None:
        self._chunk, self._head = chunk, ""
        self.event: Any = chunk
        if isinstance(chunk, (bytes, str)):
            text = chunk.decode("utf-8", "replace") if isinstance(chunk, bytes) else chunk
            self._head, _, data = text.partition("data:")
            self.event = _json(data)
            self._before = orjson.dumps(self.event)

    def chunk(self) -> Any:
        """What is sent."""
        if not isinstance(self._chunk, (bytes, str)) or orjson.dumps(self.event) == self._before:
            return self._chunk
        made = self._head.encode() + b"data: " + orjson.dumps(self.event) + b"\n\n"
        return made if isinstance(self._chunk, bytes) else made.decode()


def _json(data: str) -> Any:
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError:
        return None


def _joined(held: list[_Held]) -> list[dict[str, Any]]:
    """The tool calls of a stream, their arguments put together."""
    calls: dict[Any, dict[str, Any]] = {}
    for item in held:
        for call in called_in_event(item.event):
            index = call.pop("index", None)
            known = calls.get(index) if index is not None else None
            if known is None or call["function"]["name"]:
                calls[len(calls) if index is None else index] = call
            elif call["function"]["arguments"]:
                known["function"]["arguments"] = (
                    f"{known['function']['arguments'] or ''}{call['function']['arguments']}"
                )
    return list(calls.values())
