"""An endpoint of one's own, in the format that LiteLLM defines for it: `custom/<model>` with an `api_base`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from litellm.llms.prompted import PromptedFormat, WholeText, body_params, spaced, text_reply
from litellm.llms.wire import ChatCall, Framing, WireError, WireFormat, WireRequest, decode_object, encode_json

_ALWAYS = ("max_tokens", "temperature", "top_p", "top_k")


def chat_format(provider: str, model: str) -> WireFormat:
    """One format for all its models."""
    return CustomEndpointChat()


class CustomEndpointChat(PromptedFormat):
    """A POST of `model` and `params`; answered by `data[0].output[0]`."""

    framing: Framing = "whole"
    params = ("max_tokens", "temperature", "top_p", "stream")

    def build_request(self, call: ChatCall) -> WireRequest:
        """The POST. Raises `WireError` (400) without an `api_base`."""
        if not call.api_base:
            raise WireError("api_base: a custom endpoint needs its address", status=400)
        given = body_params(call)
        params = {"prompt": [spaced(call.messages)], **{name: given.get(name) for name in _ALWAYS}, **given}
        headers = {"content-type": "application/json", **call.headers}
        return WireRequest("POST", call.api_base, headers, encode_json({"model": call.model, "params": params}))

    def parse_response(self, call: ChatCall, status: int, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
        """The reply as an OpenAI chat.completion dict. Raises `WireError` when it holds no output."""
        data = decode_object(body, status=None).get("data")
        output = data[0].get("output") if isinstance(data, list) and data and isinstance(data[0], dict) else None
        if not isinstance(output, list) or not output:
            raise WireError("the provider's reply holds no 'data[0].output'")
        return text_reply(call.model, str(output[0]))

    def stream_decoder(self, call: ChatCall) -> WholeText:
        """The reply comes at once."""
        return WholeText(lambda body: self.parse_response(call, 200, {}, body))
