"""watsonx.ai's text generation as the far side of a chat completion: the chat becomes a prompt."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from litellm.llms.chunks import chunk, read_event, token_usage
from litellm.llms.prompts import prompt_of_call
from litellm.llms.watsonx.settings import OWN_PARAMS, authentication, endpoint_url, request_headers, scope
from litellm.llms.wire import (
    ChatCall,
    ErrorDetails,
    Framing,
    WireError,
    WireRequest,
    decode_object,
    encode_json,
    read_error,
)

PARAMS: tuple[str, ...] = ("temperature", "max_tokens", "top_p", "frequency_penalty", "stop", "seed", "stream")
_RENAMED: Mapping[str, str] = {
    "max_tokens": "max_new_tokens",
    "stop": "stop_sequences",
    "frequency_penalty": "repetition_penalty",
    "seed": "random_seed",
}
_REASONS: Mapping[str, str] = {"max_tokens": "length", "token_limit": "length", "time_limit": "length"}


class WatsonxText:
    """`POST /ml/v1/text/generation`, and the same of a deployment."""

    framing: Framing = "sse"
    shows_headers = False

    def supported_params(self, provider: str, model: str) -> tuple[str, ...]:
        """OpenAI parameter names that `model` takes."""
        return PARAMS

    def map_params(self, provider: str, model: str, params: Mapping[str, Any], *, drop: bool) -> dict[str, Any]:
        """`params` under watsonx's names."""
        mapped = {_RENAMED.get(name, name): value for name, value in params.items() if name != "stream"}
        if isinstance(mapped.get("stop_sequences"), str):
            mapped["stop_sequences"] = [mapped["stop_sequences"]]
        return mapped

    def build_request(self, call: ChatCall) -> WireRequest:
        """The POST. Raises `WireError` (401) when project, base URL or credentials are missing."""
        params = dict(call.params)
        extra = params.pop("extra_body", None) or {}
        auth = authentication(call.api_key, params)
        body: dict[str, Any] = {
            "input": prompt_of_call(call),
            "moderations": params.pop("moderations", {}),
            "parameters": {name: value for name, value in params.items() if name not in OWN_PARAMS},
            **scope(call.model, params),
            **extra,
        }
        task = "text/generation_stream" if call.stream else "text/generation"
        url = endpoint_url(call.api_base, call.model, task, call.options.get("api_version"))
        return WireRequest("POST", url, request_headers(auth, call.headers), encode_json(body), auth.signer)

    def parse_response(self, call: ChatCall, status: int, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
        """The reply as an OpenAI chat.completion dict. Raises `WireError` when it holds no result."""
        data = decode_object(body)
        result = _result(data)
        if result is None:
            raise WireError("the provider's reply holds no 'results'")
        message = {"role": "assistant", "content": str(result.get("generated_text") or "")}
        made: dict[str, Any] = {
            "model": call.model,
            "choices": [{"index": 0, "finish_reason": _reason(result), "message": message}],
            "usage": token_usage(
                int(result.get("input_token_count") or 0), int(result.get("generated_token_count") or 0)
            ),
        }
        created = _seconds(data.get("created_at"))
        if created is not None:
            made["created"] = created
        return made

    def stream_decoder(self, call: ChatCall) -> WatsonxTextChunks:
        """A decoder for one streamed reply."""
        return WatsonxTextChunks()

    def error_details(self, status: int, headers: Mapping[str, str], body: bytes) -> ErrorDetails:
        """What watsonx says about its refusal."""
        return read_error(body)


class WatsonxTextChunks:
    """Reads one stream: each event holds a piece of the text, the prompt's tokens come with the first."""

    __slots__ = ("_prompt",)

    def __init__(self) -> None:
        self._prompt = 0

    def feed(self, event: bytes) -> list[dict[str, Any]]:
        """The chunks of one event. Raises `WireError` when it cannot be read or says a failure."""
        result = _result(read_event(event))
        if result is None:
            return []
        self._prompt = max(self._prompt, int(result.get("input_token_count") or 0))
        made = []
        if result.get("generated_text"):
            made.append(chunk({"content": str(result["generated_text"])}))
        if str(result.get("stop_reason") or "not_finished").lower() != "not_finished":
            last = chunk({}, _reason(result))
            last["usage"] = token_usage(self._prompt, int(result.get("generated_token_count") or 0))
            made.append(last)
        return made

    def finish(self) -> list[dict[str, Any]]:
        """Nothing: every event was answered when it came."""
        return []


def _result(data: Mapping[str, Any]) -> dict[str, Any] | None:
    results = data.get("results")
    return results[0] if isinstance(results, list) and results and isinstance(results[0], dict) else None


def _reason(result: Mapping[str, Any]) -> str:
    return _REASONS.get(str(result.get("stop_reason") or "").lower(), "stop")


def _seconds(moment: Any) -> int | None:
    """An ISO 8601 time in seconds since 1970; None for anything else."""
    try:
        return int(datetime.fromisoformat(str(moment).replace("Z", "+00:00")).timestamp())
    except ValueError:
        return None
