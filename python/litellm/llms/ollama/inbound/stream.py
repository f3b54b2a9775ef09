"""Chat completion chunks as the lines of Ollama's streams."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from litellm.llms.inbound_wire import CallPieces
from litellm.llms.ollama.inbound.response import ending, generated, message_of, opening
from litellm.llms.wire import encode_json

_MESSAGE: Mapping[str, Any] = {"role": "assistant", "content": ""}


class ChatLines:
    """The lines of `/api/chat`. A call of a tool is told when it is whole: Ollama's have no pieces."""

    def __init__(self, model: str) -> None:
        self._model = model
        self._created: Any = None
        self._calls = CallPieces()
        self._choice: dict[str, Any] = {}
        self._usage: Mapping[str, Any] = {}

    def feed(self, chunk: Mapping[str, Any]) -> bytes:
        """The line of one chunk dict; nothing for one that says no text."""
        self._created = chunk.get("created") or self._created
        if chunk.get("usage"):
            self._usage = chunk["usage"]
        lines = b""
        for choice in (chunk.get("choices") or ())[:1]:
            delta = choice.get("delta") or {}
            if choice.get("finish_reason"):
                self._choice["finish_reason"] = choice["finish_reason"]
            for call in delta.get("tool_calls") or ():
                self._calls.add(call)
            lines += self._line({name: value for name, value in delta.items() if name != "tool_calls"})
        return lines

    def finish(self, took_s: float) -> bytes:
        """The calls, and the line that ends the stream."""
        calls = self._calls.whole()
        last = {**self._opening(), **self.said({}), **ending(self._choice, {"usage": self._usage}, took_s)}
        return (self._line({"tool_calls": calls}) if calls else b"") + to_line(last)

    def said(self, delta: Mapping[str, Any]) -> dict[str, Any]:
        """What a delta says, in a line's words."""
        return {"message": {**_MESSAGE, **message_of(delta)}}

    def _opening(self) -> dict[str, Any]:
        return opening(self._model, self._created)

    def _line(self, delta: Mapping[str, Any]) -> bytes:
        said = self.said(delta)
        return b"" if said == self.said({}) else to_line({**self._opening(), **said, "done": False})


class GenerateLines(ChatLines):
    """The lines of `/api/generate`, which calls no tools."""

    def said(self, delta: Mapping[str, Any]) -> dict[str, Any]:
        """What a delta says, in a line's words."""
        return {"response": "", **generated(delta)}


def to_line(line: Mapping[str, Any]) -> bytes:
    """`line` as a line."""
    return encode_json(line) + b"\n"
