"""Langflow: a flow is run with the user's last message, and answers with the text of its first output.

Source: Langflow's `POST /api/v1/run/{flow}`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from litellm.llms.openai.messages import as_dict
from litellm.llms.prompted import PromptedFormat, WholeText, body_params, counted_usage, text_reply, texts_of
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

DEFAULT_BASE = "http://localhost:7860"


def chat_format(provider: str, model: str) -> WireFormat:
    """One format for all flows; the model's name is the flow's."""
    return FlowChat()


class FlowChat(PromptedFormat):
    """The run of a flow."""

    framing: Framing = "whole"
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

    def parse_response(self, call: ChatCall, status: int, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
        """The text of the flow's first output. Raises `WireError` when it has none."""
        data = decode_object(body, status=None)
        try:
            text = data["outputs"][0]["outputs"][0]["results"]["message"]["text"]
        except SHAPE_ERRORS as error:
            raise misshapen(error) from error
        if not isinstance(text, str):
            raise WireError("the flow's output has no text", status=None)
        return text_reply(call.model, text, usage=counted_usage(_asked(call.messages), text))

    def stream_decoder(self, call: ChatCall) -> WholeText:
        """The answer comes at once."""
        return WholeText(lambda body: self.parse_response(call, 200, {}, body))


def _asked(messages: list[Any]) -> str:
    """What the user said last; a flow keeps the conversation by its `session_id`."""
    roles = [(message if isinstance(message, dict) else as_dict(message)).get("role") for message in messages]
    texts = texts_of(messages)
    return next((text for role, text in reversed(list(zip(roles, texts, strict=True))) if role == "user"), "")
