"""What decoders of streams share: reading one event as JSON, and writing one chunk."""

from __future__ import annotations

from typing import Any

from litellm.llms.wire import WireError, decode_json, encode_json, read_error

NOTHING: dict[str, Any] = {}


def read_event(event: bytes) -> dict[str, Any]:
    """One event's data as a dict; empty for `[DONE]`. Raises `WireError` when it is not an object, or says an error."""
    text = event.strip()
    if not text or text == b"[DONE]":
        return NOTHING
    try:
        data = decode_json(text)
    except ValueError as error:
        quoted = event[:2000].decode("utf-8", "replace")
        raise WireError(f"an event of the provider's stream is not valid JSON: {quoted!r}") from error
    if not isinstance(data, dict):
        raise WireError(f"an event of the provider's stream is not an object: {event[:200]!r}")
    if data.get("error"):
        details = read_error(encode_json(data))
        raise WireError(details.message, details=details)
    return data


def chunk(delta: dict[str, Any], reason: str | None = None) -> dict[str, Any]:
    """A chat.completion.chunk with one choice."""
    return {"choices": [{"index": 0, "delta": delta, "finish_reason": reason}]}


def token_usage(prompt: int, completion: int) -> dict[str, Any]:
    """Usage of which nothing but the two counts is known."""
    return {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion}
