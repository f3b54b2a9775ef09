"""OpenAI's embeddings, for OpenAI and for every provider that speaks its format."""

from __future__ import annotations

from typing import Any

from litellm.llms.azure.chat import AzureChat, deployment_url
from litellm.llms.openai.chat import OpenAIChat, refusal_in_body
from litellm.llms.openai_like.profiles import profile_of
from litellm.llms.wire import ChatCall, WireError, WireRequest, decode_object, encode_json

PATH = "/embeddings"
PARAMS = frozenset({"dimensions", "encoding_format", "user", "timeout", "extra_headers"})
NARROWER = {"mistral": frozenset({"encoding_format"}), "codestral": frozenset({"encoding_format"})}
"""Providers that take fewer of OpenAI's embedding parameters."""


def supported_params(provider: str, model: str) -> frozenset[str]:
    """OpenAI embedding parameters that `model` takes."""
    if provider == "openai" and "text-embedding-3" not in model and model.startswith("text-embedding"):
        return PARAMS - {"dimensions"}
    return NARROWER.get(provider, PARAMS)


def build_request(call: ChatCall, inputs: Any) -> WireRequest:
    """The POST that embeds `inputs`."""
    body: dict[str, Any] = {"model": call.model, "input": inputs, **call.params}
    extra = body.pop("extra_body", None)
    if extra:
        body.update(extra)
    if call.provider == "azure":
        wire: OpenAIChat = AzureChat(profile_of("openai"))
        url = deployment_url(call, PATH)
    else:
        wire = OpenAIChat(profile_of(call.provider))
        base = (call.api_base or "").rstrip("/")
        url = base if base.endswith(PATH) else base + PATH
    return WireRequest("POST", url, wire.headers(call), encode_json(body))


def parse_response(body: bytes) -> dict[str, Any]:
    """The reply. Raises `WireError` when it holds no embeddings."""
    data = decode_object(body)
    if not isinstance(data.get("data"), list):
        if data.get("error"):
            raise refusal_in_body(data)
        raise WireError("the provider's reply holds no 'data'")
    usage = data.get("usage")
    if isinstance(usage, dict):
        usage.setdefault("completion_tokens", 0)
    return data
