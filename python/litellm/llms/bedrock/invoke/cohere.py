"""Cohere's Command R under InvokeModel: the last message, and the chat before it."""

from __future__ import annotations

from typing import Any

from litellm.llms.bedrock.invoke.families import FAMILIES
from litellm.llms.bedrock.invoke.prompts import turns
from litellm.llms.bedrock.invoke.text import TextChat
from litellm.llms.wire import ChatCall

_ROLES = {"user": "USER", "assistant": "CHATBOT", "system": "SYSTEM"}


class CommandRChat(TextChat):
    """Command R's chat."""

    def __init__(self) -> None:
        super().__init__(FAMILIES["cohere"])

    def body(self, call: ChatCall, own: dict[str, Any]) -> dict[str, Any]:
        """The request body; `own` are the call's parameters without those of AWS."""
        body = super().body(call, own)
        del body["prompt"]
        chat = turns(call.messages)
        message = chat.pop()[1] if chat and chat[-1][0] == "user" else ""
        body["message"] = message
        body["chat_history"] = [{"role": _ROLES[role], "message": text} for role, text in chat]
        return body
