"""Azure AI Foundry: Anthropic's models behind Anthropic's API; the others speak OpenAI's format."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from litellm.litellm_core_utils.model_facts import model_facts
from litellm.llms.anthropic.chat import AnthropicChat
from litellm.llms.azure.auth import auth_headers, signed_in
from litellm.llms.azure.chat import AzureChat
from litellm.llms.openai.chat import OpenAIChat
from litellm.llms.openai_like.profile import OPENAI
from litellm.llms.openai_like.profiles import profile_of
from litellm.llms.wire import ChatCall, WireFormat, WireRequest

_AZURE_HOSTS = (".services.ai.azure.com", ".openai.azure.com")


def chat_format(provider: str, model: str) -> WireFormat:
    """The format of `model`."""
    if "claude" in model.lower():
        return AzureAIClaude()
    if is_openai_model(model):
        return AzureChat(OPENAI)
    return AzureAIChat(profile_of(provider))


def is_openai_model(model: str) -> bool:
    """Whether `model` is one of OpenAI's, which Azure AI serves as Azure OpenAI does."""
    return bool(model_facts("openai", model))


class AzureAIChat(OpenAIChat):
    """OpenAI's format; Azure's own hosts want their path, version and key header."""

    follows_model = True

    def url(self, call: ChatCall) -> str:
        """The chat of the endpoint, or of the inference API on Azure's own hosts."""
        base, _, query = (call.api_base or "").rstrip("/").partition("?")
        path = "/models/chat/completions" if base.endswith(_AZURE_HOSTS) else "/chat/completions"
        if base.endswith("/chat/completions"):
            path = ""
        version = call.options.get("api_version")
        if version and "api-version" not in query:
            query = f"{query}&api-version={version}".lstrip("&")
        return f"{base}{path}?{query}" if query else base + path

    def headers(self, call: ChatCall) -> dict[str, str]:
        """The key as a bearer token, and in Azure's header on Azure's own hosts."""
        own = (call.api_base or "").partition("?")[0].rstrip("/").endswith(_AZURE_HOSTS)
        auth = auth_headers(call.api_key, call.options, bearer=not own)
        return {"content-type": "application/json", **auth, **call.headers}

    def build_request(self, call: ChatCall) -> WireRequest:
        """The POST to the chat endpoint."""
        return signed_in(super().build_request(call), call.options)


class AzureAIClaude(AnthropicChat):
    """Anthropic's messages API under `/anthropic`, with Azure's key or token."""

    def build_request(self, call: ChatCall) -> WireRequest:
        """The POST of a message."""
        return self._at_azure(call, super().build_request(call))

    def messages_request(self, call: ChatCall, body: Mapping[str, Any]) -> WireRequest:
        """The POST of `body`, a request that came in Anthropic's own format."""
        return self._at_azure(call, super().messages_request(call, body))

    def _at_azure(self, call: ChatCall, request: WireRequest) -> WireRequest:
        request.url = claude_url(call.api_base)
        if call.api_key:
            request.headers["api-key"] = call.api_key
        else:
            request.headers.pop("x-api-key", None)
            request.headers.update(auth_headers(None, call.options))
        return signed_in(request, call.options)


def claude_url(base: str | None) -> str:
    """Where Anthropic's messages are below `base`."""
    address = (base or "").rstrip("/")
    if address.endswith("/v1/messages"):
        return address
    address = address.removesuffix("/v1").removesuffix("/anthropic")
    return f"{address}/anthropic/v1/messages"
