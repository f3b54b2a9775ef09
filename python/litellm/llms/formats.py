"""Which wire format, with which quirks, a provider's chat speaks."""

from __future__ import annotations

from functools import lru_cache

from litellm.llms.anthropic.chat import AnthropicChat
from litellm.llms.azure.chat import AzureChat
from litellm.llms.gemini.chat import GeminiChat
from litellm.llms.openai.chat import OpenAIChat
from litellm.llms.openai_like.profile import OPENAI
from litellm.llms.openai_like.profiles import profile_of
from litellm.llms.wire import WireFormat


def chat_format(provider: str, model: str) -> WireFormat:
    """The chat format of `model` at `provider`."""
    if provider == "bedrock":
        from litellm.llms.bedrock.formats import bedrock_chat

        return bedrock_chat(model)  # by the catalogue, which can change
    return _usual_format(provider, model)


@lru_cache(maxsize=512)
def _usual_format(provider: str, model: str) -> WireFormat:
    if provider == "anthropic":
        return AnthropicChat()
    if provider == "azure":
        return AzureChat(OPENAI)
    if provider == "gemini":
        return GeminiChat()
    return OpenAIChat(profile_of(provider))
