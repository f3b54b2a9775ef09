"""The LLM routes as data: one row an endpoint."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from litellm.proxy.errors import ErrorFormat


@dataclass(frozen=True, slots=True)
class LLMRoute:
    """An endpoint. `call_type` is what hooks are told, `method` the router's; `required` are its fields' types."""

    path: str
    call_type: str
    method: str
    required: Mapping[str, tuple[type, ...]]
    shape: ErrorFormat = "openai"
    spellings: tuple[str, ...] = ("/v1{path}", "{path}")
    default_model: str | None = None
    """The general setting that names the model of requests which name none."""
    usual_model: str | None = None
    """The model of such requests where nothing is set."""
    metadata_field: str = "metadata"
    """Where the router looks for what the gateway knows of a request."""
    form: bool = False
    """Whether the request is a multipart form with a file."""
    events: Literal["chat", "anthropic", "responses", "google"] = "chat"
    """What a stream's events are like."""
    asks: Literal["model", "search_tool", "rag"] = "model"
    """What `model` names: a model that is served, perhaps one that answers from a vector store, or a search tool."""
    streams: bool | None = None
    """Whether the answer is a stream; None: as the body's `stream` says."""
    inbound: str | None = None
    """Of `INBOUND_FORMATS`, whose requests are chats in other words."""

    @property
    def paths(self) -> tuple[str, ...]:
        """Every path that the endpoint answers on."""
        return tuple(spelling.format(path=self.path, model="{model:path}") for spelling in self.spellings)


_BY_MODEL = ("/v1{path}", "{path}", "/engines/{model}{path}", "/openai/deployments/{model}{path}")

CHAT = LLMRoute(
    "/chat/completions", "acompletion", "acompletion", {"messages": (list,)}, "openai", _BY_MODEL, "completion_model"
)
TEXT = LLMRoute(
    "/completions", "atext_completion", "atext_completion", {"prompt": (str, list)}, "openai", _BY_MODEL,
    "completion_model",
)  # fmt: skip
EMBEDDINGS = LLMRoute(
    "/embeddings", "aembedding", "aembedding", {"input": (str, list)}, "openai", _BY_MODEL, "embedding_model"
)
MESSAGES = LLMRoute(
    "/messages", "anthropic_messages", "aanthropic_messages", {"messages": (list,), "max_tokens": (int,)}, "anthropic",
    ("/v1{path}",), metadata_field="litellm_metadata", events="anthropic",
)  # fmt: skip
_DEPLOYMENTS = ("/v1{path}", "{path}", "/openai/deployments/{model}{path}")
IMAGES = LLMRoute(
    "/images/generations", "aimage_generation", "aimage_generation", {"prompt": (str,)}, "openai", _DEPLOYMENTS,
    "image_generation_model",
)  # fmt: skip
MODERATIONS = LLMRoute(
    "/moderations", "amoderation", "amoderation", {"input": (str, list)}, default_model="moderation_model",
    usual_model="omni-moderation-latest",  # as OpenAI's API says
)  # fmt: skip
RERANK = LLMRoute(
    "/rerank", "arerank", "arerank", {"query": (str,), "documents": (list,)}, "openai",
    ("/v1{path}", "{path}", "/v2{path}"),
)  # fmt: skip
RESPONSES = LLMRoute(
    "/responses", "aresponses", "aresponses", {"input": (str, list)}, "openai",
    ("/v1{path}", "{path}", "/openai/v1{path}"), metadata_field="litellm_metadata", events="responses",
)  # fmt: skip
SPEECH = LLMRoute("/audio/speech", "aspeech", "aspeech", {"input": (str,), "voice": (str, dict)})
TRANSCRIPTIONS = LLMRoute("/audio/transcriptions", "atranscription", "atranscription", {"file": (tuple,)}, form=True)
IMAGE_EDITS = LLMRoute(
    "/images/edits", "aimage_edit", "aimage_edit", {"image": (tuple, list), "prompt": (str,)}, "openai", _DEPLOYMENTS,
    form=True,
)  # fmt: skip
IMAGE_VARIATIONS = LLMRoute(
    "/images/variations", "aimage_variation", "aimage_variation", {"image": (tuple,)}, "openai", _DEPLOYMENTS,
    form=True,
)  # fmt: skip
COMPACT = LLMRoute(
    "/responses/compact", "acompact_responses", "acompact_responses", {"input": (str, list)}, "openai",
    RESPONSES.spellings, metadata_field="litellm_metadata", streams=False,
)  # fmt: skip
_GEMINI = ("/v1beta{path}", "/v1{path}", "{path}")  # google-genai 3 asks for `/v1`
GENERATE_CONTENT = LLMRoute(
    "/models/{model:path}:generateContent", "agenerate_content", "agenerate_content", {"contents": (list, dict, str)},
    "google", _GEMINI, metadata_field="litellm_metadata", events="google", streams=False,
)  # fmt: skip
STREAM_GENERATE_CONTENT = LLMRoute(
    "/models/{model:path}:streamGenerateContent", "agenerate_content_stream", "agenerate_content_stream",
    {"contents": (list, dict, str)}, "google", _GEMINI, metadata_field="litellm_metadata", events="google",
    streams=True,
)  # fmt: skip
SEARCH = LLMRoute(
    "/search", "asearch", "asearch", {"query": (str, list)}, "openai",
    ("/v1{path}", "{path}", "/v1{path}/{{search_tool_name}}", "{path}/{{search_tool_name}}"), asks="search_tool",
    streams=False,
)  # fmt: skip
RAG_QUERY = LLMRoute(
    "/rag/query", "arag_query", "arag_query", {"messages": (list,), "retrieval_config": (dict,)}, asks="rag"
)


def _as_chat(path: str, inbound: str, shape: ErrorFormat, streams: bool | None = None) -> LLMRoute:
    """The row of an API that is served as chats; hooks, guardrails and logs are told of a chat."""
    required = CHAT.required
    return LLMRoute(path, CHAT.call_type, CHAT.method, required, shape, ("{path}",), streams=streams, inbound=inbound)


COHERE_CHAT = _as_chat("/v2/chat", "cohere", "cohere")
OLLAMA_CHAT = _as_chat("/api/chat", "ollama_chat", "ollama")
OLLAMA_GENERATE = _as_chat("/api/generate", "ollama_generate", "ollama")
CONVERSE = _as_chat("/model/{model:path}/converse", "converse", "bedrock", streams=False)
CONVERSE_STREAM = _as_chat("/model/{model:path}/converse-stream", "converse", "bedrock", streams=True)

LLM_ROUTES = (
    CHAT, MESSAGES, EMBEDDINGS, TEXT, RESPONSES, IMAGES, MODERATIONS, RERANK, SPEECH, TRANSCRIPTIONS, IMAGE_EDITS,
    IMAGE_VARIATIONS, COMPACT, GENERATE_CONTENT, STREAM_GENERATE_CONTENT, SEARCH, RAG_QUERY, COHERE_CHAT,
    OLLAMA_CHAT, OLLAMA_GENERATE, CONVERSE, CONVERSE_STREAM,
)  # fmt: skip
