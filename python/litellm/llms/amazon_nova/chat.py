"""Amazon Nova's chat completions."""

from __future__ import annotations

from typing import Any

from litellm.llms.openai.chat import DialectChunks, OpenAIChat, OpenAIChunks
from litellm.llms.openai_like.profiles import profile_of
from litellm.llms.wire import ChatCall, WireFormat, WireRequest, decode_json, encode_json


class AmazonNovaChat(OpenAIChat):
    """OpenAI's format; every request says whether it is to be streamed."""

    def build_request(self, call: ChatCall) -> WireRequest:
        """The POST to the chat completions endpoint."""
        request = super().build_request(call)
        if not call.stream:
            request.body = encode_json({**decode_json(request.body), "stream": False})
        return request

    def stream_decoder(self, call: ChatCall) -> OpenAIChunks:
        """A decoder for one streamed reply."""
        return AmazonNovaChunks()


class AmazonNovaChunks(DialectChunks):
    """OpenAI's chunks, under an id of ours, without those that only open the message."""

    __slots__ = ()

    def feed(self, event: bytes) -> list[dict[str, Any]]:
        """The chunk of one event."""
        chunks = super().feed(event)
        for chunk in chunks:
            chunk.pop("id", None)
        return chunks

    def read_delta(self, choice: dict[str, Any], delta: dict[str, Any]) -> None:
        """One that only opens the message says nothing."""
        if delta.get("content") == "" and not delta.get("tool_calls"):
            choice["delta"] = {}


def chat_format(provider: str, model: str) -> WireFormat:
    """Nova's chat format."""
    return AmazonNovaChat(profile_of(provider))
