"""What an entry of the cache must look like to be an answer: whatever else is found there is a miss."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from litellm.types.media import RerankResponse
from litellm.types.responses.main import ResponsesAPIResponse
from litellm.types.utils import EmbeddingResponse, ModelResponse, TextCompletionResponse, TranscriptionResponse


class _Shape(BaseModel):
    """The fields that are read of an answer; what more there is, is let through."""

    model_config = ConfigDict(extra="allow", strict=True)


class _Usage(_Shape):
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    total_tokens: int | None = None
    input_tokens: int | None = None
    output_tokens: int | None = None


class _Answer(_Shape):
    id: str | None = None
    model: str | None = None
    usage: _Usage | None = None


class _ToolCall(_Shape):
    function: dict[str, Any] | None = None


class _Message(_Shape):
    role: str | None = None
    content: str | list[Any] | None = None
    tool_calls: list[_ToolCall] | None = None
    function_call: dict[str, Any] | None = None


class _ChatChoice(_Shape):
    index: int = 0
    message: _Message
    finish_reason: str | None = None


class _Chat(_Answer):
    choices: list[_ChatChoice] = Field(min_length=1)


class _TextChoice(_Shape):
    index: int = 0
    text: str
    finish_reason: str | None = None


class _Text(_Answer):
    choices: list[_TextChoice] = Field(min_length=1)


class _Vector(_Shape):
    embedding: list[Any] | str


class _Embeddings(_Answer):
    data: list[_Vector] = Field(min_length=1)


class _Transcription(_Shape):
    text: str


class _Ranking(_Shape):
    results: list[dict[str, Any]]


class _Responses(_Answer):
    output: list[dict[str, Any]]


class _Block(_Shape):
    type: str
    text: str | None = None
    thinking: str | None = None
    input: dict[str, Any] | None = None


class AnthropicMessage(_Answer):
    """Anthropic's whole message."""

    content: list[_Block]


SHAPES: Mapping[type[Any], type[BaseModel]] = {
    ModelResponse: _Chat,
    TextCompletionResponse: _Text,
    EmbeddingResponse: _Embeddings,
    TranscriptionResponse: _Transcription,
    RerankResponse: _Ranking,
    ResponsesAPIResponse: _Responses,
    AnthropicMessage: AnthropicMessage,
}


def fits(found: Any, kind: type[Any]) -> bool:
    """Whether what was found is an answer of this kind."""
    try:
        SHAPES[kind].model_validate(found)
    except ValidationError:
        return False
    return True
