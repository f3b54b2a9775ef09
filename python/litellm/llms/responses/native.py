"""The Responses API as OpenAI, Azure and a few others speak it."""

from __future__ import annotations

import importlib
import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

import litellm
from litellm.litellm_core_utils.model_facts import model_facts
from litellm.llms.azure.auth import auth_headers, signed_in
from litellm.llms.openai.chat import refusal_in_body
from litellm.llms.sse import splitter
from litellm.llms.wire import ErrorDetails, WireError, WireRequest, decode_json, decode_object, encode_json, read_error

PREFIX = "responses/"
"""Before a model's name: asks for this API where a chat would go elsewhere."""
PARAMS = frozenset(
    {"background", "context_management", "include", "instructions", "max_output_tokens", "max_tool_calls", "metadata",
     "parallel_tool_calls", "partial_images", "previous_response_id", "prompt", "prompt_cache_key",
     "prompt_cache_options", "prompt_cache_retention", "reasoning", "safety_identifier", "service_tier", "store",
     "stream", "stream_options", "temperature", "text", "tool_choice", "tools", "top_logprobs", "top_p", "truncation",
     "user"}
)  # fmt: skip
"""OpenAI's parameters of a response."""
_PERPLEXITY = frozenset({"instructions", "max_output_tokens", "reasoning", "stream", "temperature", "tools", "top_p"})
_VOLCENGINE = PARAMS - {
    "background", "include", "metadata", "parallel_tool_calls", "partial_images", "prompt", "prompt_cache_key",
    "prompt_cache_options", "prompt_cache_retention", "safety_identifier", "service_tier", "stream_options",
    "top_logprobs", "truncation", "user",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class ResponsesProfile:
    """How a provider's Responses API differs from OpenAI's."""

    path: str = "/responses"
    params: frozenset[str] = PARAMS
    dropped: frozenset[str] = frozenset()
    """Parameters that are left out without a word."""
    streams_all: bool = False
    """Whether every model streams; otherwise only those that the catalogue knows and does not except."""
    azure: bool = False
    default_body: Mapping[str, Any] = field(default_factory=dict)
    own: str = ""
    """A module whose `own_request` makes the request, where it is not OpenAI's."""


_PLAIN = ResponsesProfile()
_V1 = ResponsesProfile(path="/v1/responses")
_AZURE = PARAMS - {"context_management"}
NATIVE: Mapping[str, ResponsesProfile] = {
    "openai": _PLAIN,
    "azure": ResponsesProfile(azure=True, params=_AZURE),
    "chatgpt": ResponsesProfile(own="litellm.llms.chatgpt.responses.transformation", streams_all=True),
    "xai": ResponsesProfile(dropped=frozenset({"metadata"})),
    "openrouter": ResponsesProfile(streams_all=True),
    "perplexity": ResponsesProfile(path="/v1/responses", params=_PERPLEXITY),
    "volcengine": ResponsesProfile(path="/api/v3/responses", params=_VOLCENGINE, streams_all=True),
    "fireworks_ai": _PLAIN,
    "litellm_proxy": _PLAIN,
    "hosted_vllm": _V1,
    "edenai": ResponsesProfile(streams_all=True),
    "manus": _V1,
    "neosantara": _PLAIN,
    "parasail": _PLAIN,
    "tensormesh": _PLAIN,
    "pinstripes": _PLAIN,
    "cortecs": _PLAIN,
    "prism": _PLAIN,
    "meta": _PLAIN,
    "sail": _PLAIN,
}
"""Providers with a Responses API of their own; the others answer through a chat completion."""
AZURE_V1_VERSIONS = frozenset({"preview", "latest", "v1"})
DEFAULT_AZURE_VERSION = "preview"


@dataclass(slots=True)
class ResponsesCall:
    """One call, resolved."""

    provider: str
    model: str
    api_base: str | None = None
    api_key: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)


def model_name(model: str) -> str:
    """The model's name without the prefix that asks for this API."""
    return model.removeprefix(PREFIX)


def profile_for(provider: str) -> ResponsesProfile | None:
    """The provider's Responses API; None when it has none."""
    return NATIVE.get(provider)


def supported_params(provider: str) -> Collection[str]:
    """OpenAI parameters of a response that the provider takes."""
    return NATIVE.get(provider, _PLAIN).params


def reasons(provider: str, model: str) -> bool:
    """Whether `model` may be told how to reason: any that the catalogue does not say cannot."""
    facts = model_facts(provider, model)
    return provider != "openai" or not facts or bool(facts.get("supports_reasoning"))


def streams(provider: str, model: str) -> bool:
    """Whether `model` streams by itself. As upstream has it, a model that the catalogue does not know does not."""
    if NATIVE[provider].streams_all:
        return True
    facts = model_facts(provider, model)
    return bool(facts) and facts.get("supports_native_streaming") is not False


def url(call: ResponsesCall, suffix: str = "") -> str:
    """Where the responses are, or with `suffix` (`/<id>`, …) one of them."""
    profile = NATIVE.get(call.provider, _PLAIN)
    base = (call.api_base or "").rstrip("/")
    if profile.azure:
        named = call.options.get("api_version") or litellm.api_version or os.environ.get("AZURE_API_VERSION")
        return _azure_url(base, str(named or DEFAULT_AZURE_VERSION), suffix)
    if profile.path.startswith("/v1") and base.endswith("/v1"):
        base = base.removesuffix("/v1")
    return (base if base.endswith("/responses") else base + profile.path) + suffix


def _azure_url(base: str, version: str, suffix: str) -> str:
    base, _, given = base.partition("?")
    query = given or urlencode({"api-version": version})
    if base.endswith("/responses"):
        return f"{base}{suffix}?{query}"
    path = "/openai/v1/responses" if version in AZURE_V1_VERSIONS else "/openai/responses"
    base = base.removesuffix("/openai/v1").removesuffix("/openai").rstrip("/")
    return f"{base}{path}{suffix}?{query}"


def headers(call: ResponsesCall, *, has_body: bool = True) -> dict[str, str]:
    """Content type, authentication and what the caller adds."""
    made = {"content-type": "application/json"} if has_body else {}
    if NATIVE.get(call.provider, _PLAIN).azure:
        made.update(auth_headers(call.api_key, call.options))
    elif call.api_key:
        made["authorization"] = f"Bearer {call.api_key}"
    organization = call.options.get("organization")
    if organization:
        made["openai-organization"] = organization
    made.update(call.headers)
    return made


def build_request(call: ResponsesCall, inputs: Any, params: Mapping[str, Any]) -> WireRequest:
    """The POST that makes a response."""
    profile = NATIVE.get(call.provider, _PLAIN)
    if profile.own:
        made: WireRequest = importlib.import_module(profile.own).own_request(call, inputs, params)
        return made
    body = {"model": call.model, "input": inputs, **profile.default_body}
    body.update((name, value) for name, value in params.items() if name not in profile.dropped)
    body.update(body.pop("extra_body", None) or {})
    return _signed_in(call, WireRequest("POST", url(call), headers(call), encode_json(body)))


def manage_request(
    call: ResponsesCall, method: str, response_id: str, suffix: str = "", query: Mapping[str, Any] | None = None
) -> WireRequest:
    """A request about the response of this id."""
    address = url(call, f"/{quote(response_id, safe='')}{suffix}")
    if query:
        address += ("&" if "?" in address else "?") + urlencode(query, doseq=True)
    azure = NATIVE.get(call.provider, _PLAIN).azure
    return _signed_in(call, WireRequest(method, address, headers(call, has_body=not azure or method != "GET"), b""))


def _signed_in(call: ResponsesCall, request: WireRequest) -> WireRequest:
    return signed_in(request, call.options) if NATIVE.get(call.provider, _PLAIN).azure else request


def parse_response(body: bytes) -> dict[str, Any]:
    """The response. Raises `WireError` when it is an error or holds no output."""
    data = completed(body) if body.lstrip().startswith((b"event:", b"data:")) else decode_object(body)
    if not isinstance(data.get("output"), list):
        if data.get("error"):
            raise refusal_in_body(data)
        raise WireError("the provider's reply holds no 'output'")
    return data


def completed(body: bytes) -> dict[str, Any]:
    """The response that a whole stream of events ends with; the items that it leaves out are those that were told.

    Raises `WireError` when the response failed, or the stream ended before it did.
    """
    split = splitter("sse")
    items: list[Any] = []
    for event in (data for piece in (*split.feed(body), *split.finish()) for data in NativeEvents().feed(piece)):
        kind = event.get("type")
        if kind == "response.output_item.done":
            items.append(event.get("item"))
        elif kind in ("response.completed", "response.incomplete", "response.failed"):
            response = dict(event.get("response") or {})
            return {**response, "output": response.get("output") or items}
        elif kind == "error":
            raise refusal_in_body({"error": event.get("error") or event})
    raise WireError("the provider's stream ended before the response was complete")


def error_details(status: int, headers: Mapping[str, str], body: bytes) -> ErrorDetails:
    """The message; LiteLLM's errors of responses carry no code."""
    return ErrorDetails(message=read_error(body).message)


class NativeEvents:
    """Reads the events of a streamed response, which are already in our shape."""

    def feed(self, event: bytes) -> list[dict[str, Any]]:
        """The event; none for `[DONE]`. Raises `WireError` for what is not one."""
        event = event.strip()
        if not event or event == b"[DONE]":
            return []
        try:
            data = decode_json(event)
        except ValueError as error:
            quoted = event[:2000].decode("utf-8", "replace")
            raise WireError(f"an event of the provider's stream is not valid JSON: {quoted!r}") from error
        if not isinstance(data, dict):
            raise WireError(f"an event of the provider's stream is not an object: {event[:200]!r}")
        if "type" not in data and data.get("error"):
            raise refusal_in_body(data)
        return [data]

    def finish(self) -> list[dict[str, Any]]:
        """Nothing: the events stand alone."""
        return []
