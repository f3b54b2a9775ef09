"""Bytez: chat messages in parts, answers in parts, streams as plain text.

Source: Bytez' HTTP API, `POST /models/v2/{model}`.
"""

from __future__ import annotations

import codecs
from collections.abc import Mapping
from typing import Any

from litellm.llms.chunks import chunk
from litellm.llms.openai.messages import as_dict
from litellm.llms.prompted import PromptedFormat, body_params, counted_usage, spaced, text_reply
from litellm.llms.wire import (
    SHAPE_ERRORS,
    ChatCall,
    ErrorDetails,
    Framing,
    StreamDecoder,
    WireError,
    WireFormat,
    WireRequest,
    decode_object,
    encode_json,
    misshapen,
    read_error,
)

_MEDIA = {"image_url": "image", "video_url": "video", "audio_url": "audio"}


def chat_format(provider: str, model: str) -> WireFormat:
    """One format for all its models."""
    return BytezChat()


class BytezChat(PromptedFormat):
    """Messages whose media are named by kind and address."""

    framing: Framing = "whole"
    params = ("stream", "max_tokens", "max_completion_tokens", "temperature", "top_p", "n", "max_retries")
    renames: Mapping[str, str] = {
        "max_tokens": "max_new_tokens",
        "max_completion_tokens": "max_new_tokens",
        "n": "num_return_sequences",
    }

    def build_request(self, call: ChatCall) -> WireRequest:
        """The POST to the model."""
        params = body_params(call)
        params.pop("max_retries", None)
        body = {"messages": [_message(message) for message in call.messages], "params": params, "stream": call.stream}
        headers = {"content-type": "application/json", "authorization": f"Key {call.api_key or ''}", **call.headers}
        base = (call.api_base or "").rstrip("/")
        return WireRequest("POST", f"{base}/{call.model}", headers, encode_json(body))

    def parse_response(self, call: ChatCall, status: int, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
        """The model's text. Raises `WireError` for an error in the reply, or when it has no output."""
        data = decode_object(body, status=None)
        if data.get("error"):
            raise WireError(str(data["error"]), status=400, details=ErrorDetails(str(data["error"])))
        try:
            text = _text(data["output"]["content"])
        except SHAPE_ERRORS as error:
            raise misshapen(error) from error
        return text_reply(call.model, text, usage=counted_usage(spaced(call.messages), text))

    def stream_decoder(self, call: ChatCall) -> StreamDecoder:
        """The text as it comes."""
        return _PlainText()

    def error_details(self, status: int, headers: Mapping[str, str], body: bytes) -> ErrorDetails:
        """What the provider says about its refusal."""
        return read_error(body)


class _PlainText:
    """A stream that is nothing but the text."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")

    def feed(self, event: bytes) -> list[dict[str, Any]]:
        """What one piece says."""
        text = self._decoder.decode(event)
        return [chunk({"content": text})] if text else []

    def finish(self) -> list[dict[str, Any]]:
        """The end: nothing else tells of it."""
        return [chunk({}, "stop")]


def _message(message: Any) -> dict[str, Any]:
    message = message if isinstance(message, dict) else as_dict(message)
    content = message.get("content")
    if not isinstance(content, list):
        return {"role": message.get("role"), "content": [{"type": "text", "text": content or ""}]}
    return {"role": message.get("role"), "content": [_part(part) for part in content]}


def _part(part: Mapping[str, Any]) -> dict[str, Any]:
    kind = str(part.get("type"))
    if kind not in _MEDIA:
        return dict(part)
    address = part.get(kind)
    if isinstance(address, Mapping):
        address = address.get("url")
    return {"type": _MEDIA[kind], "url": address}


def _text(content: Any) -> str:
    if isinstance(content, str):
        return content
    return "".join(part["text"] for part in content if part.get("type") == "text")
