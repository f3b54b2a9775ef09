"""The families that take a text prompt, as the far side of a chat completion."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import litellm
from litellm.litellm_core_utils.text_tokens import count_message_tokens, count_text_tokens
from litellm.llms.anthropic.schema import of_response_format
from litellm.llms.aws.errors import read_aws_error
from litellm.llms.bedrock.invoke.families import REASONS, TextFamily, at
from litellm.llms.bedrock.invoke.prompts import turns
from litellm.llms.bedrock.invoke.stream import InvokeChunks, TextChunks, WholeChunks, split_thinking
from litellm.llms.bedrock.request import BedrockTarget
from litellm.llms.bedrock.route import route_of
from litellm.llms.wire import ChatCall, ErrorDetails, Framing, StreamDecoder, WireError, WireRequest, decode_object

PROMPT_TOKENS_HEADER = "x-amzn-bedrock-input-token-count"
COMPLETION_TOKENS_HEADER = "x-amzn-bedrock-output-token-count"


class TextChat:
    """One family's format."""

    def __init__(self, spec: TextFamily) -> None:
        self.spec = spec
        self.framing: Framing = "aws" if spec.streams else "whole"

    def supported_params(self, provider: str, model: str) -> list[str]:
        """OpenAI parameter names that the family takes."""
        return list(self.spec.params)

    def map_params(self, provider: str, model: str, params: Mapping[str, Any], *, drop: bool) -> dict[str, Any]:
        """`params` under the family's own names."""
        mapped: dict[str, Any] = {}
        for name, value in params.items():
            if name in ("stream", "extra_headers", "stream_options", "max_retries", "user"):
                continue
            if name == "stop" and isinstance(value, str):
                value = [value]
            if name == "response_format":
                schema = of_response_format(value)
                value = value if schema is None else {"jsonSchema": schema}
            mapped[self.spec.names.get(name, name)] = value
        return mapped

    def build_request(self, call: ChatCall) -> WireRequest:
        """The POST to `invoke`. Raises `BadRequestError` for a guardrail in Converse's form."""
        own = dict(call.params)
        target = BedrockTarget(call.model, own, api_base=call.api_base, api_key=call.api_key, headers=call.headers)
        refuse_guardrail(call, own)
        streams = call.stream and self.spec.streams
        return target.post("invoke-with-response-stream" if streams else "invoke", self.body(call, own))

    def body(self, call: ChatCall, own: dict[str, Any]) -> dict[str, Any]:
        """The request body; `own` are the call's parameters without those of AWS."""
        spec = self.spec
        extra = own.pop("extra_body", None) or {}
        for name in ("stream", "stream_options", "json_mode"):
            own.pop(name, None)
        if spec.known_only is not None:
            own = {name: value for name, value in own.items() if name in spec.known_only}
        body: dict[str, Any] = {spec.prompt_name: spec.prompt(turns(call.messages))}
        if spec.within is None:
            body.update(own)
        else:
            body[spec.within] = own
        if spec.says_stream and call.stream:
            body["stream"] = True
        body.update(extra)
        return body

    def parse_response(self, call: ChatCall, status: int, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
        """The reply as an OpenAI chat.completion dict. Raises `WireError` when it holds no text."""
        data = self._read(body)
        text = at(data, self.spec.text)
        if text is None:
            text = data.get("text")  # Cohere's newer models
        if text is None:
            raise WireError("Bedrock's reply holds no text", status=422)
        reason = at(data, self.spec.reason) or data.get("finish_reason")
        message: dict[str, Any] = {"role": "assistant", "content": text}
        if self.spec.thinks:
            thinking, answer = split_thinking(text)
            message["content"] = answer
            if thinking:
                message["reasoning_content"] = thinking
                message["provider_specific_fields"] = {"reasoning_content": thinking}
        return {
            "object": "chat.completion",
            "model": route_of(call.model).name,
            "choices": [{"index": 0, "finish_reason": REASONS.get(str(reason), "stop"), "message": message}],
            "usage": self._usage(call, headers, data, text),
        }

    def _read(self, body: bytes) -> dict[str, Any]:
        try:
            return decode_object(body)
        except WireError as error:
            raise WireError("Bedrock's reply is not a JSON object", status=None) from error

    def _usage(self, call: ChatCall, headers: Mapping[str, str], data: dict[str, Any], text: str) -> dict[str, int]:
        """Tokens as Bedrock counted them, else counted here."""
        prompt, completion = headers.get(PROMPT_TOKENS_HEADER), headers.get(COMPLETION_TOKENS_HEADER)
        used = (
            int(prompt) if prompt else count_message_tokens("", call.messages),
            int(completion) if completion else count_text_tokens(text),
        )
        return {"prompt_tokens": used[0], "completion_tokens": used[1], "total_tokens": sum(used)}

    def stream_decoder(self, call: ChatCall) -> StreamDecoder:
        """A decoder for one streamed reply."""
        if not self.spec.streams:
            return WholeChunks(lambda body: self.parse_response(call, 200, {}, body))
        return InvokeChunks(TextChunks(self.spec))

    def error_details(self, status: int, headers: Mapping[str, str], body: bytes) -> ErrorDetails:
        """What AWS says about its refusal."""
        return read_aws_error(headers, body)

    def shown_model(self, model: str) -> str:
        """`model` as responses name it."""
        return route_of(model).name


def refuse_guardrail(call: ChatCall, own: Mapping[str, Any]) -> None:
    """Raises `BadRequestError` when `own` asks for a guardrail: InvokeModel has no place for it in its body."""
    if "guardrailConfig" in own:
        raise litellm.BadRequestError(
            message="guardrailConfig: only Converse takes it; call bedrock/converse/… instead",
            model=call.model,
            llm_provider=call.provider,
        )
