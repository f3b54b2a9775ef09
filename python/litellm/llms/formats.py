"""Which wire format, with which quirks, a provider's chat speaks.

A row is a module whose `chat_format(provider, model)` gives the format, loaded when it is first needed. Providers
without a row speak OpenAI's format with the quirks of their profile.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, cast

from litellm.llms.openai.chat import OpenAIChat
from litellm.llms.openai_like.profiles import profile_of
from litellm.llms.wire import WireFormat

if TYPE_CHECKING:
    from litellm.llms.anthropic.chat import AnthropicChat

CHAT_FORMATS: Mapping[str, str] = {
    "anthropic": "litellm.llms.anthropic.chat",
    "azure": "litellm.llms.azure.chat",
    "azure_ai": "litellm.llms.azure.ai",
    "azure_text": "litellm.llms.openai.text_chat",
    "text-completion-codestral": "litellm.llms.openai.text_chat",
    "text-completion-inception": "litellm.llms.openai.text_chat",
    "text-completion-openai": "litellm.llms.openai.text_chat",
    "cohere": "litellm.llms.cohere.chat",
    "cohere_chat": "litellm.llms.cohere.chat",
    "gemini": "litellm.llms.gemini.chat",
    "vertex_ai": "litellm.llms.vertex_ai.formats",
    "vertex_ai_beta": "litellm.llms.vertex_ai.formats",
    "amazon_nova": "litellm.llms.amazon_nova.chat",
    "bedrock_mantle": "litellm.llms.bedrock.mantle",
    "sagemaker": "litellm.llms.sagemaker.chat",
    "sagemaker_chat": "litellm.llms.sagemaker.chat",
    "sagemaker_nova": "litellm.llms.sagemaker.chat",
    "databricks": "litellm.llms.databricks.chat",
    "huggingface": "litellm.llms.huggingface.chat",
    "ollama": "litellm.llms.ollama.chat",
    "ollama_chat": "litellm.llms.ollama.chat",
    "anthropic_text": "litellm.llms.anthropic_text.chat",
    "a2a": "litellm.llms.a2a.chat",
    "bytez": "litellm.llms.bytez.chat",
    "clarifai": "litellm.llms.openai_like.variants",
    "cloudflare": "litellm.llms.openai_like.variants",
    "custom": "litellm.llms.custom_endpoint.chat",
    "datarobot": "litellm.llms.openai_like.variants",
    "gdc": "litellm.llms.gdc.chat.transformation",
    "gigachat": "litellm.llms.gigachat.chat",
    "github_copilot": "litellm.llms.github_copilot.chat",
    "gradient_ai": "litellm.llms.openai_like.variants",
    "heroku": "litellm.llms.openai_like.variants",
    "langflow": "litellm.llms.langflow.chat",
    "langgraph": "litellm.llms.langgraph.chat",
    "maritalk": "litellm.llms.openai_like.variants",
    "nlp_cloud": "litellm.llms.nlp_cloud.chat",
    "oci": "litellm.llms.oci.chat",
    "oobabooga": "litellm.llms.openai_like.variants",
    "petals": "litellm.llms.petals.chat",
    "predibase": "litellm.llms.predibase.chat",
    "ragflow": "litellm.llms.openai_like.variants",
    "replicate": "litellm.llms.replicate.chat",
    "sap": "litellm.llms.sap.chat",
    "snowflake": "litellm.llms.snowflake.chat",
    "triton": "litellm.llms.triton.chat",
    "watsonx": "litellm.llms.watsonx.chat",
    "watsonx_text": "litellm.llms.watsonx.chat",
}


def chat_format(provider: str, model: str) -> WireFormat:
    """The chat format of `model` at `provider`."""
    if provider == "bedrock":
        from litellm.llms.bedrock.formats import bedrock_chat

        return bedrock_chat(model)  # by the catalogue, which can change
    return _usual_format(provider, model)


def messages_format(provider: str, model: str) -> AnthropicChat | None:
    """The format of a model that speaks Anthropic's messages by itself; None for one that is to be bridged."""
    if provider == "bedrock":
        from litellm.llms.bedrock.formats import bedrock_messages

        return bedrock_messages(model)
    from litellm.llms.anthropic.chat import AnthropicChat

    wire = chat_format(provider, model)
    return wire if isinstance(wire, AnthropicChat) else None


@lru_cache(maxsize=512)
def _usual_format(provider: str, model: str) -> WireFormat:
    module = CHAT_FORMATS.get(provider)
    if module is not None:
        return cast(WireFormat, importlib.import_module(module).chat_format(provider, model))
    return OpenAIChat(profile_of(provider))
