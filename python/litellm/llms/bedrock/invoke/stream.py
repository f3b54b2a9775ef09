"""InvokeModel's stream: each event holds a piece of the family's own reply, in base64."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping
from typing import Any

from litellm.llms.bedrock.invoke.families import REASONS, TextFamily, at
from litellm.llms.wire import StreamDecoder, WireError, decode_json, encode_json

METRICS = "amazon-bedrock-invocationMetrics"
END_OF_THINKING = "</think>"
_NAMED = (b'"message', b'"contentBlock', b'"metadata')
"""How a piece of Nova's begins, whose only key names the event."""


class InvokeChunks:
    """Unpacks events and hands what is inside to the family's decoder."""

    __slots__ = ("_inner", "_seen")

    def __init__(self, inner: StreamDecoder) -> None:
        self._inner = inner
        self._seen = False

    def feed(self, event: bytes) -> list[dict[str, Any]]:
        """The chunks of one event. Raises `WireError` when it cannot be read."""
        self._seen = True
        return self._inner.feed(unpacked(event))

    def finish(self) -> list[dict[str, Any]]:
        """What is left. Raises `WireError` when no event ever came."""
        if not self._seen:
            raise WireError("the provider ended the stream before it said anything", status=None)
        return self._inner.finish()


def unpacked(event: bytes) -> bytes:
    """The piece that an event's payload holds; a payload that is no container is the piece itself."""
    try:
        data = decode_json(event)
        packed = data.get("bytes") if isinstance(data, dict) else None
        if isinstance(packed, str):
            event = base64.b64decode(packed)
            data = decode_json(event) if any(name in event[:24] for name in _NAMED) else None
    except (ValueError, binascii.Error) as error:
        raise WireError("the provider sent an event that cannot be read", status=None) from error
    if isinstance(data, dict) and len(data) == 1:
        inner = next(iter(data.values()))
        if isinstance(inner, dict) and next(iter(data)) not in ("delta", "start", "usage"):
            return encode_json(inner)  # Nova names the event around it
    return event


class TextChunks:
    """Reads the pieces of a family that answers with text."""

    __slots__ = ("_held", "_spec", "_thinking")

    def __init__(self, spec: TextFamily) -> None:
        self._spec = spec
        self._thinking = spec.thinks
        self._held = ""

    def feed(self, event: bytes) -> list[dict[str, Any]]:
        """The chunks of one piece. Raises `WireError` when it is not JSON."""
        try:
            data = decode_json(event)
        except ValueError as error:
            raise WireError("the provider sent a piece that is not JSON", status=None) from error
        if not isinstance(data, dict):
            return []
        spec = self._spec
        chunks = self._said(at(data, spec.chunk_text) or "")
        usage = _usage(data, spec)
        reason = at(data, spec.chunk_reason)
        if reason:
            chunks += self._flush()
            chunks.append(_chunk({}, REASONS.get(str(reason), "stop")))
        if usage:
            chunks.append({"choices": [], "usage": usage})
        return chunks

    def finish(self) -> list[dict[str, Any]]:
        """What was held back while it might have been the end of the thinking."""
        return self._flush()

    def _said(self, text: str) -> list[dict[str, Any]]:
        if not text:
            return []
        if not self._thinking:
            return [_chunk({"content": text})]
        text = self._held + text
        self._held = ""
        before, end, after = text.partition(END_OF_THINKING)
        if end:
            self._thinking = False
            thought = [_chunk({"reasoning_content": before})] if before else []
            return thought + ([_chunk({"content": after})] if after else [])
        keep = _overlap(text)
        self._held = text[len(text) - keep :] if keep else ""
        said = text[: len(text) - keep]
        return [_chunk({"reasoning_content": said})] if said else []

    def _flush(self) -> list[dict[str, Any]]:
        held, self._held = self._held, ""
        return [_chunk({"reasoning_content": held})] if held else []


class WholeChunks:
    """A reply that comes in one piece, as the chunks of a stream."""

    __slots__ = ("_parse",)

    def __init__(self, parse: Callable[[bytes], dict[str, Any]]) -> None:
        self._parse = parse

    def feed(self, event: bytes) -> list[dict[str, Any]]:
        """The chunks of the whole reply. Raises what reading it raises."""
        reply = self._parse(event)
        choice = reply["choices"][0]
        return [_chunk(dict(choice["message"])), {**_chunk({}, choice["finish_reason"]), "usage": reply["usage"]}]

    def finish(self) -> list[dict[str, Any]]:
        """Nothing."""
        return []


def _overlap(text: str) -> int:
    """How many characters at the end of `text` may be the beginning of the mark."""
    longest = min(len(text), len(END_OF_THINKING) - 1)
    return next((n for n in range(longest, 0, -1) if text.endswith(END_OF_THINKING[:n])), 0)


def split_thinking(text: str) -> tuple[str, str]:
    """`text`, which began inside thinking, as (thinking, answer)."""
    thinking, end, answer = text.partition(END_OF_THINKING)
    return (thinking.strip("\n"), answer.lstrip("\n")) if end else ("", text)


def _usage(data: Mapping[str, Any], spec: TextFamily) -> dict[str, int] | None:
    metrics = data.get(METRICS)
    if isinstance(metrics, dict):
        prompt, completion = metrics.get("inputTokenCount"), metrics.get("outputTokenCount")
    elif spec.counts is not None:
        prompt, completion = at(data, spec.counts[0]), at(data, spec.counts[1])
    else:
        return None
    if not isinstance(prompt, int) or not isinstance(completion, int):
        return None
    return {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion}


def _chunk(delta: dict[str, Any], reason: str | None = None) -> dict[str, Any]:
    return {"choices": [{"index": 0, "delta": delta, "finish_reason": reason}]}
