"""Cohere's chat API, version 2, as the far side of a chat completion.

Source: Cohere's API reference, and LiteLLM 1.106.2 as observed for names, headers and what it leaves out.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from litellm.llms.chunks import token_usage
from litellm.llms.cohere.chat_v1 import CohereV1Chat
from litellm.llms.cohere.common import auth_headers, endpoint_url, model_name
from litellm.llms.cohere.params import map_params, supported_params
from litellm.llms.cohere.stream import CohereChunks
from litellm.llms.openai.messages import clean_messages
from litellm.llms.openai_like.profile import OPENAI
from litellm.llms.wire import (
    ChatCall,
    ErrorDetails,
    Framing,
    WireError,
    WireFormat,
    WireRequest,
    decode_object,
    encode_json,
    read_error,
)

PATH = "/v2/chat"
FINISH_REASONS: Mapping[str, str] = {"MAX_TOKENS": "length", "ERROR_TOXIC": "content_filter"}
"""Cohere's finish reasons that are not `stop`. A call of tools is: its message says so, as LiteLLM has it."""


def chat_format(provider: str, model: str) -> WireFormat:
    """Version 1 for models that ask for it by a prefix, else version 2."""
    return CohereV1Chat() if model.startswith("v1/") else CohereChat()


class CohereChat:
    """Version 2: OpenAI's messages, and content, citations and usage of Cohere's own."""

    framing: Framing = "sse"
    shows_headers = False

    def supported_params(self, provider: str, model: str) -> tuple[str, ...]:
        """OpenAI parameter names that `model` takes."""
        return supported_params(provider, model)

    def map_params(self, provider: str, model: str, params: Mapping[str, Any], *, drop: bool) -> dict[str, Any]:
        """`params` under Cohere's names."""
        return map_params(params)

    def shown_model(self, model: str) -> str:
        """`model` as responses name it."""
        return model_name(model)

    def build_request(self, call: ChatCall) -> WireRequest:
        """The POST to the chat endpoint."""
        body: dict[str, Any] = {"model": model_name(call.model), "messages": clean_messages(call.messages, OPENAI)}
        body.update(call.params)
        body.update(body.pop("extra_body", None) or {})
        if call.stream:
            body["stream"] = True
        return WireRequest("POST", endpoint_url(call.api_base, PATH), auth_headers(call), encode_json(body))

    def parse_response(self, call: ChatCall, status: int, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
        """The reply as an OpenAI chat.completion dict. Raises `WireError` when it holds no message."""
        data = decode_object(body, status=None)
        message = data.get("message")
        if not isinstance(message, dict):
            raise WireError("the provider's reply holds no 'message'", status=None)
        return {
            "model": model_name(call.model),
            "choices": [
                {"index": 0, "finish_reason": finish_reason(data.get("finish_reason")), "message": _message(message)}
            ],
            "usage": convert_usage(data.get("usage")),
        }

    def stream_decoder(self, call: ChatCall) -> CohereChunks:
        """A decoder for one streamed reply."""
        return CohereChunks(finish_reason, convert_usage)

    def error_details(self, status: int, headers: Mapping[str, str], body: bytes) -> ErrorDetails:
        """What Cohere says about its refusal."""
        return read_error(body)


def finish_reason(reason: str | None) -> str:
    """OpenAI's word for a finish reason."""
    return FINISH_REASONS.get(reason or "", "stop")


def convert_usage(usage: Any) -> dict[str, Any]:
    """Usage in OpenAI's terms: all tokens, rather than those that are billed."""
    tokens = (usage.get("tokens") or usage.get("billed_units") or {}) if isinstance(usage, dict) else {}
    prompt, completion = int(tokens.get("input_tokens") or 0), int(tokens.get("output_tokens") or 0)
    made = token_usage(prompt, completion)
    cached = usage.get("cached_tokens") if isinstance(usage, dict) else None
    if cached:
        made["prompt_tokens_details"] = {"cached_tokens": int(cached)}
    return made


def _message(message: Mapping[str, Any]) -> dict[str, Any]:
    parts = [part for part in message.get("content") or () if isinstance(part, dict)]
    calls = [
        {**call, "index": index} for index, call in enumerate(message.get("tool_calls") or ()) if isinstance(call, dict)
    ]
    made: dict[str, Any] = {"role": "assistant", "content": _joined(parts, "text")}
    if calls:
        made["tool_calls"] = calls
    thinking = _joined(parts, "thinking")
    if thinking is not None:
        made["reasoning_content"] = thinking
    if message.get("citations"):
        made["provider_specific_fields"] = {"citations": message["citations"]}
    return made


def _joined(parts: list[dict[str, Any]], kind: str) -> str | None:
    texts = [str(part.get(kind) or "") for part in parts if part.get("type") == kind]
    return "".join(texts) if texts else None
