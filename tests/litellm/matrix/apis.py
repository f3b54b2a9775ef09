"""All the APIs that callers speak, by name."""

from __future__ import annotations

from collections.abc import Mapping

import litellm

from tests.litellm.matrix import inbound as own, inbound_bridged as bridged
from tests.litellm.matrix.inbound import Inbound

_CACHED, _NEITHER = frozenset({"cached"}), frozenset[str]()

INBOUND: Mapping[str, Inbound] = {
    "chat": Inbound(own.chat, own.call_chat, own.chat_said, own.chat_streamed, schemas=True, signs=True),
    "text": Inbound(own.text, litellm.text_completion, own.text_said, own.text_streamed, tools=False),
    "responses": Inbound(own.responses, litellm.responses, own.responses_said, own.responses_streamed, schemas=True),
    "messages": Inbound(
        own.messages, litellm.anthropic.messages.create, own.message_said, own.message_streamed,
        signs=True, counts=_CACHED,
    ),
    "generate": Inbound(
        own.generate, own.call_generate, lambda reply: own.generated([reply]),
        lambda pieces: own.generated(own.sse(pieces)), schemas=True,
    ),
    "cohere": Inbound(
        bridged.cohere, bridged.through("cohere"), bridged.cohere_said, bridged.cohere_streamed,
        schemas=True, counts=_CACHED,
    ),
    "ollama chat": Inbound(
        bridged.ollama_chat, bridged.through("ollama_chat"), bridged.ollama_said, bridged.ollama_streamed,
        schemas=True, counts=_NEITHER,
    ),
    "ollama generate": Inbound(
        bridged.ollama_generate, bridged.through("ollama_generate"), bridged.ollama_said, bridged.ollama_streamed,
        tools=False, schemas=True, counts=_NEITHER,
    ),
    "converse": Inbound(
        bridged.converse, bridged.through("converse"), bridged.converse_said, bridged.converse_streamed,
        schemas=True, signs=True, counts=_CACHED,
    ),
}  # fmt: skip
