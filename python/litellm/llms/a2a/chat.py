"""Agents that speak Agent2Agent: a conversation is one message to the agent, its answer the agent's text.

Source: the A2A protocol's `message/send` over JSON-RPC 2.0.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from typing import Any

from litellm.llms.openai.messages import as_dict
from litellm.llms.prompted import PromptedFormat, WholeText, counted_usage, text_reply, texts_of
from litellm.llms.wire import (
    SHAPE_ERRORS,
    ChatCall,
    Framing,
    WireError,
    WireFormat,
    WireRequest,
    decode_object,
    encode_json,
    misshapen,
)


def chat_format(provider: str, model: str) -> WireFormat:
    """One format for all agents."""
    return AgentChat()


class AgentChat(PromptedFormat):
    """`message/send`, which waits for the answer."""

    framing: Framing = "whole"
    params = ("stream", "temperature", "max_tokens", "top_p")

    def build_request(self, call: ChatCall) -> WireRequest:
        """The POST of one message. Raises `WireError` (400) without an address: every agent has its own."""
        if not call.api_base:
            raise WireError("api_base: an agent has no other address", status=400)
        part = {"kind": "text", "text": _transcript(call.messages)}
        message = {"kind": "message", "role": "user", "parts": [part], "messageId": str(uuid.uuid4())}
        body = {
            "jsonrpc": "2.0",
            "id": str(uuid.uuid4()),
            "method": "message/send",
            "params": {"message": message, "configuration": {"blocking": True}},
        }
        return WireRequest("POST", call.api_base, self.headers(call), encode_json(body))

    def parse_response(self, call: ChatCall, status: int, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
        """The agent's text. Raises `WireError` for an error of JSON-RPC, or when there is no text."""
        data = decode_object(body, status=None)
        if data.get("error"):
            raise WireError(str(data["error"].get("message") if isinstance(data["error"], dict) else data["error"]))
        try:
            text = "".join(_texts(data["result"]))
        except SHAPE_ERRORS as error:
            raise misshapen(error) from error
        if not text:
            raise WireError("the agent's reply holds no text", status=None)
        return text_reply(call.model, text, usage=counted_usage(_transcript(call.messages), text))

    def stream_decoder(self, call: ChatCall) -> WholeText:
        """The answer comes at once."""
        return WholeText(lambda body: self.parse_response(call, 200, {}, body))


def _transcript(messages: list[Any]) -> str:
    """The conversation as lines of `role: text`."""
    roles = [(message if isinstance(message, dict) else as_dict(message)).get("role") for message in messages]
    return "\n".join(f"{role}: {text}" for role, text in zip(roles, texts_of(messages), strict=True))


def _texts(result: dict[str, Any]) -> Iterator[str]:
    """The texts of a message, or of a task: of what it made, else of its last word."""
    if result.get("kind") == "message" or "parts" in result:
        yield from (part["text"] for part in result["parts"] if "text" in part)
        return
    made = [part["text"] for artifact in result.get("artifacts") or () for part in artifact["parts"] if "text" in part]
    yield from made or _texts(result["status"]["message"])
