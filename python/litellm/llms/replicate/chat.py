"""Replicate: a prediction is created and asked for until it has ended.

Source: Replicate's HTTP API reference.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from litellm.llms.chunks import token_usage
from litellm.llms.prompted import PromptedFormat, WholeText, counted_usage, text_reply
from litellm.llms.prompts import prompt_for, prompt_of_call, separate_system
from litellm.llms.wire import (
    ChatCall,
    Framing,
    WireError,
    WireFormat,
    WireRequest,
    decode_object,
    encode_json,
)

API_BASE = "https://api.replicate.com/v1"
PAUSE_S = 0.5
"""Between two questions whether a prediction has ended, as LiteLLM waits."""
_VERSION = re.compile(r":([0-9a-f]{64})$")
_RUNNING = frozenset({"starting", "processing", "queued"})
_OWN_SYSTEM = ("meta/", "mistralai/", "openai/", "anthropic/", "deepseek-ai/", "ibm-granite/")
"""Owners whose models take a system prompt beside the prompt."""


def chat_format(provider: str, model: str) -> WireFormat:
    """One format for all its models."""
    return ReplicateChat()


class ReplicateChat(PromptedFormat):
    """`POST …/predictions`, then `GET` of the prediction."""

    framing: Framing = "whole"
    params = (
        "stream", "temperature", "max_tokens", "top_p", "stop", "seed", "tools", "tool_choice", "functions",
        "function_call",
    )  # fmt: skip
    renames: Mapping[str, str] = {"stop": "stop_sequences"}

    def map_params(self, provider: str, model: str, params: Mapping[str, Any], *, drop: bool) -> dict[str, Any]:
        """`params` as inputs of the model; Llama and others know `max_new_tokens`, which most take."""
        mapped = super().map_params(provider, model, params, drop=drop)
        if isinstance(mapped.get("stop_sequences"), list):
            mapped["stop_sequences"] = ",".join(str(word) for word in mapped["stop_sequences"])
        if "vicuna" in model or "flan" in model:
            limit = mapped.pop("max_tokens", None)
            if limit is not None:
                mapped["max_length"] = limit
        elif "max_tokens" in mapped and not model.startswith(("openai/", "anthropic/", "google/", "deepseek-ai/")):
            mapped["max_new_tokens"] = mapped.pop("max_tokens")
        return mapped

    def build_request(self, call: ChatCall) -> WireRequest:
        """The POST that creates the prediction, of a version, a deployment or an official model."""
        params = dict(call.params)
        extra = params.pop("extra_body", None) or {}
        version = _VERSION.search(call.model)
        body: dict[str, Any] = {"input": {**_prompt(call), **params}, **extra}
        if version is not None:
            body["version"] = version.group(1)
        return WireRequest("POST", _url(call, versioned=version is not None), self._headers(call), encode_json(body))

    def next_request(self, call: ChatCall, headers: Mapping[str, str], body: bytes) -> tuple[WireRequest, float] | None:
        """The question whether the prediction has ended, and the seconds to wait before it; None when it has."""
        data = decode_object(body)
        if data.get("status") not in _RUNNING:
            return None
        url = (data.get("urls") or {}).get("get")
        if not isinstance(url, str):
            raise WireError("the provider's reply holds no address of the prediction")
        return WireRequest("GET", url, self._headers(call), b""), PAUSE_S

    def parse_response(self, call: ChatCall, status: int, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
        """The ended prediction as an OpenAI chat.completion dict. Raises `WireError` when it failed."""
        data = decode_object(body)
        if data.get("status") in ("failed", "canceled", "aborted"):
            raise WireError(str(data.get("error") or f"the prediction {data['status']}"))
        output = data.get("output")
        text = "".join(str(piece) for piece in output) if isinstance(output, list) else output
        if not isinstance(text, str):
            raise WireError("the provider's reply holds no 'output'")
        metrics = data.get("metrics") or {}
        usage = counted_usage(prompt_of_call(call), text)
        if metrics.get("input_token_count") is not None and metrics.get("output_token_count") is not None:
            usage = token_usage(int(metrics["input_token_count"]), int(metrics["output_token_count"]))
        return text_reply(f"replicate/{call.model}", text, usage=usage)

    def stream_decoder(self, call: ChatCall) -> WholeText:
        """The ended prediction comes at once."""
        return WholeText(lambda body: self.parse_response(call, 200, {}, body))

    def _headers(self, call: ChatCall) -> dict[str, str]:
        headers = {"content-type": "application/json"}
        if call.api_key:
            headers["authorization"] = f"Token {call.api_key}"
        headers.update(call.headers)
        return headers


def _url(call: ChatCall, *, versioned: bool) -> str:
    parts = urlsplit(call.api_base or API_BASE)
    base = f"{parts.scheme}://{parts.netloc}/v1"
    if versioned:
        return f"{base}/predictions"
    kind = "" if call.model.startswith("deployments/") else "models/"
    return f"{base}/{kind}{call.model}/predictions"


def _prompt(call: ChatCall) -> dict[str, Any]:
    """The prompt, with the system prompt beside it for the models that take one."""
    if call.options.get("text_completion") or not call.model.startswith(_OWN_SYSTEM):
        return {"prompt": prompt_of_call(call)}
    system, rest = separate_system(call.messages)
    prompt = {"prompt": prompt_for(call.model, rest)}
    return {**prompt, "system_prompt": system} if system else prompt
