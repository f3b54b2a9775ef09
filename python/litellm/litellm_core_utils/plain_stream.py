"""Streams of plain data, for whoever passes chunks on without looking at them as objects."""

from __future__ import annotations

from typing import Any

from litellm.litellm_core_utils.streaming_handler import ChunkFlow
from litellm.litellm_core_utils.token_counter import token_counter
from litellm.types.utils import ModelResponse, Usage


class PlainFlow(ChunkFlow):
    """A `ChunkFlow` whose chunks are OpenAI chat.completion.chunk dicts. Keeps no chunk, only the text."""

    def __init__(self, **arguments: Any) -> None:
        super().__init__(**arguments)
        self._said: list[str] = []

    @property
    def text(self) -> str:
        """The text so far."""
        return "".join(self._said)

    def _part(
        self, index: int, delta: dict[str, Any], logprobs: Any = None, finish_reason: str | None = None
    ) -> dict[str, Any]:
        if content := delta.get("content"):
            self._said.append(content)
        part: dict[str, Any] = {
            "index": index,
            "delta": {name: value for name, value in delta.items() if value is not None},
        }
        if logprobs is not None:
            part["logprobs"] = logprobs
        if finish_reason is not None:
            part["finish_reason"] = finish_reason
        return part

    def _chunk(self, choices: list[Any], model: str | None = None) -> dict[str, Any]:
        return {
            "id": self.response_id,
            "created": self.created,
            "model": self.model,
            "object": "chat.completion.chunk",
            "choices": choices,
        }

    def _close(self, closing: list[Any]) -> None:
        if not self.include_usage:
            return
        last = self._chunk([self._part(0, {})])
        last["usage"] = self._told_usage()
        closing.append(last)

    def _told_usage(self) -> dict[str, Any]:
        usage = Usage(**(self.usage or self._counted()))
        cost = self.cost_of(ModelResponse(model=self.model, usage=usage)) if self.cost_of is not None else None
        if cost:
            usage["cost"] = cost
        told: dict[str, Any] = usage.model_dump(exclude_none=True)
        return told

    def _counted(self) -> dict[str, int]:
        """Tokens of a stream whose provider told none."""
        prompt = token_counter(model=self.model or "", messages=self.messages) if self.messages else 0
        completion = token_counter(model=self.model or "", text=self.text) if self._said else 0
        return {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion}
