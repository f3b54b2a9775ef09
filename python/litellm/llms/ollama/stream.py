"""Ollama's streams, of both endpoints, as OpenAI chat.completion.chunk dicts."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from typing import Any

from litellm.llms.chunks import chunk, read_event, token_usage
from litellm.llms.openai.messages import THINK_CLOSE, THINK_OPEN

CalledTool = Callable[[str], dict[str, Any] | None]


class OllamaChunks:
    """Reads one stream. With `called_tool`, the text is held back: it may turn out to be a call."""

    __slots__ = ("_called_tool", "_calls", "_held", "_thinking")

    def __init__(self, called_tool: CalledTool | None = None) -> None:
        self._called_tool = called_tool
        self._held: list[str] = []
        self._thinking = False
        self._calls = 0

    def feed(self, event: bytes) -> list[dict[str, Any]]:
        """The chunks of one line. Raises `WireError` for an error or what is not a JSON object."""
        data = read_event(event)
        message = data.get("message")
        said = (
            message
            if isinstance(message, dict)
            else {"content": data.get("response"), "thinking": data.get("thinking")}
        )
        made = self._said(said)
        if data.get("done"):
            made += self._end(data)
        return made

    def finish(self) -> list[dict[str, Any]]:
        """What was held back of a stream that did not say its end."""
        return self._release()[0]

    def _said(self, said: dict[str, Any]) -> list[dict[str, Any]]:
        made = []
        if said.get("thinking"):
            made.append(chunk({"reasoning_content": str(said["thinking"])}))
        text = str(said.get("content") or "")
        if text and self._called_tool is not None:
            made += self._maybe_a_call(text)
        elif text:
            made.append(self._text(text))
        calls = tool_calls(said.get("tool_calls"), self._calls)
        if calls:
            self._calls += len(calls)
            made.append(chunk({"tool_calls": calls}))
        return made

    def _maybe_a_call(self, text: str) -> list[dict[str, Any]]:
        """Nothing while the text may become a call, which is an object in JSON; all of it once it cannot."""
        self._held.append(text)
        held = "".join(self._held)
        if held.lstrip()[:1] in ("", "{"):
            return []
        self._called_tool = None
        self._held.clear()
        return [self._text(held)]

    def _text(self, text: str) -> dict[str, Any]:
        """Text, or thinking while inside `<think>` tags, which models send as pieces of their own."""
        if THINK_OPEN in text:
            self._thinking = True
            text = text.replace(THINK_OPEN, "", 1)
        if self._thinking and THINK_CLOSE in text:
            self._thinking = False
            thought, _, rest = text.partition(THINK_CLOSE)
            return chunk({"reasoning_content": thought, "content": rest} if thought else {"content": rest})
        return chunk({"reasoning_content": text} if self._thinking else {"content": text})

    def _end(self, data: dict[str, Any]) -> list[dict[str, Any]]:
        made, called = self._release()
        reason = "tool_calls" if called or self._calls else str(data.get("done_reason") or "stop")
        last = chunk({}, reason)
        if data.get("prompt_eval_count") is not None or data.get("eval_count") is not None:
            last["usage"] = token_usage(int(data.get("prompt_eval_count") or 0), int(data.get("eval_count") or 0))
        return [*made, last]

    def _release(self) -> tuple[list[dict[str, Any]], bool]:
        """The text that was held back, or the call that it was."""
        text = "".join(self._held)
        self._held.clear()
        if not text:
            return [], False
        call = self._called_tool(text) if self._called_tool is not None else None
        if call is None:
            return [chunk({"content": text})], False
        return [chunk({"content": "", "tool_calls": [call]})], True


def tool_calls(calls: Any, start: int = 0) -> list[dict[str, Any]]:
    """Ollama's tool calls, whose arguments are objects and that have no ids, as OpenAI's, counted from `start`."""
    made = []
    for index, call in enumerate(calls if isinstance(calls, list) else (), start):
        function = (call.get("function") or {}) if isinstance(call, dict) else {}
        arguments = function.get("arguments")
        if not isinstance(arguments, str):
            arguments = json.dumps(arguments if arguments is not None else {})
        made.append(
            {
                "index": index,
                "id": str(call.get("id") or uuid.uuid4()) if isinstance(call, dict) else str(uuid.uuid4()),
                "type": "function",
                "function": {"name": function.get("name"), "arguments": arguments},
            }
        )
    return made
