"""OpenAI's moderation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from litellm.llms.endpoint_wire import EndpointCall, EndpointFormat
from litellm.llms.openai.chat import refusal_in_body
from litellm.llms.wire import WireError, WireRequest, decode_object


class OpenAIModeration(EndpointFormat):
    """POST /moderations."""

    path = "/moderations"

    def shown_provider(self, provider: str) -> str | None:
        """None: LiteLLM's moderation responses do not name theirs."""
        return None

    def build_request(self, call: EndpointCall) -> WireRequest:
        """The POST that judges the input; without a model the provider chooses one."""
        body = {"input": call.inputs.get("input"), **call.params}
        if call.model:
            body["model"] = call.model
        return self.json_request(call, body)

    def parse_response(self, call: EndpointCall, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
        """The judgements. Raises `WireError` when there is no list of them."""
        data = decode_object(body)
        if not isinstance(data.get("results"), list):
            raise refusal_in_body(data) if data.get("error") else WireError("the provider's reply holds no 'results'")
        return data
