"""Langflow: a flow is run with the user's last message, and answers with the text of its first output.

Source: Langflow's `POST /api/v1/run/{flow}`.
"""

from __future__ import annotations

from typing import Any

from litellm.llms.openai.messages import as_dict
from litellm.llms.prompted import OneText, body_params, texts_of
from litellm.llms.wire import ChatCall, WireFormat, WireRequest, encode_json

DEFAULT_BASE = "http://localhost:7860"


def chat_format(provider: str, model: str) -> WireFormat:
    """One format for all flows; the model's name is the flow's."""
    return FlowChat()


class FlowChat(OneText):
    """The run of a flow."""

    params = ("stream",)

    def build_request(self, call: ChatCall) -> WireRequest:
        """The POST that runs the flow; `session_id`, `tweaks` and the like stand beside the input."""
        body = {"input_value": _asked(call.messages), "input_type": "chat", "output_type": "chat", **body_params(call)}
        headers = {"content-type": "application/json"}
        if call.api_key:
            headers["x-api-key"] = call.api_key
        headers.update(call.headers)
        base = (call.api_base or DEFAULT_BASE).rstrip("/")
        return WireRequest("POST", f"{base}/api/v1/run/{call.model}", headers, encode_json(body))

    def prompt(self, call: ChatCall) -> str:
        """What the flow is asked."""
        return _asked(call.messages)

    def text(self, data: dict[str, Any]) -> str:
        """The text of the flow's first output."""
        found: str = data["outputs"][0]["outputs"][0]["results"]["message"]["text"]
        return found


def _asked(messages: list[Any]) -> str:
    """What the user said last; a flow keeps the conversation by its `session_id`."""
    roles = [(message if isinstance(message, dict) else as_dict(message)).get("role") for message in messages]
    texts = texts_of(messages)
    return next((text for role, text in reversed(list(zip(roles, texts, strict=True))) if role == "user"), "")
