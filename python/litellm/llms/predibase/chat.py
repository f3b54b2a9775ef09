"""Predibase's deployments: HuggingFace's text generation inference, with adapters.

Source: Predibase's REST API reference.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from litellm.llms.chunks import chunk, read_event, token_usage
from litellm.llms.prompted import PromptedFormat, body_params, counted_usage, text_reply
from litellm.llms.prompts import prompt_of_call
from litellm.llms.wire import ChatCall, WireError, WireFormat, WireRequest, decode_object, encode_json

API_BASE = "https://serving.app.predibase.com"
_REASONS: Mapping[str, str] = {"length": "length"}


def chat_format(provider: str, model: str) -> WireFormat:
    """One format for all its models."""
    return PredibaseChat()


class PredibaseChat(PromptedFormat):
    """`POST /<tenant>/deployments/v2/llms/<model>/generate`, and `generate_stream`."""

    params = (
        "stream", "temperature", "max_completion_tokens", "max_tokens", "top_p", "stop", "n", "response_format",
    )  # fmt: skip
    renames: Mapping[str, str] = {
        "max_tokens": "max_new_tokens",
        "max_completion_tokens": "max_new_tokens",
        "n": "best_of",
    }

    def build_request(self, call: ChatCall) -> WireRequest:
        """The POST. Raises `WireError` (400) without a tenant."""
        params = body_params(call)
        tenant = (
            call.options.get("tenant_id")
            or params.pop("predibase_tenant_id", None)
            or os.environ.get("PREDIBASE_TENANT_ID")
        )
        if not tenant:
            raise WireError("tenant_id: Predibase needs a tenant: set `tenant_id` or PREDIBASE_TENANT_ID", status=400)
        base = (call.api_base or API_BASE).rstrip("/")
        task = "generate_stream" if call.stream else "generate"
        url = f"{base}/{tenant}/deployments/v2/llms/{call.model}/{task}"
        parameters = {"details": True, **params}
        body = {"inputs": prompt_of_call(call), "parameters": parameters}
        return WireRequest("POST", url, self.headers(call), encode_json(body))

    def parse_response(self, call: ChatCall, status: int, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
        """The reply as an OpenAI chat.completion dict. Raises `WireError` when it holds no text."""
        data = decode_object(body)
        text = data.get("generated_text")
        if not isinstance(text, str):
            raise WireError(str(data.get("error") or "the provider's reply holds no 'generated_text'"))
        details = data.get("details") or {}
        usage = counted_usage(prompt_of_call(call), text)
        if details.get("generated_tokens") is not None:
            asked = details.get("prompt_tokens", usage["prompt_tokens"])
            usage = token_usage(int(asked), int(details["generated_tokens"]))
        reason = _REASONS.get(str(details.get("finish_reason")), "stop")
        return text_reply(call.model, text, reason=reason, usage=usage)

    def stream_decoder(self, call: ChatCall) -> TGIChunks:
        """A decoder for one streamed reply."""
        return TGIChunks()


class TGIChunks:
    """Text generation inference's stream: a token an event, details with the last."""

    __slots__ = ()

    def feed(self, event: bytes) -> list[dict[str, Any]]:
        """The chunks of one event. Raises `WireError` when it cannot be read or says a failure."""
        data = read_event(event)
        token = data.get("token")
        made = []
        if isinstance(token, dict) and token.get("text") and not token.get("special"):
            made.append(chunk({"content": str(token["text"])}))
        details = data.get("details")
        if isinstance(details, dict):
            made.append(chunk({}, _REASONS.get(str(details.get("finish_reason")), "stop")))
        return made

    def finish(self) -> list[dict[str, Any]]:
        """Nothing: every event was answered when it came."""
        return []
