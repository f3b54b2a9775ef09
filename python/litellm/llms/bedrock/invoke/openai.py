"""Models that speak OpenAI's chat completions: imported ones and Moonshot's under InvokeModel, GPT's at an address."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from litellm.llms.aws.errors import read_aws_error
from litellm.llms.bedrock.invoke.stream import InvokeChunks
from litellm.llms.bedrock.request import BedrockTarget
from litellm.llms.bedrock.route import facts, route_of
from litellm.llms.openai.chat import OpenAIChat
from litellm.llms.openai_like.profiles import profile_of
from litellm.llms.wire import (
    ChatCall,
    ErrorDetails,
    Framing,
    StreamDecoder,
    WireError,
    WireRequest,
    decode_json,
)

CHAT_PATH = "/openai/v1/chat/completions"
_INLINE_REASONING = re.compile(r"\s*<reasoning>(.*?)</reasoning>", re.S)


class BedrockOpenAIChat:
    """OpenAI's format, signed. `invoked` is whether it is under InvokeModel's path and framing."""

    def __init__(self, profile: str, *, invoked: bool) -> None:
        self._chat = OpenAIChat(profile_of(profile))
        self._invoked = invoked
        self.framing: Framing = "aws" if invoked else "sse"

    def supported_params(self, provider: str, model: str) -> list[str]:
        """OpenAI parameter names that `model` takes."""
        route = route_of(model)
        names = self._chat.supported_params(provider, route.base)
        if route.family == "moonshot":
            return [name for name in names if name not in ("stop", "reasoning_effort")]
        if self._invoked:
            return names
        names.remove("n")
        return [*names, "reasoning_effort"] if facts(route.model_id).get("supports_reasoning") else names

    def map_params(self, provider: str, model: str, params: Mapping[str, Any], *, drop: bool) -> dict[str, Any]:
        """`params` as the model takes them."""
        mapped = self._chat.map_params(provider, route_of(model).base, params, drop=drop)
        if not self._invoked and "max_tokens" in mapped:
            mapped["max_completion_tokens"] = mapped.pop("max_tokens")
        return mapped

    def build_request(self, call: ChatCall) -> WireRequest:
        """The POST to `invoke`, or to the chat completions of the region."""
        own = dict(call.params)
        target = BedrockTarget(call.model, own, api_base=call.api_base, api_key=call.api_key, headers=call.headers)
        plain = replace(call, model=target.route.model_id, params=own, stream=False if self._invoked else call.stream)
        body = decode_json(self._chat.build_request(plain).body)
        if not self._invoked:
            return target.post_to(CHAT_PATH, body)
        return target.post("invoke-with-response-stream" if call.stream else "invoke", body)

    def parse_response(self, call: ChatCall, status: int, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
        """The reply as an OpenAI chat.completion dict. Raises `WireError` when it is not one."""
        try:
            data = self._chat.parse_response(call, status, headers, body)
        except WireError as error:
            raise WireError(error.message, status=422, details=error.details) from error
        for choice in data["choices"]:
            _read_inline_reasoning(choice["message"])
        data["model"] = route_of(call.model).name
        return data

    def stream_decoder(self, call: ChatCall) -> StreamDecoder:
        """A decoder for one streamed reply."""
        inner = self._chat.stream_decoder(call)
        return InvokeChunks(inner) if self._invoked else inner

    def error_details(self, status: int, headers: Mapping[str, str], body: bytes) -> ErrorDetails:
        """What AWS says about its refusal."""
        return read_aws_error(headers, body)

    def shown_model(self, model: str) -> str:
        """`model` as responses name it."""
        return route_of(model).name


def _read_inline_reasoning(message: dict[str, Any]) -> None:
    """Takes thinking that a model wrote in front of its answer out of it."""
    content = message.get("content")
    found = _INLINE_REASONING.match(content) if isinstance(content, str) else None
    if found and not message.get("reasoning_content"):
        message["reasoning_content"] = found[1]
        message["content"] = content[found.end() :] if isinstance(content, str) else content
