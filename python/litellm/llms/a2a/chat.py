"""Agents that speak Agent2Agent: a conversation is one message to the agent, its answer the agent's text.

Source: the A2A protocol's `message/send` over JSON-RPC 2.0.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

from litellm.llms.openai.messages import as_dict
from litellm.llms.prompted import OneText, texts_of
from litellm.llms.wire import ChatCall, WireError, WireFormat, WireRequest, encode_json


def chat_format(provider: str, model: str) -> WireFormat:
    """One format for all agents."""
    return AgentChat()


class AgentChat(OneText):
    """`message/send`, which waits for the answer."""

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

    def prompt(self, call: ChatCall) -> str:
        """The conversation as the agent is told it."""
        return _transcript(call.messages)

    def text(self, data: dict[str, Any]) -> str:
        """The agent's text. Raises `WireError` for an error of JSON-RPC."""
        if data.get("error"):
            raise WireError(str(data["error"].get("message") if isinstance(data["error"], dict) else data["error"]))
        return "".join(_texts(data["result"]))


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
