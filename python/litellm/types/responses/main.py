"""OpenAI's Responses API: a response, its parts, and the events of a stream."""

from __future__ import annotations

import time
from typing import Any

from litellm.types.openai_object import OpenAIObject, as_model
from litellm.types.responses.parts import OutputFunctionToolCall, OutputText, as_part
from litellm.types.responses_chat import HiddenResponse
from litellm.types.usage import Usage

__all__ = [
    "DeleteResponseResult",
    "InputTokensDetails",
    "OutputFunctionToolCall",
    "OutputText",
    "OutputTokensDetails",
    "ResponseAPIUsage",
    "ResponsesAPIResponse",
]


class InputTokensDetails(OpenAIObject):
    """Sorts of input tokens."""

    cached_tokens: int = 0
    audio_tokens: int | None = None
    text_tokens: int | None = None


class OutputTokensDetails(OpenAIObject):
    """Sorts of output tokens."""

    reasoning_tokens: int | None = None
    text_tokens: int | None = None


class ResponseAPIUsage(OpenAIObject):
    """Tokens of one response. `input_tokens` includes cached ones, `output_tokens` includes reasoning."""

    input_tokens: int = 0
    input_tokens_details: InputTokensDetails | None = None
    output_tokens: int = 0
    output_tokens_details: OutputTokensDetails | None = None
    total_tokens: int = 0
    cost: float | None = None

    def as_usage(self) -> Usage:
        """The same, as a chat completion's usage."""
        details_in, details_out = self.input_tokens_details, self.output_tokens_details
        return Usage(
            prompt_tokens=self.input_tokens,
            completion_tokens=self.output_tokens,
            total_tokens=self.total_tokens or self.input_tokens + self.output_tokens,
            prompt_tokens_details=None if details_in is None else details_in.model_dump(),
            completion_tokens_details=None if details_out is None else details_out.model_dump(),
        )


_SHOWN = (
    "error", "incomplete_details", "instructions", "metadata", "model", "parallel_tool_calls", "temperature",
    "tool_choice", "tools", "top_p", "max_output_tokens", "previous_response_id", "reasoning", "status", "text",
    "truncation", "user", "store", "background", "service_tier",
)  # fmt: skip


class ResponsesAPIResponse(HiddenResponse):
    """An answer: messages, function calls and reasoning, as a list of output items."""

    id: str
    created_at: int
    object: str = "response"
    output: list[Any]
    model: str | None = None
    status: str | None = None
    error: dict[str, Any] | None = None
    incomplete_details: Any = None
    instructions: Any = None
    metadata: dict[str, Any] | None = None
    parallel_tool_calls: bool | None = None
    temperature: float | None = None
    tool_choice: Any = None
    tools: list[Any] | None = None
    top_p: float | None = None
    max_output_tokens: int | None = None
    previous_response_id: str | None = None
    reasoning: Any = None
    text: Any = None
    truncation: str | None = None
    usage: ResponseAPIUsage | None = None
    user: str | None = None
    store: bool | None = None
    background: bool | None = None
    service_tier: str | None = None

    def __init__(
        self,
        id: str = "",
        created_at: float | None = None,
        output: list[Any] | None = None,
        usage: Any = None,
        object: str | None = None,
        **params: Any,
    ) -> None:
        fields: dict[str, Any] = {
            "id": id,
            "created_at": int(time.time() if created_at is None else created_at),
            "object": object or "response",
            "output": as_part(output or []),
            "usage": as_model(ResponseAPIUsage, usage),
        }
        fields.update((name, params.pop(name, None)) for name in _SHOWN)
        self._fill_response(fields, params, None, None)

    @property
    def output_text(self) -> str:
        """The text of all messages."""
        texts = []
        for item in self.output:
            if item.get("type") == "message":
                texts += [part.get("text") or "" for part in item.get("content") or () if part.type == "output_text"]
        return "".join(texts)


class DeleteResponseResult(HiddenResponse):
    """What deleting a response answers."""

    id: str | None = None
    object: str | None = None
    deleted: bool | None = None

    def __init__(
        self, id: str | None = None, object: str | None = None, deleted: bool | None = None, **params: Any
    ) -> None:
        self._fill_response({"id": id, "object": object, "deleted": deleted}, params, None, None)
