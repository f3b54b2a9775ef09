"""Gemini's streamed replies as OpenAI chat.completion.chunk dicts: each event becomes one chunk."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from litellm.llms.gemini.candidate import Parts, finish_reason
from litellm.llms.gemini.grounding import logprobs
from litellm.llms.gemini.response import MISSHAPEN, error_in_body, metadata, usage_of
from litellm.llms.gemini.usage import served_tier
from litellm.llms.wire import WireError, decode_json


class GeminiChunks:
    """Reads one stream. Gemini repeats the usage so far in every event; only the last counts."""

    __slots__ = ("_any", "_calls", "_grounding", "_usage")

    def __init__(self) -> None:
        self._any = False
        self._calls: dict[int, int] = {}
        self._usage: dict[str, Any] | None = None
        self._grounding: list[Any] = []

    def feed(self, event: bytes) -> list[dict[str, Any]]:
        """The chunks of one event. Raises `WireError` for an error event, and for one that is not an object."""
        try:
            data = decode_json(event)
        except ValueError as error:
            quoted = event[:2000].decode("utf-8", "replace")
            raise WireError(f"an event of the provider's stream is not valid JSON: {quoted!r}") from error
        if isinstance(data, list) and data and isinstance(data[0], dict):
            data = data[0]  # an error may come as a list of one
        if not isinstance(data, dict):
            raise WireError(f"an event of the provider's stream is not an object: {event[:200]!r}")
        if "error" in data:
            raise error_in_body(data)
        self._any = True
        try:
            return [self._chunk(data)]
        except MISSHAPEN as error:
            raise WireError("an event of the provider's stream is not shaped as Gemini's are") from error

    def _chunk(self, data: Mapping[str, Any]) -> dict[str, Any]:
        candidates = data.get("candidates") or []
        chunk: dict[str, Any] = {"choices": [self._choice(index, entry) for index, entry in enumerate(candidates)]}
        if (data.get("promptFeedback") or {}).get("blockReason"):
            chunk["choices"] = [{"index": 0, "delta": {}, "finish_reason": "content_filter"}]
        if data.get("responseId"):
            chunk["id"] = data["responseId"]
        said = metadata(candidates)
        chunk.update(said)
        chunk["vertex_ai_safety_ratings"] = said["vertex_ai_safety_results"]
        self._grounding.extend(entry for entry in candidates if entry.get("groundingMetadata"))
        if data.get("usageMetadata"):
            self._usage = dict(data["usageMetadata"])
        return chunk

    def _choice(self, position: int, candidate: Mapping[str, Any]) -> dict[str, Any]:
        index = candidate.get("index", position)
        first = self._calls.get(index, 0)
        parts = Parts(candidate, first)
        self._calls[index] = first + len(parts.calls)
        choice: dict[str, Any] = {"index": index, "delta": parts.delta()}
        probabilities = logprobs(candidate.get("logprobsResult"))
        if probabilities is not None:
            choice["logprobs"] = probabilities
        native = candidate.get("finishReason")
        if native:
            choice["finish_reason"] = finish_reason(native, called_tools=self._calls[index] > 0)
        return choice

    def finish(self) -> list[dict[str, Any]]:
        """The usage. Raises `WireError` when nothing was read at all."""
        if not self._any:
            raise WireError("the provider's stream ended before it said anything")
        if self._usage is None:
            return []
        try:
            last: dict[str, Any] = {"choices": [], "usage": usage_of(self._usage, self._grounding)}
        except MISSHAPEN as error:
            raise WireError("the usage of the provider's stream is not shaped as Gemini's is") from error
        tier = served_tier(self._usage)
        if tier is not None:
            last["hidden_params"] = {"service_tier": tier}
        return [last]
