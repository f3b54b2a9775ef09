"""HuggingFace's router and inference endpoints (TGI, vLLM, …): OpenAI's chat completions under `/v1`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from litellm.llms.openai.chat import OpenAIChat
from litellm.llms.openai_like.profiles import profile_of
from litellm.llms.wire import ChatCall, WireFormat, WireRequest

_SENT_RETRIES = "sent_max_retries"
PATH = "/v1/chat/completions"


def chat_format(provider: str, model: str) -> WireFormat:
    """One format for all its models."""
    return HuggingFaceChat(profile_of(provider))


class HuggingFaceChat(OpenAIChat):
    """`POST /v1/chat/completions` of the router or of an endpoint of one's own."""

    def map_params(self, provider: str, model: str, params: Mapping[str, Any], *, drop: bool) -> dict[str, Any]:
        """`params` as they are; LiteLLM sends `max_retries` along with the others."""
        mapped = super().map_params(provider, model, params, drop=drop)
        if "max_retries" in mapped:
            mapped[_SENT_RETRIES] = mapped["max_retries"]
        return mapped

    def build_request(self, call: ChatCall) -> WireRequest:
        """The POST to the chat completions endpoint."""
        if _SENT_RETRIES in call.params:
            call.params["max_retries"] = call.params.pop(_SENT_RETRIES)
        return super().build_request(call)

    def url(self, call: ChatCall) -> str:
        """The base, which may be a host, end in `/v1` or be the whole address."""
        base = (call.api_base or "").rstrip("/")
        return base if base.endswith(PATH) else base.removesuffix("/v1") + PATH
