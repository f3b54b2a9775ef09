"""Anthropic's messages under InvokeModel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from litellm.llms.anthropic.betas import required_betas
from litellm.llms.anthropic.chat import AnthropicChat
from litellm.llms.anthropic.stream import AnthropicChunks
from litellm.llms.aws.errors import read_aws_error
from litellm.llms.bedrock.betas import KNOWN, KNOWN_IN_MESSAGES, beta_names, header_with
from litellm.llms.bedrock.converse.models import ConverseModel
from litellm.llms.bedrock.invoke.stream import InvokeChunks
from litellm.llms.bedrock.invoke.text import refuse_guardrail
from litellm.llms.bedrock.request import BedrockTarget
from litellm.llms.bedrock.route import route_of
from litellm.llms.wire import ChatCall, ErrorDetails, Framing, StreamDecoder, WireError, WireRequest

API_VERSION = "bedrock-2023-05-31"
DEFAULT_MAX_TOKENS = 4096
PROVIDER = "bedrock"


class InvokeAnthropicChat:
    """The messages format in InvokeModel's body: the model is in the URL, the version and the betas are in the body."""

    framing: Framing = "aws"
    names_itself = False

    def __init__(self) -> None:
        self._messages = AnthropicChat()

    def supported_params(self, provider: str, model: str) -> list[str]:
        """OpenAI parameter names that `model` takes."""
        return self._messages.supported_params(provider, route_of(model).base)

    def map_params(self, provider: str, model: str, params: Mapping[str, Any], *, drop: bool) -> dict[str, Any]:
        """`params` in Anthropic's terms, within what Bedrock takes."""
        params = _within_ceiling(ConverseModel(model), params)
        mapped = self._messages.map_params(provider, route_of(model).base, params, drop=drop)
        choice = mapped.get("tool_choice")
        forced = isinstance(choice, dict) and choice.get("type") in ("any", "tool")
        if forced and not ConverseModel(model).forced_tool_use:
            _relax(mapped, choice)
        return mapped

    def build_request(self, call: ChatCall) -> WireRequest:
        """The POST to `invoke`. Raises `WireError` (status 400) for messages that cannot be said."""
        own = dict(call.params)
        given = beta_names(call.headers, own.pop("anthropic_beta", None))
        target = BedrockTarget(call.model, own, api_base=call.api_base, api_key=call.api_key, headers={})
        refuse_guardrail(call, own)
        body = self.body(call, own)
        wanted = [name for name in required_betas(body) if name in KNOWN | KNOWN_IN_MESSAGES]
        betas = list(dict.fromkeys([*given, *wanted]))
        if "output_format" in body:
            body["output_config"] = {**body.get("output_config", {}), "format": body.pop("output_format")}
        if betas:
            body["anthropic_beta"] = betas
        target.headers = header_with(call.headers, betas)
        return target.post("invoke-with-response-stream" if call.stream else "invoke", body)

    def body(self, call: ChatCall, own: dict[str, Any]) -> dict[str, Any]:
        """The request body; `own` are the call's parameters without those of AWS."""
        extra = own.pop("extra_body", None) or {}
        for name in ("stream_options", "max_retries"):
            own.pop(name, None)
        own.setdefault("max_tokens", DEFAULT_MAX_TOKENS)
        body = self._messages.body(replace(call, model=route_of(call.model).base, params=own, stream=False))
        del body["model"]
        for tool in body.get("tools") or ():
            if isinstance(tool.get("input_schema"), dict):
                tool.pop("strict", None)
        return {**body, "anthropic_version": API_VERSION, **extra}

    def parse_response(self, call: ChatCall, status: int, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
        """The reply as an OpenAI chat.completion dict. Raises `WireError` when it is not a message."""
        try:
            return self._messages.parse_response(call, status, headers, body)
        except WireError as error:
            raise WireError(error.message, status=None, details=error.details) from error

    def stream_decoder(self, call: ChatCall) -> StreamDecoder:
        """A decoder for one streamed reply."""
        return InvokeChunks(AnthropicChunks(json_mode=bool(call.params.get("json_mode"))))

    def error_details(self, status: int, headers: Mapping[str, str], body: bytes) -> ErrorDetails:
        """What AWS says about its refusal."""
        return read_aws_error(headers, body)

    def shown_model(self, model: str) -> str:
        """`model` as responses name it."""
        return route_of(model).name


def _within_ceiling(found: ConverseModel, params: Mapping[str, Any]) -> Mapping[str, Any]:
    """`params` with the highest effort that Bedrock has of a model, where the caller asks for a higher one."""
    ceiling, effort = found.facts.get("bedrock_output_config_effort_ceiling"), params.get("reasoning_effort")
    if not ceiling or effort not in ("xhigh", "max") or found.facts.get(f"supports_{effort}_reasoning_effort"):
        return params
    return {**params, "reasoning_effort": ceiling}


def _relax(mapped: dict[str, Any], choice: Any) -> None:
    """Leaves the choice to a model that cannot be made to call a tool; a JSON tool then needs no choice at all."""
    if mapped.get("json_mode"):
        del mapped["tool_choice"]
    else:
        mapped["tool_choice"] = {**{k: v for k, v in choice.items() if k != "name"}, "type": "auto"}
