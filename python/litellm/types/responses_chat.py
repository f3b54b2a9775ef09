"""Chat responses, whole and streamed."""

from __future__ import annotations

import time
from typing import Any

from pydantic import PrivateAttr

from litellm.types.chat import Choices, StreamingChoices
from litellm.types.ids import new_id
from litellm.types.openai_object import OpenAIObject, as_model
from litellm.types.usage import Usage


class HiddenResponse(OpenAIObject):
    """A response that knows more of itself than it shows: `_hidden_params`, `_response_headers`, `_response_ms`."""

    _hidden_params: dict[str, Any] = PrivateAttr(default_factory=dict)
    _response_headers: dict[str, Any] | None = PrivateAttr(default=None)
    _response_ms: float | None = PrivateAttr(default=None)

    def _fill_response(self, fields: dict[str, Any], extra: dict[str, Any], hidden: Any, headers: Any) -> None:
        private = {
            "_hidden_params": {} if hidden is None else hidden,
            "_response_headers": headers,
            "_response_ms": None,
        }
        self._fill(fields, extra, private)


class ModelResponse(HiddenResponse):
    """An OpenAI chat.completion. `usage` exists once it is known."""

    id: str
    created: int
    model: str | None = None
    object: str
    system_fingerprint: str | None = None
    choices: list[Any]

    def __init__(
        self,
        id: str | None = None,
        choices: Any = None,
        created: int | None = None,
        model: str | None = None,
        object: str | None = None,
        system_fingerprint: str | None = None,
        usage: Any = None,
        stream: bool | None = None,
        stream_options: Any = None,
        response_ms: float | None = None,
        hidden_params: dict[str, Any] | None = None,
        _response_headers: dict[str, Any] | None = None,
        **params: Any,
    ) -> None:
        if choices is None:
            made = [Choices()]
        elif isinstance(choices, list):
            made = [as_model(Choices, choice) for choice in choices]
        else:
            made = [choices]
        if usage is not None:
            params = {"usage": as_model(Usage, usage)} | params
        fields = {
            "id": id or new_id(),
            "created": int(time.time()) if created is None else created,
            "model": model,
            "object": object or "chat.completion",
            "system_fingerprint": system_fingerprint,
            "choices": made,
        }
        self._fill_response(fields, params, hidden_params, _response_headers)
        if response_ms:
            self._response_ms = response_ms


class ModelResponseStream(HiddenResponse):
    """An OpenAI chat.completion.chunk."""

    id: str
    created: int
    model: str | None = None
    object: str
    system_fingerprint: str | None = None
    choices: list[Any]
    provider_specific_fields: dict[str, Any] | None = None

    def __init__(
        self,
        choices: Any = None,
        id: str | None = None,
        created: int | None = None,
        provider_specific_fields: dict[str, Any] | None = None,
        *,
        model: str | None = None,
        object: str | None = None,
        system_fingerprint: str | None = None,
        usage: Any = None,
        hidden_params: dict[str, Any] | None = None,
        **params: Any,
    ) -> None:
        if choices is None:
            made = [StreamingChoices()]
        elif isinstance(choices, list):
            made = [as_model(StreamingChoices, choice) for choice in choices]
        else:
            made = [as_model(StreamingChoices, choices)]
        if usage is not None:
            params["usage"] = as_model(Usage, usage)
        fields = {
            "id": id or new_id(),
            "created": int(time.time()) if created is None else created,
            "model": model,
            "object": object or "chat.completion.chunk",
            "system_fingerprint": system_fingerprint,
            "choices": made,
            "provider_specific_fields": provider_specific_fields,
        }
        self._fill_response(fields, params, hidden_params, None)


class Embedding(OpenAIObject):
    """One vector."""

    embedding: Any
    index: int
    object: str = "embedding"


class EmbeddingResponse(HiddenResponse):
    """A list of vectors."""

    model: str | None = None
    data: list[Any]
    object: str = "list"
    usage: Any = None

    def __init__(
        self,
        model: str | None = None,
        usage: Any = None,
        response_ms: float | None = None,
        data: list[Any] | None = None,
        hidden_params: dict[str, Any] | None = None,
        _response_headers: dict[str, Any] | None = None,
        **params: Any,
    ) -> None:
        fields = {
            "model": model,
            "data": data or [],
            "object": params.pop("object", None) or "list",
            "usage": Usage() if usage is None else as_model(Usage, usage),
        }
        self._fill_response(fields, params, hidden_params, _response_headers)
        if response_ms:
            self._response_ms = response_ms


class Logprobs(OpenAIObject):
    """Log probabilities of a text completion."""

    text_offset: list[int] | None = None
    token_logprobs: list[float | None] | None = None
    tokens: list[str] | None = None
    top_logprobs: list[dict[str, float] | None] | None = None


class TextChoices(OpenAIObject):
    """One text completion."""

    def __init__(
        self,
        finish_reason: str | None = None,
        index: int = 0,
        text: str | None = None,
        logprobs: Any = None,
        **params: Any,
    ) -> None:
        made = {"finish_reason": finish_reason, "index": index, "text": text, "logprobs": as_model(Logprobs, logprobs)}
        self._fill({}, made | params)


class TextCompletionResponse(HiddenResponse):
    """An OpenAI text_completion, whole or a chunk of one."""

    id: str
    object: str
    created: int
    model: str | None
    choices: list[Any]
    usage: Any

    def __init__(
        self,
        id: str | None = None,
        choices: Any = None,
        created: int | None = None,
        model: str | None = None,
        usage: Any = None,
        stream: bool = False,
        response_ms: float | None = None,
        object: str | None = None,
        hidden_params: dict[str, Any] | None = None,
        **params: Any,
    ) -> None:
        made = [as_model(TextChoices, choice) for choice in choices] if choices is not None else [TextChoices()]
        fields = {
            "id": id or new_id(),
            "object": object or "text_completion",
            "created": int(time.time()) if created is None else created,
            "model": model,
            "choices": made,
            "usage": as_model(Usage, usage) if usage is not None or stream else Usage(),
        }
        self._fill_response(fields, params, hidden_params, None)
        if response_ms:
            self._response_ms = response_ms
