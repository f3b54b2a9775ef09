"""Ollama's chat endpoint as the far side of a chat completion."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from litellm.litellm_core_utils.text_tokens import count_message_tokens
from litellm.llms.ollama.common import ollama_headers, ollama_url, reply_failure, usage_of
from litellm.llms.ollama.generate import OllamaGenerate
from litellm.llms.ollama.messages import chat_messages
from litellm.llms.ollama.params import CHAT_PARAMS, body_fields, map_params
from litellm.llms.ollama.stream import OllamaChunks, tool_calls
from litellm.llms.openai.messages import read_reasoning
from litellm.llms.wire import (
    ChatCall,
    ErrorDetails,
    Framing,
    WireFormat,
    WireRequest,
    decode_object,
    encode_json,
    read_error,
)

PATH = "/api/chat"


def chat_format(provider: str, model: str) -> WireFormat:
    """The chat endpoint for `ollama_chat`, the generate endpoint for `ollama`."""
    return OllamaChat() if provider == "ollama_chat" else OllamaGenerate()


class OllamaChat:
    """`POST /api/chat`."""

    framing: Framing = "ndjson"
    shows_headers = False

    def supported_params(self, provider: str, model: str) -> tuple[str, ...]:
        """OpenAI parameter names that `model` takes."""
        return CHAT_PARAMS

    def map_params(self, provider: str, model: str, params: Mapping[str, Any], *, drop: bool) -> dict[str, Any]:
        """`params` in Ollama's terms."""
        return map_params(model, params, penalty="repeat_penalty")

    def build_request(self, call: ChatCall) -> WireRequest:
        """The POST to the chat endpoint."""
        body: dict[str, Any] = {"model": call.model, "messages": chat_messages(call.messages), "stream": call.stream}
        body.update(body_fields(call.params))
        return WireRequest("POST", ollama_url(call.api_base, PATH), ollama_headers(call), encode_json(body))

    def parse_response(self, call: ChatCall, status: int, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
        """The reply as an OpenAI chat.completion dict. Raises `WireError` when it holds no message."""
        data = decode_object(body, status=None)
        said = data.get("message")
        if not isinstance(said, dict):
            raise reply_failure(data, "message")
        message: dict[str, Any] = {"role": "assistant", "content": said.get("content") or ""}
        if said.get("thinking"):
            message["reasoning_content"] = said["thinking"]
        read_reasoning(message)
        reason = str(data.get("done_reason") or "stop")
        calls = [{k: v for k, v in call.items() if k != "index"} for call in tool_calls(said.get("tool_calls"))]
        if calls:
            message["tool_calls"], reason = calls, "tool_calls"
        return {
            "model": f"{call.provider}/{call.model}",
            "choices": [{"index": 0, "finish_reason": reason, "message": message}],
            "usage": usage_of(data, lambda: count_message_tokens(call.model, call.messages)),
        }

    def stream_decoder(self, call: ChatCall) -> OllamaChunks:
        """A decoder for one streamed reply."""
        return OllamaChunks()

    def error_details(self, status: int, headers: Mapping[str, str], body: bytes) -> ErrorDetails:
        """What Ollama says about its refusal."""
        return read_error(body)
