"""Response types and their parts, under the path that LiteLLM's users import them from."""

from __future__ import annotations

from enum import Enum
from typing import Any, TypeAlias

from pydantic import BaseModel

from litellm.types.binary import HttpxBinaryResponseContent
from litellm.types.chat import (
    ChatCompletionDeltaToolCall,
    ChatCompletionMessageToolCall,
    ChatCompletionTokenLogprob,
    ChoiceLogprobs,
    Choices,
    Delta,
    Function,
    FunctionCall,
    Message,
    StreamingChoices,
    TopLogprob,
)
from litellm.types.media import (
    ImageObject,
    ImageResponse,
    ImageUsage,
    OpenAIModerationResponse,
    RerankResponse,
    TranscriptionResponse,
)
from litellm.types.openai_object import OpenAIObject
from litellm.types.parameters import all_litellm_params
from litellm.types.providers import LlmProviders
from litellm.types.responses_chat import (
    Embedding,
    EmbeddingResponse,
    Logprobs,
    ModelResponse,
    ModelResponseStream,
    TextChoices,
    TextCompletionResponse,
)
from litellm.types.usage import (
    CacheCreationTokenDetails,
    CompletionTokensDetailsWrapper,
    PromptTokensDetailsWrapper,
    ServerToolUse,
    Usage,
)

__all__ = [
    "BudgetConfig",
    "CacheCreationTokenDetails",
    "CallTypes",
    "ChatCompletionDeltaToolCall",
    "ChatCompletionMessageToolCall",
    "ChatCompletionTokenLogprob",
    "ChoiceLogprobs",
    "Choices",
    "CompletionTokensDetailsWrapper",
    "Delta",
    "Embedding",
    "EmbeddingResponse",
    "Function",
    "FunctionCall",
    "GenericBudgetConfigType",
    "HttpxBinaryResponseContent",
    "ImageObject",
    "ImageResponse",
    "ImageUsage",
    "LlmProviders",
    "Logprobs",
    "Message",
    "ModelInfo",
    "ModelResponse",
    "ModelResponseStream",
    "OpenAIModerationResponse",
    "OpenAIObject",
    "PromptTokensDetailsWrapper",
    "RerankResponse",
    "ServerToolUse",
    "StandardLoggingPayload",
    "StreamingChoices",
    "TextChoices",
    "TextCompletionResponse",
    "TopLogprob",
    "TranscriptionResponse",
    "Usage",
    "all_litellm_params",
]

StandardLoggingPayload: TypeAlias = dict[str, Any]
"""What a callback is told of a call; see `litellm_core_utils.standard_logging_payload` for its keys."""
ModelInfo: TypeAlias = dict[str, Any]
"""What `get_model_info` answers."""


class CallTypes(str, Enum):
    """The kinds of calls, as callbacks and hooks name them."""

    completion = "completion"
    acompletion = "acompletion"
    embedding = "embedding"
    aembedding = "aembedding"
    text_completion = "text_completion"
    atext_completion = "atext_completion"
    image_generation = "image_generation"
    aimage_generation = "aimage_generation"
    moderation = "moderation"
    amoderation = "amoderation"
    atranscription = "atranscription"
    transcription = "transcription"
    aspeech = "aspeech"
    speech = "speech"
    rerank = "rerank"
    arerank = "arerank"
    responses = "responses"
    aresponses = "aresponses"
    anthropic_messages = "anthropic_messages"
    pass_through = "pass_through_endpoint"


class BudgetConfig(BaseModel):
    """What may be spent in a period: `max_budget` (or `budget_limit`) USD in `budget_duration` (or `time_period`)."""

    max_budget: float | None = None
    budget_duration: str | None = None
    tpm_limit: int | None = None
    rpm_limit: int | None = None

    def __init__(self, **values: Any) -> None:
        for name, other in (("max_budget", "budget_limit"), ("budget_duration", "time_period")):
            if values.get(name) is None and values.get(other) is not None:
                values[name] = values[other]
            values.pop(other, None)
        super().__init__(**values)


GenericBudgetConfigType: TypeAlias = dict[str, BudgetConfig]
"""Budgets by what has them: providers, models or tags."""
