"""OpenAI's chat completions on a SageMaker endpoint."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from litellm.llms.aws.errors import read_aws_error
from litellm.llms.openai.chat import OpenAIChat
from litellm.llms.openai_like.profiles import profile_of
from litellm.llms.sagemaker.completion import SageMakerText
from litellm.llms.sagemaker.request import invocation
from litellm.llms.sagemaker.stream import PayloadParts
from litellm.llms.wire import ChatCall, ErrorDetails, Framing, StreamDecoder, WireFormat, WireRequest, decode_json
from litellm.secret_managers.aws.settings import take_settings


class SageMakerChat:
    """OpenAI's format, signed. Nova's endpoints serve one model and want no name of it."""

    framing: Framing = "aws"

    def __init__(self, provider: str) -> None:
        self._chat = OpenAIChat(profile_of(provider))
        self._names_model = provider != "sagemaker_nova"

    def supported_params(self, provider: str, model: str) -> list[str]:
        """OpenAI parameter names that the endpoint takes."""
        return self._chat.supported_params(provider, model)

    def map_params(self, provider: str, model: str, params: Mapping[str, Any], *, drop: bool) -> dict[str, Any]:
        """`params` as the endpoint takes them."""
        return self._chat.map_params(provider, model, params, drop=drop)

    def build_request(self, call: ChatCall) -> WireRequest:
        """The POST to the endpoint. Nothing of the caller's AWS credentials is in its body."""
        own = dict(call.params)
        body_params = dict(own)
        take_settings(body_params)
        named = call.options.get("hf_model_name") or call.model
        body = decode_json(self._chat.build_request(replace(call, model=str(named), params=body_params)).body)
        if not self._names_model:
            del body["model"]
        return invocation(call.model, own, body, api_base=call.api_base, headers=call.headers, stream=call.stream)

    def parse_response(self, call: ChatCall, status: int, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
        """The reply as an OpenAI chat.completion dict. Raises `WireError` when it is not one."""
        return self._chat.parse_response(call, status, headers, body)

    def stream_decoder(self, call: ChatCall) -> StreamDecoder:
        """A decoder for one streamed reply."""
        return PayloadParts(self._chat.stream_decoder(call))

    def error_details(self, status: int, headers: Mapping[str, str], body: bytes) -> ErrorDetails:
        """What AWS, or the endpoint behind it, says about its refusal."""
        return read_aws_error(headers, body)


def chat_format(provider: str, model: str) -> WireFormat:
    """The chat format of a SageMaker endpoint."""
    return SageMakerText() if provider == "sagemaker" else SageMakerChat(provider)
