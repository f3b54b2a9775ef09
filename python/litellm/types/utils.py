"""Response types and their parts, under the path that LiteLLM's users import them from."""

from __future__ import annotations

import importlib
from enum import Enum
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, TypedDict

from pydantic import BaseModel, ConfigDict

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
    HiddenResponse,
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

if TYPE_CHECKING:
    from litellm.types.guardrails import GuardrailTracingDetail
    from litellm.types.llms.openai import ChatCompletionToolCallChunk

__all__ = [
    "BudgetConfig",
    "CacheCreationTokenDetails",
    "CallTypes",
    "CallTypesLiteral",
    "ChatCompletionDeltaToolCall",
    "ChatCompletionMessageToolCall",
    "ChatCompletionTokenLogprob",
    "ChatCompletionToolCallChunk",
    "ChoiceLogprobs",
    "Choices",
    "CompletionTokensDetailsWrapper",
    "CostPerToken",
    "Delta",
    "Embedding",
    "EmbeddingResponse",
    "Function",
    "FunctionCall",
    "GenericBudgetConfigType",
    "GuardrailTracingDetail",
    "HttpxBinaryResponseContent",
    "ImageObject",
    "ImageResponse",
    "ImageUsage",
    "LLMResponseTypes",
    "LlmProviders",
    "Logprobs",
    "Message",
    "ModelInfo",
    "ModelResponse",
    "ModelResponseBase",
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

_RARE = {
    "GuardrailTracingDetail": "litellm.types.guardrails",
    "ChatCompletionToolCallChunk": "litellm.types.llms.openai",
}
"""Names whose modules take long to load, and that hardly anybody asks for."""


def __getattr__(name: str) -> Any:
    if name not in _RARE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = globals()[name] = getattr(importlib.import_module(_RARE[name]), name)
    return value


StandardLoggingPayload: TypeAlias = dict[str, Any]
"""What a callback is told of a call; see `litellm_core_utils.standard_logging_payload` for its keys."""
ModelInfo: TypeAlias = dict[str, Any]
"""What `get_model_info` answers."""
ModelResponseBase = HiddenResponse
"""What whole responses and chunks have in common."""
LLMResponseTypes: TypeAlias = (
    ModelResponse | EmbeddingResponse | ImageResponse | OpenAIModerationResponse | TextCompletionResponse
)
"""What a call may answer with."""


class CostPerToken(TypedDict):
    """Prices of one's own for `completion_cost(custom_cost_per_token=…)`, in USD."""

    input_cost_per_token: float
    output_cost_per_token: float


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
    image_edit = "image_edit"
    aimage_edit = "aimage_edit"
    create_batch = "create_batch"
    acreate_batch = "acreate_batch"
    create_file = "create_file"
    acreate_file = "acreate_file"
    file_list = "file_list"
    afile_list = "afile_list"
    generate_content = "generate_content"
    agenerate_content = "agenerate_content"
    generate_content_stream = "generate_content_stream"
    agenerate_content_stream = "agenerate_content_stream"
    arealtime = "_arealtime"
    search = "search"
    asearch = "asearch"
    pass_through = "pass_through_endpoint"


CallTypesLiteral: TypeAlias = Literal[
    "completion", "text_completion", "embeddings", "image_generation", "moderation", "audio_transcription",
    "pass_through_endpoint", "rerank", "mcp_call", "anthropic_messages",
]  # fmt: skip
"""The kinds of calls that the gateway's hooks are told of."""


class BudgetConfig(BaseModel):
    """What may be spent in a period: `max_budget` (or `budget_limit`) USD in `budget_duration` (or `time_period`)."""

    model_config = ConfigDict(defer_build=True)

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
