"""Petals' generate endpoint.

Source: the HTTP API of chat.petals.dev.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from litellm.llms.prompted import PromptedFormat, WholeText, body_params, counted_usage, spaced, text_reply
from litellm.llms.wire import ChatCall, Framing, WireError, WireFormat, WireRequest, decode_object

DEFAULT_MAX_TOKENS = 4096


def chat_format(provider: str, model: str) -> WireFormat:
    """One format for all its models."""
    return PetalsChat()


class PetalsChat(PromptedFormat):
    """A form that is posted."""

    framing: Framing = "whole"
    params = ("max_tokens", "temperature", "top_p", "stream")
    renames: Mapping[str, str] = {"max_tokens": "max_new_tokens"}

    def build_request(self, call: ChatCall) -> WireRequest:
        """The POST of the form."""
        fields: dict[str, Any] = {"model": call.model, "inputs": spaced(call.messages)}
        fields.update(body_params(call))
        fields.setdefault("max_new_tokens", DEFAULT_MAX_TOKENS)
        headers = {"content-type": "application/x-www-form-urlencoded", **call.headers}
        return WireRequest("POST", call.api_base or "", headers, urlencode(fields).encode())

    def parse_response(self, call: ChatCall, status: int, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
        """The reply as an OpenAI chat.completion dict. Raises `WireError` when it holds no output."""
        data = decode_object(body, status=None)
        text = data.get("outputs")
        if not data.get("ok", True) or not isinstance(text, str):
            raise WireError("the provider's reply holds no 'outputs'", status=None)
        return text_reply(call.model, text, usage=counted_usage(spaced(call.messages), text))

    def stream_decoder(self, call: ChatCall) -> WholeText:
        """The reply comes at once."""
        return WholeText(lambda body: self.parse_response(call, 200, {}, body))
