"""Images, transcriptions and rerankings."""

from __future__ import annotations

import time
from typing import Any

from pydantic import Field

from litellm.types.openai_object import OpenAIObject, as_model
from litellm.types.responses_chat import HiddenResponse
from litellm.types.usage import Usage


class ImageUsageInputTokensDetails(OpenAIObject):
    """Sorts of input tokens of an image call."""

    image_tokens: int = 0
    text_tokens: int = 0


class ImageUsage(OpenAIObject):
    """Tokens of an image call."""

    input_tokens: int = 0
    input_tokens_details: ImageUsageInputTokensDetails = Field(default_factory=ImageUsageInputTokensDetails)
    output_tokens: int = 0
    total_tokens: int = 0


class ImageObject(OpenAIObject):
    """One image: its address, or its bytes in base64."""

    b64_json: str | None = None
    url: str | None = None
    revised_prompt: str | None = None
    provider_specific_fields: dict[str, Any] | None = None


class ImageResponse(HiddenResponse):
    """A list of images."""

    created: int
    data: list[Any] | None = None
    usage: Any = None

    def __init__(
        self,
        created: int | None = None,
        data: list[Any] | None = None,
        response_ms: float | None = None,
        usage: Any = None,
        hidden_params: dict[str, Any] | None = None,
        **params: Any,
    ) -> None:
        shown: dict[str, Any] = dict.fromkeys(("background", "output_format", "quality", "size"))
        fields = {
            "created": int(time.time()) if created is None else created,
            "data": [as_model(ImageObject, image) for image in data or []],
            "usage": ImageUsage() if usage is None else as_model(ImageUsage, usage),
        }
        self._fill_response(fields, shown | params, hidden_params, None)
        if response_ms:
            self._response_ms = response_ms


class TranscriptionUsage(OpenAIObject):
    """Tokens, or seconds, of a transcription."""

    type: str | None = None

    def as_usage(self) -> Usage:
        """The same, as a chat completion's usage."""
        asked, answered = int(self.get("input_tokens") or 0), int(self.get("output_tokens") or 0)
        return Usage(prompt_tokens=asked, completion_tokens=answered, total_tokens=asked + answered)


class TranscriptionResponse(HiddenResponse):
    """The text of a recording."""

    text: str | None = None
    usage: Any = None

    def __init__(self, text: str | None = None, **params: Any) -> None:
        usage = as_model(TranscriptionUsage, params.pop("usage", None))
        self._fill_response({"text": text, "usage": usage}, params, None, None)


class RerankResponse(HiddenResponse):
    """Documents in the order of their relevance."""

    id: str | None = None
    results: list[Any] | None = None
    meta: Any = None

    def __init__(
        self, id: str | None = None, results: list[Any] | None = None, meta: Any = None, **params: Any
    ) -> None:
        self._fill_response({"id": id, "results": results, "meta": meta}, params, None, None)


class OpenAIModerationResponse(HiddenResponse):
    """Whether texts and images break OpenAI's rules, and which."""

    id: str
    model: str | None = None
    results: list[Any]

    def __init__(self, id: str = "", model: str | None = None, results: list[Any] | None = None, **params: Any) -> None:
        made = [as_model(OpenAIModerationResult, result) for result in results or []]
        self._fill_response({"id": id, "model": model, "results": made}, params, None, None)


class OpenAIModerationResult(OpenAIObject):
    """The judgement of one input."""

    flagged: bool = False
    categories: dict[str, Any] | None = None
    category_applied_input_types: dict[str, Any] | None = None
    category_scores: dict[str, Any] | None = None

    def __init__(self, **params: Any) -> None:
        known = {name: params.pop(name, None) for name in type(self).model_fields}
        self._fill(known, params)
