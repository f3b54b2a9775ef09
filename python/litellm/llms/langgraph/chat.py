"""LangGraph's server: a stateless run of an assistant.

Source: LangGraph Platform's API reference (`/runs/wait`, `/runs/stream`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from litellm.llms.chunks import chunk
from litellm.llms.openai.messages import as_dict
from litellm.llms.prompted import PromptedFormat, counted_usage, spaced, text_reply, texts_of
from litellm.llms.wire import (
    ChatCall,
    WireError,
    WireFormat,
    WireRequest,
    decode_json,
    encode_json,
)

_ROLES: Mapping[str, str] = {"user": "human"}
_ANSWERS = ("ai", "assistant", "AIMessageChunk", "AIMessage")


def chat_format(provider: str, model: str) -> WireFormat:
    """One format for all assistants."""
    return LangGraphChat()


class LangGraphChat(PromptedFormat):
    """`POST /runs/wait`, or `/runs/stream`; the model's name is the assistant."""

    params = ("stream",)

    def build_request(self, call: ChatCall) -> WireRequest:
        """The POST that starts a run."""
        plain = [message if isinstance(message, dict) else as_dict(message) for message in call.messages]
        said = [
            {"role": _ROLES.get(str(message.get("role")), message.get("role")), "content": text}
            for message, text in zip(plain, texts_of(plain), strict=True)
        ]
        body: dict[str, Any] = {"assistant_id": call.model, "input": {"messages": said}}
        params = dict(call.params)
        body.update(params.pop("extra_body", None) or {})
        body.update(params)
        task = "/runs/stream" if call.stream else "/runs/wait"
        url = (call.api_base or "").rstrip("/") + task
        return WireRequest("POST", url, self.headers(call), encode_json(body))

    def parse_response(self, call: ChatCall, status: int, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
        """The last answer of the run's state. Raises `WireError` when there is none."""
        try:
            state = decode_json(body)
        except ValueError as error:
            raise WireError("the provider's reply is not JSON", status=None) from error
        text = last_answer(state)
        if text is None:
            raise WireError("the provider's reply holds no answer")
        return text_reply(call.model, text, usage=counted_usage(spaced(call.messages), text))

    def stream_decoder(self, call: ChatCall) -> LangGraphChunks:
        """A decoder for one streamed reply."""
        return LangGraphChunks()


def last_answer(state: Any) -> str | None:
    """The text of the last message by the assistant in a run's state."""
    messages = state.get("messages") if isinstance(state, dict) else None
    for message in reversed(messages if isinstance(messages, list) else []):
        if isinstance(message, dict) and (message.get("type") or message.get("role")) in _ANSWERS:
            return texts_of([message])[0]
    return None


class LangGraphChunks:
    """Reads the events of a run: whole states (`values`), or pieces of messages with their metadata."""

    __slots__ = ("_said",)

    def __init__(self) -> None:
        self._said = ""

    def feed(self, event: bytes) -> list[dict[str, Any]]:
        """What one event adds to the answer. What is not JSON, as a heartbeat, is passed over."""
        try:
            data = decode_json(event)
        except ValueError:
            return []
        if isinstance(data, list) and data and isinstance(data[0], dict):
            if (data[0].get("type") or "") not in _ANSWERS:
                return []
            return self._add(texts_of([data[0]])[0])
        text = last_answer(data)
        if text is None or not text.startswith(self._said):
            return []
        return self._add(text[len(self._said) :])

    def finish(self) -> list[dict[str, Any]]:
        """Nothing: every event was answered when it came."""
        return []

    def _add(self, text: str) -> list[dict[str, Any]]:
        self._said += text
        return [chunk({"content": text})] if text else []
