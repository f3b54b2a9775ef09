"""What a stream used and cost, added up from as much of it as there was."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from litellm.litellm_core_utils.llm_cost_calc.tool_call_cost_tracking import with_searches
from litellm.litellm_core_utils.usage_counts import countable
from litellm.proxy.metering import Metered, StreamMeter, pico_of, price, usage_of, with_usage
from litellm.proxy.usage_shapes import anthropic_usage, raw_usage, texts, translated


def stream_meter(
    events: str, body: Mapping[str, Any], hidden: Mapping[str, Any], *, plain: bool = False
) -> StreamMeter:
    """The meter for a stream whose events are like `chat` (with `plain`, dicts), `anthropic`, `responses`, `google`."""
    if events == "anthropic":
        return AnthropicStreamMeter(hidden)
    if events == "google":
        return EventsMeter(hidden)
    if events == "chat" and plain:
        return PlainChatMeter(body.get("messages"), hidden)
    return ResponsesStreamMeter(hidden) if events == "responses" else ChatStreamMeter(body.get("messages"), hidden)


class ChatStreamMeter:
    """Of OpenAI-shaped chunks. The provider's usage is taken when it came, else the text is counted."""

    def __init__(self, messages: list[Any] | None, hidden: Mapping[str, Any]) -> None:
        self._messages, self._hidden = messages, hidden
        self._chunks: list[Any] = []
        self.pieces = 0

    def feed(self, piece: Any) -> None:
        """One chunk, before it is sent."""
        self.pieces += 1
        self._chunks.append(piece)

    def total(self) -> Metered:
        """What all chunks so far add up to."""
        if not self._chunks:
            return Metered()
        from litellm import stream_chunk_builder

        built = stream_chunk_builder(self._chunks, messages=self._messages)
        if built is None:
            return Metered()
        reported = getattr(getattr(self._chunks[-1], "usage", None), "cost", None)
        known = reported and "custom_cost_per_token" not in self._hidden
        return Metered(usage_of(built), pico_of(reported) if known else price(built, self._hidden))


class PlainChatMeter:
    """Of chunks as dicts, whose last one tells the usage; what came before it is counted when it does not come."""

    def __init__(self, messages: list[Any] | None, hidden: Mapping[str, Any]) -> None:
        self._messages, self._hidden = messages, hidden
        self._usage: dict[str, Any] | None = None
        self._text: list[str] = []
        self._cited: list[Any] = []
        self.pieces = 0

    def feed(self, piece: dict[str, Any]) -> None:
        """One chunk."""
        self.pieces += 1
        if piece.get("usage"):
            self._usage = piece["usage"]
        for choice in piece.get("choices") or ():
            delta = choice.get("delta") or {}
            if delta.get("annotations"):
                self._cited += delta["annotations"]
            if len(delta) == 1 and isinstance(content := delta.get("content"), str):
                self._text.append(content)
            else:
                self._text += texts_of(delta)

    def total(self) -> Metered:
        """What all chunks so far add up to."""
        if not self.pieces:
            return Metered()
        usage = self._usage or self._counted()
        reported = usage.get("cost")
        if reported and "custom_cost_per_token" not in self._hidden:
            return Metered(usage, pico_of(reported))
        return Metered(usage, price(with_usage(usage, self._cited), self._hidden))

    def _counted(self) -> dict[str, Any]:
        from litellm import token_counter

        model = self._hidden.get("litellm_model_name") or ""
        prompt = int(token_counter(model=model, messages=self._messages)) if self._messages else 0
        completion = int(token_counter(model=model, text="".join(self._text))) if self._text else 0
        return {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion}


def texts_of(delta: Mapping[str, Any]) -> list[str]:
    """What the tokens of a chunk went into: text, reasoning, arguments of calls."""
    found = [delta[name] for name in ("content", "reasoning_content") if isinstance(delta.get(name), str)]
    calls = [(call.get("function") or {}) for call in delta.get("tool_calls") or ()]
    return found + [text for call in calls for text in (call.get("name"), call.get("arguments")) if text]


class AnthropicStreamMeter:
    """Of Anthropic's events. Output is taken from `message_delta`, else counted from the text that was sent."""

    def __init__(self, hidden: Mapping[str, Any]) -> None:
        self._hidden = hidden
        self._usage: dict[str, Any] = {}
        self._final = False
        self._text: list[str] = []
        self.pieces = 0

    def feed(self, piece: bytes) -> None:
        """One whole event."""
        self.pieces += 1
        data = next((line[5:] for line in piece.split(b"\n") if line.startswith(b"data:")), b"")
        try:
            event = orjson.loads(data)
        except orjson.JSONDecodeError:  # the client sees what the provider sent; there is nothing to count in it
            return
        if isinstance(event, dict):
            self._event(event)

    def _event(self, event: Mapping[str, Any]) -> None:
        kind = event.get("type")
        if kind == "content_block_delta":
            delta = event.get("delta") or {}
            self._text += [delta[name] for name in ("text", "thinking", "partial_json") if delta.get(name)]
        elif kind == "message_start":
            self._usage |= (event.get("message") or {}).get("usage") or {}
        elif kind == "message_delta":
            reported = event.get("usage") or {}
            self._usage |= {name: value for name, value in reported.items() if value is not None}
            self._final = self._final or "output_tokens" in reported

    def total(self) -> Metered:
        """What all events so far add up to."""
        from litellm import token_counter

        usage = dict(countable(self._usage) or {})
        if not self._final:
            counted = token_counter(model=self._hidden.get("litellm_model_name") or "", text="".join(self._text))
            usage["output_tokens"] = max(counted, int(usage.get("output_tokens") or 0)) if self._text else 0
        if not any(usage.get(name) for name in ("input_tokens", "output_tokens")):
            return Metered()
        translated = anthropic_usage(usage)
        return Metered(translated, price(with_usage(translated), self._hidden))


class ResponsesStreamMeter:
    """Of the Responses API's events. The last one has the usage; without it, the text that was sent is counted."""

    def __init__(self, hidden: Mapping[str, Any]) -> None:
        self._hidden = hidden
        self._usage: dict[str, Any] = {}
        self._text: list[str] = []
        self.pieces = 0

    def feed(self, piece: Any) -> None:
        """One event."""
        self.pieces += 1
        event = piece if isinstance(piece, dict) else piece.model_dump(exclude_none=True)
        if isinstance(event.get("delta"), str):
            self._text.append(event["delta"])
        response = event.get("response")
        if isinstance(response, dict) and response.get("usage"):
            self._usage = with_searches(usage_of(response), response.get("output"))

    def total(self) -> Metered:
        """What all events so far add up to."""
        from litellm import token_counter

        usage = self._usage
        if not usage and self._text:
            counted = token_counter(model=self._hidden.get("litellm_model_name") or "", text="".join(self._text))
            usage = anthropic_usage({"output_tokens": counted})
        return Metered(usage, price(with_usage(usage), self._hidden)) if usage else Metered()


class EventsMeter:
    """Of server-sent events of any provider's API. The usage is taken when it came, else the text is counted."""

    def __init__(self, hidden: Mapping[str, Any], prompt_tokens: int = 0) -> None:
        self._hidden, self._prompt_tokens = hidden, prompt_tokens
        self._usage: dict[str, Any] = {}
        self._text: list[str] = []
        self.pieces = 0

    def feed(self, piece: bytes) -> None:
        """One whole event."""
        data = b"\n".join(line[5:].strip() for line in piece.split(b"\n") if line.startswith(b"data:"))
        try:
            event = orjson.loads(data)
        except orjson.JSONDecodeError:  # a comment, `[DONE]`, or not JSON: nothing to count
            return
        self.saw(event)

    def saw(self, event: Any) -> None:
        """One event's JSON."""
        self.pieces += 1
        if isinstance(event, dict):
            self._usage |= {name: value for name, value in raw_usage(event).items() if value is not None}
            self._text += texts(event)

    def total(self) -> Metered:
        """What all events so far add up to."""
        from litellm import token_counter

        usage = translated(self._usage)
        if not usage.get("completion_tokens") and self._text:
            counted = token_counter(model=self._hidden.get("litellm_model_name") or "", text="".join(self._text))
            prompt = usage.get("prompt_tokens") or self._prompt_tokens
            usage = {"prompt_tokens": prompt, "completion_tokens": counted, "total_tokens": prompt + counted}
        return Metered(usage, price(with_usage(usage), self._hidden)) if usage else Metered()
