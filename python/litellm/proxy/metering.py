"""What a call used and cost: read from its response, or added up from as much of a stream as there was."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import orjson

from litellm.proxy.money import usd_to_pico

log = logging.getLogger("litellm.proxy.metering")


@dataclass(frozen=True, slots=True)
class Metered:
    """`usage` by OpenAI's names, and its cost in pico-dollars."""

    usage: Mapping[str, Any] = field(default_factory=dict)
    cost_pico: int = 0


def meter_response(response: Any, hidden: Mapping[str, Any]) -> Metered:
    """Of a whole response: the cost that the SDK put into its `_hidden_params`, else the price of its usage."""
    usage = usage_of(response)
    if hidden.get("response_cost") is not None and "custom_cost_per_token" not in hidden:
        return Metered(usage, _pico(hidden["response_cost"]))
    return Metered(usage, price(_with_usage(usage), hidden) if usage else 0)


def usage_of(response: Any) -> dict[str, Any]:
    """The usage of a response, in OpenAI's names; Anthropic's are translated."""
    usage = response.get("usage") if isinstance(response, dict) else getattr(response, "usage", None)
    if usage is None:
        return {}
    plain = usage if isinstance(usage, dict) else usage.model_dump(exclude_none=True)
    return anthropic_usage(plain) if "input_tokens" in plain and "prompt_tokens" not in plain else dict(plain)


def anthropic_usage(usage: Mapping[str, Any]) -> dict[str, Any]:
    """Anthropic's usage in OpenAI's names. Cached tokens are part of the prompt, as upstream counts them."""
    read, written = (int(usage.get(f"cache_{kind}_input_tokens") or 0) for kind in ("read", "creation"))
    prompt = int(usage.get("input_tokens") or 0) + read + written
    completion = int(usage.get("output_tokens") or 0)
    return {
        "prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion,
        "cache_read_input_tokens": read, "cache_creation_input_tokens": written,
    }  # fmt: skip


class StreamMeter(Protocol):
    """Sees every piece of a stream; `total` may be asked for at any moment."""

    pieces: int

    def feed(self, piece: Any) -> None: ...

    def total(self) -> Metered: ...


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
        return Metered(usage_of(built), _pico(reported) if known else price(built, self._hidden))


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

        usage = dict(self._usage)
        if not self._final:
            counted = token_counter(model=self._hidden.get("litellm_model_name") or "", text="".join(self._text))
            usage["output_tokens"] = max(counted, int(usage.get("output_tokens") or 0)) if self._text else 0
        if not any(usage.get(name) for name in ("input_tokens", "output_tokens")):
            return Metered()
        translated = anthropic_usage(usage)
        return Metered(translated, price(_with_usage(translated), self._hidden))


def _with_usage(usage: Mapping[str, Any]) -> Any:
    from litellm import ModelResponse, Usage

    return ModelResponse(usage=Usage(**usage))


def price(response: Any, hidden: Mapping[str, Any]) -> int:
    """Pico-dollars for a response with usage, of the deployment that `hidden` names; 0 when it has no price."""
    from litellm import completion_cost
    from litellm.exceptions import BadRequestError

    try:
        cost = completion_cost(
            completion_response=response,
            model=hidden.get("litellm_model_name"),
            custom_llm_provider=hidden.get("llm_provider"),
            custom_cost_per_token=hidden.get("custom_cost_per_token"),
        )
    except (ValueError, KeyError, BadRequestError) as error:
        log.warning("model %r has no price: %s", hidden.get("litellm_model_name"), error)
        return 0
    return _pico(cost)


def _pico(usd: Any) -> int:
    return usd_to_pico(usd) if isinstance(usd, (int, float)) and usd > 0 else 0
