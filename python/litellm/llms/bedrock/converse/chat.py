"""Converse as the far side of a chat completion."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import litellm
from litellm.llms.aws.errors import read_aws_error
from litellm.llms.bedrock.betas import KNOWN, beta_names, header_with
from litellm.llms.bedrock.converse import models, params as converse_params
from litellm.llms.bedrock.converse.request import build_body
from litellm.llms.bedrock.converse.response import convert_response
from litellm.llms.bedrock.converse.stream import ConverseChunks
from litellm.llms.bedrock.converse.tools import ToolNames
from litellm.llms.bedrock.request import BedrockTarget
from litellm.llms.bedrock.route import route_of
from litellm.llms.wire import ChatCall, ErrorDetails, Framing, StreamDecoder, WireError, WireRequest, decode_object


class ConverseChat:
    """The Converse format."""

    framing: Framing = "aws"

    def supported_params(self, provider: str, model: str) -> list[str]:
        """OpenAI parameter names that `model` takes."""
        return models.supported_params(model)

    def map_params(self, provider: str, model: str, params: Mapping[str, Any], *, drop: bool) -> dict[str, Any]:
        """`params` in Converse's terms."""
        return converse_params.map_params(model, params, drop=drop)

    def build_request(self, call: ChatCall) -> WireRequest:
        """The POST to `converse`, or to `converse-stream`. Raises `BadRequestError` for what Bedrock would refuse."""
        own = dict(call.params)
        headers = header_with(call.headers, [name for name in beta_names(call.headers) if name in KNOWN])
        target = BedrockTarget(call.model, own, api_base=call.api_base, api_key=call.api_key, headers=headers)
        return target.post("converse-stream" if call.stream else "converse", self.body(call, own))

    def body(self, call: ChatCall, own: dict[str, Any]) -> dict[str, Any]:
        """The request body of `call`; `own` are its parameters without those of AWS."""
        continued = call.options.get("user_continue_message")
        text = continued.get("content") if isinstance(continued, dict) else None
        complete = bool(litellm.modify_params)
        if complete and "thinking" in own and _forgot_thinking(call.messages):
            del own["thinking"]
        return build_body(call, own, complete=complete, continue_with=text if isinstance(text, str) else None)

    def parse_response(self, call: ChatCall, status: int, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
        """The reply as an OpenAI chat.completion dict. Raises `WireError` when it is not one of Converse's."""
        try:
            data = decode_object(body)
        except WireError as error:
            raise WireError("Bedrock's reply is not a JSON object", status=422) from error
        return convert_response(
            data,
            model=self.shown_model(call.model),
            json_mode=bool(call.params.get("json_mode")),
            names=ToolNames(call.params.get("tools") or ()),
        )

    def stream_decoder(self, call: ChatCall) -> StreamDecoder:
        """A decoder for one streamed reply."""
        names = ToolNames(call.params.get("tools") or ())
        return ConverseChunks(json_mode=bool(call.params.get("json_mode")), names=names)

    def error_details(self, status: int, headers: Mapping[str, str], body: bytes) -> ErrorDetails:
        """What AWS says about its refusal."""
        return read_aws_error(headers, body)

    def shown_model(self, model: str) -> str:
        """`model` as responses name it."""
        return route_of(model).name


def _forgot_thinking(messages: list[Any]) -> bool:
    """Whether the last call of a tool came without the thinking before it: the model then refuses to think."""
    calls = [message for message in messages if isinstance(message, dict) and message.get("tool_calls")]
    return bool(calls) and not calls[-1].get("thinking_blocks")
