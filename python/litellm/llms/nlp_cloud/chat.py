"""NLP Cloud's text generation.

Source: NLP Cloud's API reference.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from litellm.llms.chunks import token_usage
from litellm.llms.prompted import PromptedFormat, TextChunks, body_params, spaced, text_reply
from litellm.llms.wire import ChatCall, WireError, WireFormat, WireRequest, decode_object, encode_json


def chat_format(provider: str, model: str) -> WireFormat:
    """One format for all its models."""
    return NLPCloudChat()


class NLPCloudChat(PromptedFormat):
    """`POST /<model>/generation`."""

    params = (
        "max_tokens", "stream", "temperature", "top_p", "presence_penalty", "frequency_penalty", "n", "stop",
    )  # fmt: skip
    renames: Mapping[str, str] = {"max_tokens": "max_length", "n": "num_return_sequences", "stop": "stop_sequences"}

    def build_request(self, call: ChatCall) -> WireRequest:
        """The POST with the texts."""
        body: dict[str, Any] = {"text": spaced(call.messages), **body_params(call)}
        if call.stream:
            body["stream"] = True
        headers = {"content-type": "application/json"}
        if call.api_key:
            headers["authorization"] = f"Token {call.api_key}"
        headers.update(call.headers)
        url = f"{(call.api_base or '').rstrip('/')}/{call.model}/generation"
        return WireRequest("POST", url, headers, encode_json(body))

    def parse_response(self, call: ChatCall, status: int, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
        """The reply as an OpenAI chat.completion dict. Raises `WireError` when it holds no text."""
        data = decode_object(body)
        text = data.get("generated_text")
        if not isinstance(text, str):
            raise WireError("the provider's reply holds no 'generated_text'")
        usage = token_usage(int(data.get("nb_input_tokens") or 0), int(data.get("nb_generated_tokens") or 0))
        return text_reply(call.model, text, usage=usage)

    def stream_decoder(self, call: ChatCall) -> TextChunks:
        """A decoder for one streamed reply."""
        return TextChunks("generated_text")
