"""Anthropic's messages API as the far side of a chat completion."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from litellm.llms.anthropic import models, params as anthropic_params
from litellm.llms.anthropic.betas import required_betas
from litellm.llms.anthropic.messages import InvalidMessage, convert_messages, has_tool_calls
from litellm.llms.anthropic.response import convert_message
from litellm.llms.anthropic.stream import AnthropicChunks
from litellm.llms.wire import (
    ChatCall,
    ErrorDetails,
    Framing,
    WireError,
    WireRequest,
    decode_object,
    encode_json,
    read_error,
)

API_VERSION = "2023-06-01"
PATH = "/v1/messages"
_OUR_PARAMS = ("json_mode", "stream")
_DUMMY_TOOL = {
    "name": "dummy_tool",
    "input_schema": {"type": "object", "properties": {}},
    "type": "custom",
    "description": "This is a dummy tool call",
}


class AnthropicChat:
    """The messages format."""

    framing: Framing = "sse"
    names_itself = False

    def supported_params(self, provider: str, model: str) -> list[str]:
        """OpenAI parameter names that `model` takes."""
        return anthropic_params.supported_params(provider, model)

    def map_params(self, provider: str, model: str, params: Mapping[str, Any], *, drop: bool) -> dict[str, Any]:
        """`params` in Anthropic's terms. Raises `UnsupportedParamsError` for values the model refuses."""
        return anthropic_params.map_params(provider, model, params, drop=drop)

    def build_request(self, call: ChatCall) -> WireRequest:
        """The POST to the messages endpoint. Raises `WireError` (status 400) for messages it cannot say."""
        body = self.body(call)
        return WireRequest("POST", messages_url(call.api_base), self.headers(call, body), encode_json(body))

    def messages_request(self, call: ChatCall, body: Mapping[str, Any]) -> WireRequest:
        """The POST of `body`, a request that came in Anthropic's own format."""
        return WireRequest("POST", messages_url(call.api_base), self.headers(call, body), encode_json(body))

    def body(self, call: ChatCall) -> dict[str, Any]:
        """The request body of `call`."""
        try:
            system, turns = convert_messages(call.messages)
        except InvalidMessage as error:
            raise WireError(str(error), status=400) from error
        if not turns and system:
            raise WireError("Invalid Message passed in: there is no message besides the system prompt", status=400)
        body: dict[str, Any] = {"model": call.model, "messages": turns}
        if system:
            body["system"] = system
        body.update({k: v for k, v in call.params.items() if k not in _OUR_PARAMS})
        body.update(body.pop("extra_body", None) or {})
        if "max_tokens" not in body:
            body["max_tokens"] = self.output_limit(call)
        if "tools" not in body and has_tool_calls(call.messages):
            body["tools"] = [_DUMMY_TOOL]
        user_id = (call.options.get("metadata") or {}).get("user_id")
        if user_id and "metadata" not in body:
            body["metadata"] = {"user_id": user_id}
        if call.stream:
            body["stream"] = True
        return body

    def output_limit(self, call: ChatCall) -> int:
        """Tokens to allow a reply when the caller named no limit."""
        return models.output_limit(call.provider, call.model)

    def headers(self, call: ChatCall, body: Mapping[str, Any]) -> dict[str, str]:
        """Version, authentication, and the beta features that `body` uses."""
        headers = auth_headers(call.api_key)
        betas = required_betas(body)
        asked = call.headers.get("anthropic-beta")
        for source in (headers.pop("anthropic-beta", None), asked):
            if source:
                betas.extend(beta for beta in source.split(",") if beta not in betas)
        headers.update(call.headers)
        if betas:
            headers["anthropic-beta"] = ",".join(betas)
        return headers

    def parse_response(self, call: ChatCall, status: int, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
        """The reply as an OpenAI chat.completion dict. Raises `WireError` when it is not a message."""
        made = convert_message(decode_object(body, status=None), json_mode=bool(call.params.get("json_mode")))
        begun = prefix_of(call.messages)
        if begun:
            message = made["choices"][0]["message"]
            message["content"] = begun + (message.get("content") or "")
        return made

    def stream_decoder(self, call: ChatCall) -> AnthropicChunks:
        """A decoder for one streamed reply."""
        return AnthropicChunks(json_mode=bool(call.params.get("json_mode")))

    def error_details(self, status: int, headers: Mapping[str, str], body: bytes) -> ErrorDetails:
        """What Anthropic says about its refusal."""
        return read_error(body)


def prefix_of(messages: list[Any]) -> str:
    """How the answer was made to begin: what a last message of the assistant with `prefix` says."""
    last = messages[-1] if messages and isinstance(messages[-1], dict) else {}
    begun = last.get("content") if last.get("role") == "assistant" and last.get("prefix") else None
    return begun if isinstance(begun, str) else ""


def messages_url(api_base: str | None) -> str:
    """The messages endpoint below `api_base`, which may already be it."""
    base = (api_base or "").rstrip("/")
    if base.endswith(PATH):
        return base
    return base.removesuffix("/v1") + PATH


def auth_headers(api_key: str | None) -> dict[str, str]:
    """The headers of every request: version, and an API key or an OAuth token."""
    headers = {"content-type": "application/json", "anthropic-version": API_VERSION}
    if api_key is None:
        return headers
    if api_key.startswith("sk-ant-oat"):
        headers["authorization"] = f"Bearer {api_key}"
        headers["anthropic-beta"] = "oauth-2025-04-20"
        headers["anthropic-dangerous-direct-browser-access"] = "true"
    else:
        headers["x-api-key"] = api_key
    return headers


def chat_format(provider: str, model: str) -> AnthropicChat:
    """The chat format of Anthropic's models."""
    return AnthropicChat()
