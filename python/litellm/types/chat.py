"""Chat messages, tool calls and choices, whole and streamed."""

from __future__ import annotations

import json
from typing import Any, Literal

from litellm.types.finish_reasons import OPENAI_FINISH_REASONS, map_finish_reason
from litellm.types.ids import new_id
from litellm.types.openai_object import OpenAIObject, as_model

ChatRole = Literal["assistant", "user", "system", "tool", "function"]


class FunctionCall(OpenAIObject):
    """A call of a function, in OpenAI's first form."""

    arguments: str
    name: str | None = None


class Function(OpenAIObject):
    """Which function is called, with which arguments, as JSON text."""

    arguments: str
    name: str | None = None

    def __init__(self, arguments: dict[str, Any] | str | None = None, name: str | None = None, **params: Any) -> None:
        if arguments is None:
            arguments = ""
        elif not isinstance(arguments, str):
            arguments = json.dumps(arguments)
        self._fill({"arguments": arguments, "name": name}, params)


class ChatCompletionMessageToolCall(OpenAIObject):
    """One tool call of a message."""

    def __init__(self, function: Any = None, id: str | None = None, type: str | None = None, **params: Any) -> None:
        fields = {
            "function": as_model(Function, function),
            "id": id or new_id(""),
            "type": type or "function",
        }
        self._fill({}, fields | params)


class ChatCompletionDeltaToolCall(OpenAIObject):
    """A piece of a tool call in a stream."""

    id: str | None = None
    function: Any
    type: str | None = None
    index: int = 0

    def __init__(
        self, function: Any = None, id: str | None = None, type: str | None = None, index: int | None = 0, **params: Any
    ) -> None:
        self._fill({"id": id, "function": as_model(Function, function), "type": type, "index": index or 0}, params)


class Message(OpenAIObject):
    """A message. Fields that nothing was said of do not exist, but for those that OpenAI always has."""

    content: Any = None
    role: str = "assistant"
    tool_calls: Any = None
    function_call: Any = None

    def __init__(
        self,
        content: str | None = None,
        role: ChatRole | None = "assistant",
        function_call: Any = None,
        tool_calls: list[Any] | None = None,
        audio: Any = None,
        images: list[Any] | None = None,
        provider_specific_fields: dict[str, Any] | None = None,
        reasoning_content: str | None = None,
        thinking_blocks: list[Any] | None = None,
        reasoning_items: list[Any] | None = None,
        annotations: list[Any] | None = None,
        **params: Any,
    ) -> None:
        if tool_calls is not None:
            tool_calls = [as_model(ChatCompletionMessageToolCall, call) for call in tool_calls] or None
        extra = params
        for name, value in (
            ("audio", audio),
            ("images", images),
            ("reasoning_content", reasoning_content),
            ("thinking_blocks", thinking_blocks),
            ("reasoning_items", reasoning_items),
            ("annotations", annotations),
        ):
            if value is not None:
                extra[name] = value
        extra["provider_specific_fields"] = provider_specific_fields
        fields = {
            "content": content,
            "role": role or "assistant",
            "tool_calls": tool_calls,
            "function_call": as_model(FunctionCall, function_call),
        }
        self._fill(fields, extra)


class Delta(OpenAIObject):
    """What a chunk adds to a message."""

    def __init__(
        self,
        content: Any = None,
        role: Any = None,
        function_call: Any = None,
        tool_calls: Any = None,
        audio: Any = None,
        **params: Any,
    ) -> None:
        if tool_calls is not None:
            tool_calls = [_delta_call(call) for call in tool_calls] or None
        more = {name: value for name, value in params.items() if value is not None} if params else params
        extra = {
            **more,
            "provider_specific_fields": more.get("provider_specific_fields"),
            "content": content,
            "role": role,
            "function_call": None if function_call is None else as_model(FunctionCall, function_call),
            "tool_calls": tool_calls,
            "audio": audio,
        }
        self._fill({}, extra)


def _delta_call(call: Any) -> Any:
    if isinstance(call, dict):
        return ChatCompletionDeltaToolCall(**{**call, "type": call.get("type") or "function"})
    return call


class TopLogprob(OpenAIObject):
    """One likely token."""

    token: str
    bytes: list[int] | None = None
    logprob: float


class ChatCompletionTokenLogprob(OpenAIObject):
    """One token and the likeliest others in its place."""

    token: str
    bytes: list[int] | None = None
    logprob: float
    top_logprobs: list[TopLogprob]


class ChoiceLogprobs(OpenAIObject):
    """Log probabilities of a choice's tokens."""

    content: list[ChatCompletionTokenLogprob] | None = None
    refusal: list[ChatCompletionTokenLogprob] | None = None

    def __init__(self, **params: Any) -> None:
        if params.get("refusal") is None:
            params.pop("refusal", None)
        super().__init__(**params)


class Choices(OpenAIObject):
    """One answer. A finish reason that OpenAI does not have becomes the nearest that it has, and is kept beside it."""

    finish_reason: str = "stop"
    index: int = 0
    message: Any = None

    def __init__(
        self,
        finish_reason: str | None = None,
        index: int = 0,
        message: Any = None,
        logprobs: Any = None,
        enhancements: Any = None,
        provider_specific_fields: dict[str, Any] | None = None,
        **params: Any,
    ) -> None:
        if finish_reason and finish_reason not in OPENAI_FINISH_REASONS:
            provider_specific_fields = {**(provider_specific_fields or {}), "native_finish_reason": finish_reason}
            finish_reason = map_finish_reason(finish_reason)
        if message is None:
            message = Message()
        fields = {"finish_reason": finish_reason or "stop", "index": index, "message": as_model(Message, message)}
        extra = params
        if logprobs is not None:
            extra["logprobs"] = as_model(ChoiceLogprobs, logprobs)
        if enhancements is not None:
            extra["enhancements"] = enhancements
        if provider_specific_fields is not None:
            extra["provider_specific_fields"] = provider_specific_fields
        self._fill(fields, extra)


class StreamingChoices(OpenAIObject):
    """One answer's part of a chunk."""

    def __init__(
        self,
        finish_reason: str | None = None,
        index: int = 0,
        delta: Any = None,
        logprobs: Any = None,
        enhancements: Any = None,
        **params: Any,
    ) -> None:
        if finish_reason and finish_reason not in OPENAI_FINISH_REASONS:
            finish_reason = map_finish_reason(finish_reason)
        extra: dict[str, Any] = {
            "finish_reason": finish_reason,
            "index": index,
            "delta": Delta() if delta is None else as_model(Delta, delta),
        }
        if enhancements is not None:
            extra["enhancements"] = enhancements
        extra["logprobs"] = None if logprobs is None else as_model(ChoiceLogprobs, logprobs)
        if params:
            extra |= params
        self._fill({}, extra)
