"""OpenAI's types, under the path that LiteLLM's users import them from."""

from __future__ import annotations

from enum import Enum
from typing import Any, TypeAlias

from litellm.types.binary import HttpxBinaryResponseContent
from litellm.types.files import FileDeleted, FileObject, OpenAIFileObject
from litellm.types.llms.messages import (
    AllMessageValues,
    AnthropicThinkingParam,
    ChatCompletionAnnotation,
    ChatCompletionAnnotationURLCitation,
    ChatCompletionAssistantMessage,
    ChatCompletionAssistantToolCall,
    ChatCompletionAudioObject,
    ChatCompletionAudioParam,
    ChatCompletionCachedContent,
    ChatCompletionDeveloperMessage,
    ChatCompletionFileObject,
    ChatCompletionFunctionMessage,
    ChatCompletionImageObject,
    ChatCompletionImageUrlObject,
    ChatCompletionModality,
    ChatCompletionPredictionContentParam,
    ChatCompletionRedactedThinkingBlock,
    ChatCompletionSystemMessage,
    ChatCompletionTextObject,
    ChatCompletionThinkingBlock,
    ChatCompletionToolCallChunk,
    ChatCompletionToolCallFunctionChunk,
    ChatCompletionToolMessage,
    ChatCompletionToolParam,
    ChatCompletionToolParamFunctionChunk,
    ChatCompletionUserMessage,
    OpenAIMessageContent,
    OpenAIMessageContentListBlock,
    OpenAIWebSearchOptions,
    OpenAIWebSearchUserLocation,
)
from litellm.types.responses.events import (
    EVENT_CLASSES,
    ContentPartAddedEvent,
    ContentPartDoneEvent,
    ErrorEvent,
    FunctionCallArgumentsDeltaEvent,
    FunctionCallArgumentsDoneEvent,
    GenericEvent,
    OutputItemAddedEvent,
    OutputItemDoneEvent,
    OutputTextAnnotationAddedEvent,
    OutputTextDeltaEvent,
    OutputTextDoneEvent,
    ReasoningSummaryPartAddedEvent,
    ReasoningSummaryPartDoneEvent,
    ReasoningSummaryTextDeltaEvent,
    ReasoningSummaryTextDoneEvent,
    RefusalDeltaEvent,
    RefusalDoneEvent,
    ResponseCompletedEvent,
    ResponseCreatedEvent,
    ResponseFailedEvent,
    ResponseIncompleteEvent,
    ResponseInProgressEvent,
    ResponsesStreamEvent,
)
from litellm.types.responses.main import (
    DeleteResponseResult,
    InputTokensDetails,
    OutputTokensDetails,
    ResponseAPIUsage,
    ResponsesAPIResponse,
)

__all__ = [
    "AllMessageValues",
    "AnthropicThinkingParam",
    "BaseLiteLLMOpenAIResponseObject",
    "ChatCompletionAnnotation",
    "ChatCompletionAnnotationURLCitation",
    "ChatCompletionAssistantMessage",
    "ChatCompletionAssistantToolCall",
    "ChatCompletionAudioObject",
    "ChatCompletionAudioParam",
    "ChatCompletionCachedContent",
    "ChatCompletionDeveloperMessage",
    "ChatCompletionFileObject",
    "ChatCompletionFunctionMessage",
    "ChatCompletionImageObject",
    "ChatCompletionImageUrlObject",
    "ChatCompletionModality",
    "ChatCompletionPredictionContentParam",
    "ChatCompletionRedactedThinkingBlock",
    "ChatCompletionSystemMessage",
    "ChatCompletionTextObject",
    "ChatCompletionThinkingBlock",
    "ChatCompletionToolCallChunk",
    "ChatCompletionToolCallFunctionChunk",
    "ChatCompletionToolMessage",
    "ChatCompletionToolParam",
    "ChatCompletionToolParamFunctionChunk",
    "ChatCompletionUserMessage",
    "ContentPartAddedEvent",
    "ContentPartDoneEvent",
    "DeleteResponseResult",
    "ErrorEvent",
    "FileDeleted",
    "FileObject",
    "FunctionCallArgumentsDeltaEvent",
    "FunctionCallArgumentsDoneEvent",
    "GenericEvent",
    "HttpxBinaryResponseContent",
    "InputTokensDetails",
    "OpenAIFileObject",
    "OpenAIMessageContent",
    "OpenAIMessageContentListBlock",
    "OpenAIWebSearchOptions",
    "OpenAIWebSearchUserLocation",
    "OutputItemAddedEvent",
    "OutputItemDoneEvent",
    "OutputTextAnnotationAddedEvent",
    "OutputTextDeltaEvent",
    "OutputTextDoneEvent",
    "OutputTokensDetails",
    "ReasoningSummaryPartAddedEvent",
    "ReasoningSummaryPartDoneEvent",
    "ReasoningSummaryTextDeltaEvent",
    "ReasoningSummaryTextDoneEvent",
    "RefusalDeltaEvent",
    "RefusalDoneEvent",
    "ResponseAPIUsage",
    "ResponseCompletedEvent",
    "ResponseCreatedEvent",
    "ResponseFailedEvent",
    "ResponseInProgressEvent",
    "ResponseIncompleteEvent",
    "ResponseInputParam",
    "ResponsesAPIResponse",
    "ResponsesAPIStreamEvents",
    "ResponsesAPIStreamingResponse",
]
BaseLiteLLMOpenAIResponseObject = ResponsesStreamEvent.__mro__[1]
ResponseInputParam: TypeAlias = list[Any]
"""The input of a response, as a list of items."""
ResponsesAPIStreamingResponse: TypeAlias = ResponsesStreamEvent
"""Any event of a streamed response."""


def _constant(event_type: str) -> str:
    """`response.output_item.done` → `OUTPUT_ITEM_DONE`; the events of the response itself keep their prefix."""
    words = event_type.split(".")
    name = words[1:] if len(words) > 2 else words
    return "_".join(name).upper()


ResponsesAPIStreamEvents = Enum(  # type: ignore[misc]  # its members are the event classes' own types
    "ResponsesAPIStreamEvents", {_constant(name): name for name in EVENT_CLASSES}, type=str
)
