"""Hugging Face's text generation on a SageMaker endpoint, as the far side of a chat completion."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from litellm.litellm_core_utils.text_tokens import count_text_tokens
from litellm.llms.aws.errors import read_aws_error
from litellm.llms.bedrock.invoke import prompts
from litellm.llms.prompted import spaced
from litellm.llms.sagemaker.request import invocation
from litellm.llms.sagemaker.stream import GeneratedChunks, PayloadParts
from litellm.llms.wire import (
    ChatCall,
    ErrorDetails,
    Framing,
    StreamDecoder,
    WireError,
    WireRequest,
    decode_json,
)
from litellm.secret_managers.aws.settings import take_settings

PARAMS = ("stream", "temperature", "max_tokens", "max_completion_tokens", "top_p", "stop", "n")
LEAST_TEMPERATURE = 0.01
"""Text generation refuses 0."""


class SageMakerText:
    """Text generation: a prompt in, a text out."""

    framing: Framing = "aws"

    def supported_params(self, provider: str, model: str) -> list[str]:
        """OpenAI parameter names that text generation has."""
        return list(PARAMS)

    def map_params(self, provider: str, model: str, params: Mapping[str, Any], *, drop: bool) -> dict[str, Any]:
        """`params` under Hugging Face's names."""
        mapped: dict[str, Any] = {}
        for name, theirs in (
            ("max_tokens", "max_new_tokens"),
            ("max_completion_tokens", "max_new_tokens"),
            ("top_p", "top_p"),
            ("stop", "stop"),
        ):
            if params.get(name) is not None:
                mapped[theirs] = params[name]
        if mapped.get("max_new_tokens") == 0:
            mapped["max_new_tokens"] = 1
        if params.get("temperature") is not None:
            mapped["temperature"] = params["temperature"] or LEAST_TEMPERATURE
        if params.get("n") is not None:
            mapped.update({"best_of": params["n"], "do_sample": True})
        return mapped

    def build_request(self, call: ChatCall) -> WireRequest:
        """The POST to the endpoint."""
        own = dict(call.params)
        body_params = dict(own)
        take_settings(body_params)
        extra = body_params.pop("extra_body", None) or {}
        body: dict[str, Any] = {"inputs": _prompt(call), "parameters": {**body_params, **extra}}
        if call.stream:
            body["stream"] = True
        return invocation(call.model, own, body, api_base=call.api_base, headers=call.headers, stream=call.stream)

    def parse_response(self, call: ChatCall, status: int, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
        """The reply as an OpenAI chat.completion dict. Raises `WireError` when it holds no text."""
        try:
            data = decode_json(body)
        except ValueError as error:
            raise WireError("the endpoint's reply is not JSON", status=None) from error
        if isinstance(data, list):
            data = data[0] if data else {}
        if not isinstance(data, dict):
            raise WireError("the endpoint's reply holds no generated_text", status=None)
        text = str(data.get("generated_text") or "")
        prompt = _prompt(call)
        if text.startswith(prompt) and "<s>" in prompt:
            text = text[len(prompt) :]
        used = (count_text_tokens(prompt), count_text_tokens(text))
        return {
            "object": "chat.completion",
            "model": call.model,
            "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": text}}],
            "usage": {"prompt_tokens": used[0], "completion_tokens": used[1], "total_tokens": sum(used)},
        }

    def stream_decoder(self, call: ChatCall) -> StreamDecoder:
        """A decoder for one streamed reply."""
        return PayloadParts(GeneratedChunks())

    def error_details(self, status: int, headers: Mapping[str, str], body: bytes) -> ErrorDetails:
        """What AWS, or the endpoint behind it, says about its refusal."""
        return read_aws_error(headers, body)


def _prompt(call: ChatCall) -> str:
    """The chat in the template of the model behind the endpoint, as far as its name gives that away."""
    named = str(call.options.get("hf_model_name") or call.model).lower()
    chat = prompts.turns(call.messages)
    if "llama-3" in named or "llama3" in named:
        return prompts.llama3(chat)
    if "llama-2" in named and "chat" in named:
        return prompts.llama2(chat)
    if "mistral" in named and "instruct" in named:
        return prompts.mistral(chat)
    return spaced(call.messages)
