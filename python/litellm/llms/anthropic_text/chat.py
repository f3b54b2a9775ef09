"""Anthropic's text completions, which came before its messages API.

Source: Anthropic's legacy text completions reference.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from litellm.llms.anthropic.chat import auth_headers
from litellm.llms.bedrock.invoke.prompts import turns
from litellm.llms.prompted import PromptedFormat, TextChunks, body_params, counted_usage, text_reply
from litellm.llms.wire import ChatCall, WireError, WireFormat, WireRequest, decode_object, encode_json

PATH = "/v1/complete"
DEFAULT_MAX_TOKENS = 4096
_REASONS: Mapping[str, str] = {"max_tokens": "length"}


def chat_format(provider: str, model: str) -> WireFormat:
    """One format for all its models."""
    return AnthropicText()


class AnthropicText(PromptedFormat):
    """`POST /v1/complete`."""

    params = ("stream", "max_tokens", "max_completion_tokens", "stop", "temperature", "top_p", "extra_headers", "user")
    renames: Mapping[str, str] = {
        "max_tokens": "max_tokens_to_sample",
        "max_completion_tokens": "max_tokens_to_sample",
        "stop": "stop_sequences",
    }

    def map_params(self, provider: str, model: str, params: Mapping[str, Any], *, drop: bool) -> dict[str, Any]:
        """`params` under Anthropic's names; the user is metadata."""
        mapped = super().map_params(provider, model, params, drop=drop)
        if isinstance(mapped.get("stop_sequences"), str):
            mapped["stop_sequences"] = [mapped["stop_sequences"]]
        user = mapped.pop("user", None)
        if user:
            mapped["metadata"] = {"user_id": user}
        return mapped

    def build_request(self, call: ChatCall) -> WireRequest:
        """The POST with the prompt."""
        body: dict[str, Any] = {"model": call.model, "prompt": prompt_of(call.messages)}
        body.update(body_params(call))
        body.setdefault("max_tokens_to_sample", DEFAULT_MAX_TOKENS)
        if call.stream:
            body["stream"] = True
        base = (call.api_base or "").rstrip("/")
        url = base if base.endswith(PATH) else base + PATH
        return WireRequest("POST", url, {**auth_headers(call.api_key), **call.headers}, encode_json(body))

    def parse_response(self, call: ChatCall, status: int, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
        """The reply as an OpenAI chat.completion dict. Raises `WireError` when it holds no completion."""
        data = decode_object(body, status=None)
        text = data.get("completion")
        if not isinstance(text, str):
            raise WireError("the provider's reply holds no 'completion'")
        reason = str(data.get("stop_reason") or "stop")
        usage = counted_usage(prompt_of(call.messages), text)
        return text_reply(str(data.get("model") or call.model), text, reason=reason, usage=usage)

    def stream_decoder(self, call: ChatCall) -> TextChunks:
        """A decoder for one streamed reply."""
        return TextChunks("completion", "stop_reason", _REASONS)


def prompt_of(messages: list[Any]) -> str:
    """`messages` as turns of `Human:` and `Assistant:`, ending where the assistant goes on."""
    said, last = "", ""
    for role, text in turns(messages):
        if role == "assistant":
            said += f"\n\nAssistant: {text}"
        elif role == "system":
            said += f"\n\nHuman: <admin>{text}</admin>"
        else:
            said += f"\n\nHuman: {text}"
        last = role
    return said if last == "assistant" else said + "\n\nAssistant: "
