"""Chat with ChatGPT's models, over their Responses API."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from litellm.llms.chatgpt.chat.streaming_utils import ChatGPTToolCallNormalizer
from litellm.llms.responses.chat_over import ResponsesChat
from litellm.llms.responses.stream_iterator import ParsedChunks, plain_chunk
from litellm.llms.wire import ChatCall, StreamDecoder


class ChatGPTChat(ResponsesChat):
    """`POST /responses`, always streamed: a whole reply is a stream that was read to its end."""

    def stream_decoder(self, call: ChatCall) -> StreamDecoder:
        """A decoder for one streamed reply."""
        return ChatGPTChunks()


class ChatGPTChunks(ParsedChunks):
    """Chunks of the events, each tool call once."""

    def __init__(self) -> None:
        super().__init__()
        self._normalizer = ChatGPTToolCallNormalizer()

    def chunk(self, data: Mapping[str, Any]) -> dict[str, Any] | None:
        """The chunk of one event; None when it says nothing new."""
        return plain_chunk(self._normalizer._normalize(self._iterator.chunk_parser(data)))
