"""What the model says in a realtime session, held back until guardrails have seen the whole of each part."""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from litellm.proxy.guardrails.realtime_events import written
from litellm.proxy.guardrails.texts import Slot

MAX_HELD = 32 << 20
"""Characters of events that a session holds back; more are refused. Audio is 64,000 a second."""
MAX_KNOWN = 500
"""Parts and responses of a session that are remembered; one that is forgotten is looked at again."""

Key = tuple[str, Any]
"""An item's id, and the place of one of its contents, or `call` for a function call's arguments."""

_SAID = re.compile(r"response\.(?:output_)?(?:text|audio_transcript)\.(?:delta|done)")
_AUDIO = re.compile(r"response\.(?:output_)?audio\.delta")
_CALL = "call"
_ARGUMENTS = "response.function_call_arguments."
_OF_ANSWERS = ("response.", "conversation.item.")
_DONE, _DELETED = "response.done", "conversation.item.deleted"


class AnswerRefused(Exception):
    """Raised by a check: `why` is the checker's own."""

    def __init__(self, why: Any) -> None:
        super().__init__("refused")
        self.why, self.item_id = why, ""
        self.left: list[str] = []
        """Events that the client gets nevertheless."""


Check = Callable[[str, "dict[str, Any] | None"], Awaitable[str]]
"""Given a text, or a function call, the text that may pass. Raises AnswerRefused."""


@dataclass(slots=True)
class _Held:
    event: dict[str, Any]
    message: str
    audio_of: Key | None = None
    changed: bool = False


@dataclass(slots=True)
class _Part:
    """A text, transcript or call that is not whole yet, or was seen: then `seen` became `passed`."""

    response_id: str
    pieces: list[tuple[_Held, Slot]] = field(default_factory=list)
    seen: str | None = None
    passed: str = ""

    @property
    def said(self) -> str:
        return "".join(slot.text for _, slot in self.pieces)

    def decide(self, seen: str, passed: str) -> None:
        """What was told piece by piece becomes what passed, in the place of the first piece."""
        if passed != self.said:
            for place, (held, slot) in enumerate(self.pieces):
                slot.put("" if place else passed)
                held.changed = True
        self.seen, self.passed, self.pieces = seen, passed, []


class HeldAnswers:
    """The answers of one session."""

    def __init__(self, check: Check) -> None:
        self._check = check
        self._parts: OrderedDict[Key, _Part] = OrderedDict()
        self._names: OrderedDict[str, str] = OrderedDict()
        self._refused: OrderedDict[str, None] = OrderedDict()
        self._gone: OrderedDict[str, None] = OrderedDict()
        self._held: list[_Held] = []
        self._size = 0

    @property
    def holds(self) -> bool:
        """Whether anything is held back."""
        return bool(self._held)

    async def heard(self, event: dict[str, Any], message: str) -> list[str]:
        """The events that may go to the client now, in their order. Raises AnswerRefused, with the item to delete."""
        kind, response_id = str(event.get("type")), _response_of(event)
        if not kind.startswith(_OF_ANSWERS) or "input_audio_transcription" in kind:
            return [message]
        if response_id in self._refused or _item_of(event) in self._gone:
            return self._after_refusal(kind, event, message)
        held = _Held(event, message)
        try:
            await self._look(kind, held, response_id)
            self._hold(held)
        except AnswerRefused as refusal:
            self._drop(refusal, kind, event, response_id)
            raise
        return [] if any(part.seen is None for part in self._parts.values()) else self._flush()

    async def _look(self, kind: str, held: _Held, response_id: str) -> None:
        event = held.event
        if _AUDIO.fullmatch(kind):
            held.audio_of = _key(event)
            self._part(held.audio_of, response_id)
        for key, slot in _slots(kind, event):
            part = self._parts.get(key)
            if kind.endswith(".delta"):
                part = self._part(key, response_id)
                if part.seen is not None:
                    part = self._parts[key] = _Part(response_id)
                part.pieces.append((held, slot))
            elif part is None or part.seen != slot.text:
                await self._decide(key, slot.text, held, response_id)
            if not kind.endswith(".delta"):
                passed = self._parts[key].passed
                held.changed = held.changed or passed != slot.text
                slot.put(passed)
        if kind == _DONE:
            await self._end(held, response_id)

    async def _end(self, held: _Held, response_id: str) -> None:
        """An answer is over: what was not told whole is looked at as far as it came, a voice without words left out."""
        for key, part in list(self._parts.items()):
            if part.seen is None and part.response_id == response_id:
                if part.pieces:
                    await self._decide(key, part.said, held, response_id)
                else:
                    part.seen, part.passed = "", "\0"

    def _part(self, key: Key, response_id: str) -> _Part:
        known = self._parts.get(key)
        if known is None or response_id not in ("", known.response_id):
            self._parts[key] = _Part(response_id)
        self._parts.move_to_end(key)
        return self._parts[key]

    async def _decide(self, key: Key, text: str, held: _Held, response_id: str) -> None:
        item_id, place = key
        part = self._part(key, response_id)
        call = None
        if place == _CALL:
            name = held.event.get("name") or self._names.get(item_id) or ""
            call = {"id": item_id, "type": "function", "function": {"name": str(name), "arguments": text}}
        try:
            passed = await self._check(text, call)
            if part.pieces and part.said != text and call is None:
                await self._check(part.said, None)
        except AnswerRefused as refusal:
            refusal.item_id = item_id
            raise
        part.decide(text, passed)

    def _hold(self, held: _Held) -> None:
        item = held.event.get("item")
        if isinstance(item, dict) and item.get("name"):
            _note(self._names, str(item.get("id")), str(item["name"]))
        self._held.append(held)
        self._size += len(held.message)
        if self._size > MAX_HELD:
            refusal = AnswerRefused(None)
            refusal.item_id = _item_of(held.event)
            raise refusal

    def _flush(self) -> list[str]:
        held, self._held, self._size = self._held, [], 0
        sent = [written(one.event) if one.changed else one.message for one in held if self._may_be_heard(one)]
        while len(self._parts) > MAX_KNOWN:
            self._parts.popitem(last=False)
        return sent

    def _may_be_heard(self, held: _Held) -> bool:
        """Whether an event is no voice, or the voice of a text that passed as it is."""
        part = self._parts.get(held.audio_of) if held.audio_of is not None else None
        return part is None or part.seen == part.passed

    def _drop(self, refusal: AnswerRefused, kind: str, event: dict[str, Any], response_id: str) -> None:
        """Nothing more of a refused answer is sent but its end; others' events go on."""
        if not response_id:
            own = (part for key, part in self._parts.items() if key[0] == refusal.item_id)
            response_id = next((part.response_id for part in own), "")
        if refusal.item_id:
            _note(self._gone, refusal.item_id, None)
        if response_id and kind != _DONE:
            _note(self._refused, response_id, None)
        for key, part in list(self._parts.items()):
            if part.response_id == response_id or key[0] == refusal.item_id:
                del self._parts[key]
        self._held = [
            one for one in self._held
            if _response_of(one.event) != response_id and _item_of(one.event) != refusal.item_id
        ]  # fmt: skip
        self._size = sum(len(one.message) for one in self._held)
        waits = any(part.seen is None for part in self._parts.values())
        refusal.left = [] if waits else self._flush()
        if kind == _DONE:
            refusal.left.append(_without_output(event))

    def _after_refusal(self, kind: str, event: dict[str, Any], message: str) -> list[str]:
        if kind == _DONE:
            self._refused.pop(_response_of(event), None)
            return [_without_output(event)]
        return [message] if kind == _DELETED else []


def _response_of(event: dict[str, Any]) -> str:
    response = event.get("response")
    return str(event.get("response_id") or (response.get("id") if isinstance(response, dict) else None) or "")


def _item_of(event: dict[str, Any]) -> str:
    item = event.get("item")
    return str(event.get("item_id") or (item.get("id") if isinstance(item, dict) else None) or "")


def _key(event: dict[str, Any]) -> Key:
    return _item_of(event), event.get("content_index") or 0


def _slots(kind: str, event: dict[str, Any]) -> Iterator[tuple[Key, Slot]]:
    """The texts of the model's in an event, each with the part that it belongs to."""
    name = "delta" if kind.endswith(".delta") else ("transcript" if "transcript" in kind else "text")
    if _SAID.fullmatch(kind) and _has_text(event, name):
        yield _key(event), Slot(event, name)
    elif kind.startswith(_ARGUMENTS):
        name = "delta" if kind.endswith(".delta") else "arguments"
        if _has_text(event, name):
            yield (_item_of(event), _CALL), Slot(event, name)
    part, response = event.get("part"), event.get("response")
    if isinstance(part, dict):
        yield from (((_key(event)), slot) for slot in _of_content(part))
    items = response.get("output") if isinstance(response, dict) else None
    for item in [event.get("item"), *(items if isinstance(items, list) else ())]:
        if isinstance(item, dict) and item.get("role") in ("assistant", None):
            yield from _of_item(item)


def _of_item(item: dict[str, Any]) -> Iterator[tuple[Key, Slot]]:
    item_id, content = str(item.get("id") or ""), item.get("content")
    for place, block in enumerate(content if isinstance(content, list) else ()):
        if isinstance(block, dict):
            yield from (((item_id, place), slot) for slot in _of_content(block))
    if item.get("type") == "function_call" and _has_text(item, "arguments"):
        yield (item_id, _CALL), Slot(item, "arguments")


def _of_content(block: dict[str, Any]) -> list[Slot]:
    return [Slot(block, name) for name in ("text", "transcript") if _has_text(block, name)]


def _has_text(holder: dict[str, Any], name: str) -> bool:
    return isinstance(holder.get(name), str) and holder[name] != ""


def _without_output(event: dict[str, Any]) -> str:
    response = event.get("response")
    return written({**event, "response": {**response, "output": []}} if isinstance(response, dict) else event)


def _note(known: OrderedDict[str, Any], name: str, value: Any) -> None:
    known[name] = value
    known.move_to_end(name)
    if len(known) > MAX_KNOWN:
        known.popitem(last=False)
