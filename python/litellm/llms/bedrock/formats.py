"""Which API under Bedrock a model's chat speaks."""

from __future__ import annotations

import litellm
from litellm.llms.bedrock.agentcore import PREFIX as AGENTCORE, AgentCoreChat
from litellm.llms.bedrock.agents import PREFIX as AGENT, AgentChat
from litellm.llms.bedrock.converse.chat import ConverseChat
from litellm.llms.bedrock.invoke.anthropic import InvokeAnthropicChat
from litellm.llms.bedrock.invoke.cohere import CommandRChat
from litellm.llms.bedrock.invoke.families import FAMILIES, family
from litellm.llms.bedrock.invoke.messages import BedrockMessages
from litellm.llms.bedrock.invoke.nova import InvokeNovaChat
from litellm.llms.bedrock.invoke.openai import BedrockOpenAIChat
from litellm.llms.bedrock.invoke.text import TextChat
from litellm.llms.bedrock.route import ModelRoute, route_of, vendor_family
from litellm.llms.wire import ChatCall, WireFormat, WireRequest


def bedrock_chat(model: str) -> WireFormat:
    """The chat format of `model`."""
    if model.startswith(AGENT):
        return AgentChat()
    if model.startswith(AGENTCORE):
        return AgentCoreChat()
    route = route_of(model)
    if route.api == "converse":
        return ConverseChat()
    if route.api == "chat_completions":
        return BedrockOpenAIChat("openai_like", invoked=False)
    if route.api == "invoke":
        return _invoked(route)
    return UnknownChat()


def bedrock_messages(model: str) -> BedrockMessages | None:
    """The format of requests that come as Anthropic's messages; None for a model that they have to be converted for."""
    route = route_of(model)
    return BedrockMessages() if route.family == "anthropic" and not model.startswith("converse/") else None


def _invoked(route: ModelRoute) -> WireFormat:
    if route.family == "anthropic":
        return InvokeAnthropicChat()
    if route.family == "nova":
        return InvokeNovaChat()
    imported = route.model_id.startswith("arn:")
    if route.family == "openai" or route.base.startswith("ai21.jamba") or (route.family == "qwen" and not imported):
        return BedrockOpenAIChat("openai_like", invoked=True)
    if route.family == "moonshot":
        return BedrockOpenAIChat("moonshot", invoked=True)
    if route.family == "cohere" and route.base.startswith("cohere.command-r"):
        return CommandRChat()
    return TextChat(family(route.family, route.base, route.model_id))


_ANY_MODEL = ("max_tokens", "max_completion_tokens", "stream")


class UnknownChat(ConverseChat):
    """A model that no API is known to serve: its parameters can be asked for, a call cannot be made."""

    def supported_params(self, provider: str, model: str) -> list[str]:
        """OpenAI parameter names that chat models of the same vendor take."""
        base = route_of(model).base
        if "amazon.nova" in base:
            return super().supported_params(provider, model)
        family = FAMILIES.get(vendor_family(base) or ("titan" if base.startswith("amazon.") else ""))
        return list(family.params if family else _ANY_MODEL)

    def build_request(self, call: ChatCall) -> WireRequest:
        """Raises `NotFoundError`."""
        raise litellm.NotFoundError(
            message=f"Bedrock: it cannot be told which API serves {call.model!r}. Say so by a prefix: "
            "bedrock/converse/… or bedrock/invoke/…",
            model=call.model,
            llm_provider=call.provider,
        )
