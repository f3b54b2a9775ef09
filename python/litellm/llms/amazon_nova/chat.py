"""Amazon Nova's chat completions."""

from __future__ import annotations

from typing import Any

from litellm.llms.openai.chat import OpenAIChat, OpenAIChunks
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


class AmazonNovaChunks(OpenAIChunks):
    """OpenAI's chunks, under an id of ours, without those that only open the message."""

    __slots__ = ()

    def feed(self, event: bytes) -> list[dict[str, Any]]:
        """The chunk of one event."""
        chunks = super().feed(event)
        for chunk in chunks:
            chunk.pop("id", None)
            for choice in chunk.get("choices") or ():
                delta = choice.get("delta") or {}
                if delta.get("content") == "" and not delta.get("tool_calls"):
                    choice["delta"] = {}
        return chunks


def chat_format(provider: str, model: str) -> WireFormat:
    """Nova's chat format."""
    return AmazonNovaChat(profile_of(provider))
