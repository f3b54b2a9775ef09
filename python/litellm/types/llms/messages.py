"""The shapes of what callers pass to a chat: messages, tools and parameters, as OpenAI and Anthropic define them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal, TypeAlias, TypedDict

ChatCompletionModality = Literal["text", "audio", "image"]


class ChatCompletionCachedContent(TypedDict, total=False):
    """A mark of what to cache."""

    type: Literal["ephemeral"]
    ttl: str


class ChatCompletionTextObject(TypedDict, total=False):
    """A text part."""

    type: Literal["text"]
    text: str
    cache_control: ChatCompletionCachedContent


class ChatCompletionImageUrlObject(TypedDict, total=False):
    """An image by its address, which may be a data URL."""

    url: str
    detail: str
    format: str


class ChatCompletionImageObject(TypedDict, total=False):
    """An image part."""

    type: Literal["image_url"]
    image_url: str | ChatCompletionImageUrlObject


class ChatCompletionAudioObject(TypedDict, total=False):
    """An audio part."""

    type: Literal["input_audio"]
    input_audio: dict[str, Any]


class ChatCompletionFileObject(TypedDict, total=False):
    """A file part."""

    type: Literal["file"]
    file: dict[str, Any]


OpenAIMessageContentListBlock: TypeAlias = (
    ChatCompletionTextObject | ChatCompletionImageObject | ChatCompletionAudioObject | ChatCompletionFileObject
)
OpenAIMessageContent: TypeAlias = str | Iterable[OpenAIMessageContentListBlock]


class ChatCompletionThinkingBlock(TypedDict, total=False):
    """What a model thought, signed by its provider."""

    type: Literal["thinking"]
    thinking: str
    signature: str | None
    cache_control: ChatCompletionCachedContent | None


class ChatCompletionRedactedThinkingBlock(TypedDict, total=False):
    """What a model thought, hidden by its provider."""

    type: Literal["redacted_thinking"]
    data: str
    cache_control: ChatCompletionCachedContent | None


class ChatCompletionToolCallFunctionChunk(TypedDict, total=False):
    """The function of a call; `arguments` is JSON text."""

    name: str | None
    arguments: str
    provider_specific_fields: dict[str, Any] | None


class ChatCompletionAssistantToolCall(TypedDict, total=False):
    """A tool call of an assistant message."""

    id: str | None
    type: Literal["function"]
    function: ChatCompletionToolCallFunctionChunk


class ChatCompletionToolCallChunk(TypedDict, total=False):
    """A tool call of a reply, or a piece of one."""

    id: str | None
    type: Literal["function"]
    function: ChatCompletionToolCallFunctionChunk
    index: int


class ChatCompletionUserMessage(TypedDict, total=False):
    """A message of the user."""

    role: Literal["user"]
    content: OpenAIMessageContent
    name: str
    cache_control: ChatCompletionCachedContent


class ChatCompletionAssistantMessage(TypedDict, total=False):
    """A message of the model."""

    role: Literal["assistant"]
    content: str | Iterable[Any] | None
    name: str | None
    tool_calls: list[ChatCompletionAssistantToolCall] | None
    function_call: ChatCompletionToolCallFunctionChunk | None
    reasoning_content: str | None
    thinking_blocks: list[ChatCompletionThinkingBlock | ChatCompletionRedactedThinkingBlock] | None
    cache_control: ChatCompletionCachedContent


class ChatCompletionToolMessage(TypedDict, total=False):
    """The result of a tool call."""

    role: Literal["tool"]
    content: str | Iterable[ChatCompletionTextObject]
    tool_call_id: str
    cache_control: ChatCompletionCachedContent


class ChatCompletionFunctionMessage(TypedDict, total=False):
    """The result of a function call, in the older form."""

    role: Literal["function"]
    content: str | Iterable[ChatCompletionTextObject] | None
    name: str
    tool_call_id: str | None


class ChatCompletionSystemMessage(TypedDict, total=False):
    """Instructions."""

    role: Literal["system"]
    content: str | list[Any]
    name: str
    cache_control: ChatCompletionCachedContent


class ChatCompletionDeveloperMessage(TypedDict, total=False):
    """Instructions, as OpenAI's reasoning models name them."""

    role: Literal["developer"]
    content: str | list[Any]
    name: str
    cache_control: ChatCompletionCachedContent


class ChatCompletionToolParamFunctionChunk(TypedDict, total=False):
    """A function that the model may call; `parameters` is a JSON schema."""

    name: str
    description: str
    parameters: dict[str, Any]
    strict: bool


class ChatCompletionToolParam(TypedDict, total=False):
    """A tool that the model may call."""

    type: Literal["function"] | str
    function: ChatCompletionToolParamFunctionChunk
    cache_control: ChatCompletionCachedContent


class ChatCompletionAudioParam(TypedDict, total=False):
    """How a spoken reply is to sound."""

    format: str
    voice: str


class ChatCompletionPredictionContentParam(TypedDict, total=False):
    """Text that the reply will mostly repeat."""

    type: Literal["content"]
    content: str | list[ChatCompletionTextObject]


class ChatCompletionAnnotationURLCitation(TypedDict, total=False):
    """A cited page, by where in the text it is cited."""

    start_index: int
    end_index: int
    title: str
    url: str


class ChatCompletionAnnotation(TypedDict, total=False):
    """A note on a reply's text."""

    type: Literal["url_citation"]
    url_citation: ChatCompletionAnnotationURLCitation


class AnthropicThinkingParam(TypedDict, total=False):
    """Whether and how long, in tokens, a model may think."""

    type: Literal["enabled", "disabled", "adaptive"]
    budget_tokens: int


class OpenAIWebSearchUserLocation(TypedDict, total=False):
    """Where the user is, for searches."""

    type: Literal["approximate"]
    approximate: dict[str, Any] | None


class OpenAIWebSearchOptions(TypedDict, total=False):
    """How a model is to search the web."""

    search_context_size: Literal["low", "medium", "high"] | None
    user_location: OpenAIWebSearchUserLocation | None


AllMessageValues: TypeAlias = (
    ChatCompletionUserMessage
    | ChatCompletionAssistantMessage
    | ChatCompletionToolMessage
    | ChatCompletionSystemMessage
    | ChatCompletionFunctionMessage
    | ChatCompletionDeveloperMessage
)
