"""Ollama's chat endpoint as the far side of a chat completion."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from litellm.litellm_core_utils.text_tokens import count_message_tokens, count_text_tokens
from litellm.llms.chunks import token_usage
from litellm.llms.ollama.generate import OllamaGenerate
from litellm.llms.ollama.messages import chat_messages
from litellm.llms.ollama.params import CHAT_PARAMS, body_fields, map_params
from litellm.llms.ollama.stream import OllamaChunks, tool_calls
from litellm.llms.openai.messages import read_reasoning
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


def ollama_url(api_base: str | None, path: str) -> str:
    """Where a call goes: its base URL and the path, which the base may already hold."""
    base = (api_base or "").rstrip("/")
    return base if base.endswith(path) else base + path


def ollama_headers(call: ChatCall) -> dict[str, str]:
    """Authentication where there is a key (Ollama itself asks for none), and what the caller adds."""
    headers = {"authorization": f"Bearer {call.api_key}"} if call.api_key else {}
    headers.update(call.headers)
    return headers


def reply_failure(data: Mapping[str, Any], missing: str) -> WireError:
    """The error that a reply without its `missing` part says or amounts to."""
    error = data.get("error")
    return WireError(str(error) if error else f"the provider's reply holds no {missing!r}", status=None)


def usage_of(data: Mapping[str, Any], count_prompt: Callable[[], int]) -> dict[str, Any]:
    """The tokens that Ollama counted; those of the texts where it did not say, the prompt's by `count_prompt`."""
    said = data.get("message") or {}
    reply = str((said.get("content") if isinstance(said, dict) else "") or data.get("response") or "")
    asked, made = data.get("prompt_eval_count"), data.get("eval_count")
    return token_usage(
        int(asked) if asked is not None else count_prompt(),
        int(made) if made is not None else count_text_tokens(reply),
    )
