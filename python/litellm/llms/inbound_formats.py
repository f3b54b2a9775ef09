"""The APIs that clients may speak to any model over a chat completion, and what its models take of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from litellm.llms.bedrock.converse.inbound.request import to_chat as from_converse
from litellm.llms.bedrock.converse.inbound.response import to_converse
from litellm.llms.bedrock.converse.inbound.stream import ConverseStream
from litellm.llms.cohere.inbound.request import to_chat as from_cohere
from litellm.llms.cohere.inbound.response import to_reply as to_cohere
from litellm.llms.cohere.inbound.stream import CohereStream
from litellm.llms.inbound_wire import InboundFormat, Reach
from litellm.llms.ollama.inbound.request import chat_to_chat, generate_to_chat
from litellm.llms.ollama.inbound.response import to_chat_reply, to_generate_reply
from litellm.llms.ollama.inbound.stream import ChatLines, GenerateLines
from litellm.llms.supported_params import supported_openai_params

_OLLAMA = frozenset({"ollama", "ollama_chat"})
_LINES = "application/x-ndjson"
_NO_TOP_K = frozenset(
    {"openai", "azure", "text-completion-openai", "groq", "mistral", "codestral", "xai", "github", "github_copilot"}
)
"""Providers that refuse a request with `top_k`."""

INBOUND_FORMATS: Mapping[str, InboundFormat] = {
    "cohere": InboundFormat(
        frozenset({"cohere", "cohere_chat"}), from_cohere, lambda answer, took_s: to_cohere(answer), CohereStream,
        "text/event-stream",
    ),
    "ollama_chat": InboundFormat(_OLLAMA, chat_to_chat, to_chat_reply, ChatLines, _LINES),
    "ollama_generate": InboundFormat(
        frozenset({"ollama"}), generate_to_chat, to_generate_reply, GenerateLines, _LINES
    ),
    "converse": InboundFormat(
        frozenset({"bedrock", "bedrock_converse"}), lambda body, reach: from_converse(body),
        lambda answer, took_s: to_converse(answer, latency_ms=round(took_s * 1000)), lambda model: ConverseStream(),
        "application/vnd.amazon.eventstream",
    ),
}  # fmt: skip


def reach_of(inbound: InboundFormat, models: Iterable[tuple[str, str]]) -> Reach:
    """What all of `models`, pairs of a provider and its model, take."""
    asked = list(models)
    taken = [frozenset(supported_openai_params(model, provider) or ()) for provider, model in asked]
    native = bool(asked) and all(
        provider in inbound.providers and not model.startswith("v1/") for provider, model in asked
    )
    top_k = not any(provider in _NO_TOP_K for provider, _ in asked)
    return Reach(native, frozenset.intersection(*taken) if taken else frozenset(), top_k)
