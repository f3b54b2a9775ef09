"""Upstream's chunk object for one event, from which the chunks for events with another text are made.

The text is the answer's, or that of the arguments of a tool's call.
"""

from __future__ import annotations

import json
import time
from json.decoder import scanstring as _scan  # type: ignore[attr-defined]
from typing import Any, Final

from litellm_rust.patches.call.template import copied, same

_START: Final = b"data: "
_set: Final = object.__setattr__


def _cut(event: bytes, name: bytes) -> tuple[bytes, str, bytes] | None:
    """What stands before the text of an event, its text, and what stands after; None for an event without one.

    `name` is the text's key with its quotes and the colon.
    """
    mark = event.find(name)
    if not event.startswith(_START) or mark < 0 or b"\n" in event[:-2]:
        return None
    start = event.find(b'"', mark + len(name)) + 1
    if event[mark + len(name) : start].strip() != b'"':
        return None
    try:
        tail = event[start:].decode()
        text, end = _scan(tail, 0)
    except ValueError:
        return None
    return event[:start], text, tail[end - 1 :].encode()


class ChunkTemplate:
    """Made of a chunk that upstream built from `event`; `text` cuts the text out of events that are alike."""

    key = b'"content":'
    _name = "content"  # of the delta's attribute that changes with the text
    _before, _after = b"\n", b""  # no event is like this
    _overhead = 1
    answers = True
    """Whether the text is the answer's."""

    def __init__(self, event: bytes, chunk: Any) -> None:
        """Raises ValueError when the chunk cannot be rebuilt from the event."""
        text = self.cut_around(event)
        if not text:
            raise ValueError("an event without text")
        body = json.loads(event[len(_START) :])
        choices = body["choices"]
        if len(choices) != 1 or self._given(choices[0]["delta"]) != text or choices[0].get("finish_reason"):
            raise ValueError("an event with more than text")
        self._take(chunk)
        if not self.agree(chunk, self.build(text)):
            raise ValueError("a chunk that cannot be rebuilt")

    def cut_around(self, event: bytes) -> str | None:
        """Remember what stands around the text of `event`; gives the text, None without one."""
        cut = _cut(event, self.key)
        if cut is None:
            return None
        self._before, text, self._after = cut
        self._overhead = len(self._before) + len(self._after)
        return text

    @staticmethod
    def _given(delta: dict[str, Any]) -> Any:
        """The text of an event with this delta."""
        return delta.get("content")

    def _take(self, chunk: Any) -> None:
        (choice,) = chunk.choices
        delta = choice.delta
        self._types = (type(chunk), type(choice), type(delta))
        self._chunk, self._choice, self._delta = (
            (
                dict(model.__dict__),
                model.__pydantic_extra__ and dict(model.__pydantic_extra__),
                frozenset(model.__pydantic_fields_set__),
            )
            for model in (chunk, choice, delta)
        )
        if choice.__pydantic_private__ is not None or delta.__pydantic_private__ is not None:
            raise ValueError("a chunk with private attributes inside")
        self._private = dict(chunk.__pydantic_private__)
        self._hidden = dict(self._private["_hidden_params"])
        self._text_in_extra = self._name not in self._delta[0]
        if self._name not in (self._delta[1] or {}) and self._text_in_extra:
            raise ValueError("a chunk without text")

    def _changed(self, text: Any) -> Any:
        """The value of that attribute."""
        return text

    @classmethod
    def agree(cls, theirs: Any, ours: Any) -> bool:
        """Whether two chunks are alike but for the times at which they were made."""
        return same(cls._stripped(ours), cls._stripped(theirs))

    @staticmethod
    def _stripped(chunk: Any) -> Any:
        """The chunk without the time at which it was made."""
        copy = chunk.model_copy()
        private = dict(copy.__pydantic_private__)
        private["_hidden_params"] = {**private["_hidden_params"], "created_at": 0.0}
        _set(copy, "__pydantic_private__", private)
        return copy

    def text(self, event: bytes) -> str | None:
        """The text of `event`; None when something else in it differs too, or it has none."""
        size = len(event) - self._overhead
        if size <= 0 or not event.startswith(self._before) or not event.endswith(self._after):
            return None
        start = len(self._before)
        try:
            text = event[start : start + size].decode()
            if '"' in text or "\\" in text or not text.isprintable():
                loaded = json.loads(f'"{text}"')
                return loaded if type(loaded) is str and loaded else None
        except ValueError:
            return None
        return text

    def build(self, text: str | None) -> Any:
        """The chunk for `text`."""
        chunk_type, choice_type, delta_type = self._types
        values, extra, fields = self._delta
        delta = object.__new__(delta_type)
        if self._text_in_extra:
            _fill(delta, values.copy(), {**(extra or {}), self._name: self._changed(text)}, fields, None)
        else:
            _fill(
                delta,
                {**values, self._name: self._changed(text)},
                extra if extra is None else extra.copy(),
                fields,
                None,
            )
        values, extra, fields = self._choice
        choice = object.__new__(choice_type)
        if "delta" in values:
            _fill(choice, {**values, "delta": delta}, extra if extra is None else extra.copy(), fields, None)
        else:
            _fill(choice, values.copy(), {**(extra or {}), "delta": delta}, fields, None)
        values, extra, fields = self._chunk
        chunk = object.__new__(chunk_type)
        private = {**self._private, "_hidden_params": {**self._hidden, "created_at": time.time()}}
        _fill(chunk, {**values, "choices": [choice]}, extra if extra is None else extra.copy(), fields, private)
        return chunk


class ArgumentsTemplate(ChunkTemplate):
    """The same for events that go on with the arguments of one tool's call."""

    key = b'"arguments":'
    _name = "tool_calls"
    answers = False

    @staticmethod
    def _given(delta: dict[str, Any]) -> Any:
        calls = delta["tool_calls"]
        return calls[0]["function"]["arguments"] if len(calls) == 1 else None

    def _changed(self, text: Any) -> Any:
        values, extra, _ = self._delta
        (call,) = (extra or {})[self._name] if self._text_in_extra else values[self._name]
        return [copied(call, {"function": copied(call.function, {"arguments": text})})]


def template_of(event: bytes, chunk: Any) -> ChunkTemplate:
    """The template of a chunk that upstream made of `event`. Raises ValueError, KeyError or TypeError without one."""
    return (ArgumentsTemplate if b'"tool_calls":' in event else ChunkTemplate)(event, chunk)


def _fill(
    model: Any,
    values: dict[str, Any],
    extra: dict[str, Any] | None,
    fields: frozenset[str],
    private: dict[str, Any] | None,
) -> None:
    _set(model, "__dict__", values)
    _set(model, "__pydantic_extra__", extra)
    _set(model, "__pydantic_fields_set__", set(fields))
    _set(model, "__pydantic_private__", private)
