"""OpenAI's text completions (the API before chat)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from litellm.llms.azure.address import deployment_url
from litellm.llms.azure.auth import signed_in
from litellm.llms.azure.chat import AzureChat
from litellm.llms.openai.chat import OpenAIChat, OpenAIChunks, refusal_in_body
from litellm.llms.openai_like.profiles import profile_of
from litellm.llms.wire import ChatCall, WireRequest, decode_object, encode_json

PATH = "/completions"
NATIVE = frozenset(
    {"openai", "text-completion-openai", "azure_text", "hosted_vllm", "custom_openai", "litellm_proxy",
     "together_ai", "openai_like", "vllm", "fireworks_ai"}
)  # fmt: skip
"""Providers whose text completions have an API of their own; the others answer through chat."""
AZURE = frozenset({"azure", "azure_text"})
REFUSED: Mapping[str, tuple[str, ...]] = {"fireworks_ai": ("best_of",)}
"""Parameters that a provider does not take."""
PARAMS = frozenset(
    {"best_of", "echo", "frequency_penalty", "logit_bias", "logprobs", "max_tokens", "n", "presence_penalty", "stop",
     "stream", "stream_options", "suffix", "temperature", "top_p", "user", "seed"}
)  # fmt: skip


def build_request(call: ChatCall, prompt: Any) -> WireRequest:
    """The POST that completes `prompt`."""
    body: dict[str, Any] = {"model": _model(call), "prompt": prompt, **call.params}
    for name in REFUSED.get(call.provider, ()):
        body.pop(name, None)
    extra = body.pop("extra_body", None)
    if extra:
        body.update(extra)
    if call.stream:
        body["stream"] = True
    if call.provider in AZURE:
        wire: OpenAIChat = AzureChat(profile_of("openai"))
        url = deployment_url(call.api_base, call.model, call.options, PATH)
    else:
        wire = OpenAIChat(profile_of(call.provider))
        base = (call.api_base or "").rstrip("/")
        url = base if base.endswith(PATH) else base + PATH
    request = WireRequest("POST", url, wire.headers(call), encode_json(body))
    return signed_in(request, call.options) if call.provider in AZURE else request


def _model(call: ChatCall) -> str:
    """Fireworks' own models are named by their account."""
    if call.provider == "fireworks_ai" and not call.model.startswith("accounts/"):
        return f"accounts/fireworks/models/{call.model}"
    return call.model


def parse_response(body: bytes) -> dict[str, Any]:
    """The reply. Raises `WireError` when it holds no choice."""
    data = decode_object(body)
    choices = data.get("choices")
    if not isinstance(choices, list) or not choices:
        raise refusal_in_body(data)
    return data


def stream_decoder() -> OpenAIChunks:
    """A decoder for one streamed reply; its chunks have a `text` for each choice."""
    return OpenAIChunks()
