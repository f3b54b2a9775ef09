"""Claude at Vertex AI: Anthropic's messages API with Google Cloud's addresses and access tokens."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from litellm.llms.anthropic.chat import AnthropicChat
from litellm.llms.anthropic.models import DEFAULT_MAX_TOKENS
from litellm.llms.gemini.chat import google_error
from litellm.llms.vertex_ai.endpoint import VertexEndpoint
from litellm.llms.wire import ChatCall, ErrorDetails, WireRequest, encode_json

API_VERSION = "vertex-2023-10-16"
"""Goes into the body, in the place of the header of Anthropic's own API."""
BETAS = frozenset(
    {"context-1m-2025-08-07", "web-search-2025-03-05", "context-management-2025-06-27", "computer-use-2025-01-24",
     "computer-use-2025-11-24", "tool-search-tool-2025-10-19", "interleaved-thinking-2025-05-14"}
)  # fmt: skip
"""Beta features of Anthropic's that Vertex AI has."""
_RENAMED_BETAS = {"advanced-tool-use-2025-11-20": "tool-search-tool-2025-10-19"}


class VertexAnthropic(AnthropicChat):
    """The messages format at Vertex AI."""

    def build_request(self, call: ChatCall) -> WireRequest:
        """The POST to the model's rawPredict. Raises `WireError` (status 400) for messages it cannot say."""
        place = VertexEndpoint(call.options, call.api_base, call.model)
        body = self.body(call)
        body.pop("output_format", None)
        headers = self.headers(call, body)
        url = claude_url(place, call.model, stream=call.stream)
        return WireRequest("POST", url, headers, encode_json(vertex_body(body)), place.signer("x-api-key"))

    def messages_request(self, call: ChatCall, body: Mapping[str, Any]) -> WireRequest:
        """The POST of `body`, a request that came in Anthropic's own format."""
        place = VertexEndpoint(call.options, call.api_base, call.model)
        made = vertex_body(body)
        if isinstance(made.get("system"), str):
            made["system"] = [{"type": "text", "text": made["system"]}]
        headers = with_betas({"content-type": "application/json", **call.headers}, body)
        url = claude_url(place, call.model, stream=call.stream)
        return WireRequest("POST", url, headers, encode_json(made), place.signer())

    def output_limit(self, call: ChatCall) -> int:
        """Tokens to allow a reply when the caller named no limit: as upstream, whatever the model."""
        return DEFAULT_MAX_TOKENS

    def headers(self, call: ChatCall, body: Mapping[str, Any]) -> dict[str, str]:
        """Version, what the caller adds, and the beta features that `body` uses and Vertex AI has."""
        return with_betas(super().headers(call, body), body)

    def parse_response(self, call: ChatCall, status: int, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
        """The reply as an OpenAI chat.completion dict; the model keeps the name that it has at Vertex AI."""
        return {**super().parse_response(call, status, headers, body), "model": call.model}

    def error_details(self, status: int, headers: Mapping[str, str], body: bytes) -> ErrorDetails:
        """What Anthropic, or Google, says about the refusal."""
        return google_error(body)


def vertex_body(body: Mapping[str, Any]) -> dict[str, Any]:
    """An Anthropic request's body as Vertex AI takes it: the model is in the address."""
    return {**{key: value for key, value in body.items() if key != "model"}, "anthropic_version": API_VERSION}


def with_betas(headers: dict[str, str], body: Mapping[str, Any]) -> dict[str, str]:
    """`headers` with those beta features only that Vertex AI has."""
    asked = (headers.pop("anthropic-beta", None) or "").split(",")
    betas = [_RENAMED_BETAS.get(beta, beta) for beta in asked]
    if any(str(tool.get("type", "")).startswith("web_search_") for tool in body.get("tools") or ()):
        betas.append("web-search-2025-03-05")
    kept = [beta for beta in dict.fromkeys(betas) if beta in BETAS]
    if kept:
        headers["anthropic-beta"] = ",".join(kept)
    return headers


def claude_url(place: VertexEndpoint, model: str, *, stream: bool) -> str:
    """The address of Claude's rawPredict."""
    method = "streamRawPredict?alt=sse" if stream else "rawPredict"
    return place.below_project(f"/publishers/anthropic/models/{model.removeprefix('anthropic/')}:{method}")
