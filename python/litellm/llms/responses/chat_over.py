"""Chat completions over a Responses API, for models that have no other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from litellm.llms.openai import params as openai_params
from litellm.llms.openai.schema import response_format
from litellm.llms.responses import native
from litellm.llms.responses.from_responses import WholeChunks, to_completion
from litellm.llms.responses.from_responses_input import instructions_of, to_input
from litellm.llms.responses.stream_iterator import events_decoder
from litellm.llms.wire import ChatCall, ErrorDetails, Framing, StreamDecoder, WireError, WireRequest

SMALLEST_LIMIT = 16
"""The least that OpenAI takes as `max_output_tokens`."""
PARAMS: tuple[str, ...] = (
    "temperature", "top_p", "max_tokens", "max_completion_tokens", "tools", "tool_choice", "parallel_tool_calls",
    "response_format", "reasoning_effort", "verbosity", "user", "store", "service_tier", "stream", "stream_options",
    "web_search_options", "top_logprobs", "logprobs", "safety_identifier", "prompt_cache_key",
    "prompt_cache_retention", "extra_headers", "max_retries", "context_management", "thinking",
)  # fmt: skip
_SAME = frozenset(
    {"temperature", "top_p", "parallel_tool_calls", "user", "store", "service_tier", "top_logprobs",
     "safety_identifier", "prompt_cache_key", "prompt_cache_retention", "context_management"}
)  # fmt: skip


class ResponsesChat:
    """A chat format whose requests and replies are those of the Responses API."""

    sdk_retries = False

    def __init__(self, *, streams: bool = True) -> None:
        self.framing: Framing = "sse" if streams else "whole"
        self.streams = streams

    def supported_params(self, provider: str, model: str) -> list[str]:
        """What the Responses API has a place for, as far as the model takes it."""
        if openai_params.is_gpt5(model) or openai_params.is_o_series(model):
            refused = set(openai_params.OPENAI_CHAT_PARAMS) - set(openai_params.supported_params(model))
            return [name for name in PARAMS if name not in refused]
        return list(PARAMS)

    def map_params(self, provider: str, model: str, params: Mapping[str, Any], *, drop: bool) -> dict[str, Any]:
        """Chat's parameters in the Responses API's terms."""
        mapped = {name: value for name, value in params.items() if name in _SAME}
        limit = params.get("max_completion_tokens", params.get("max_tokens"))
        if limit is not None:
            mapped["max_output_tokens"] = max(int(limit), SMALLEST_LIMIT)
        effort = params.get("reasoning_effort")
        if effort is not None:
            mapped["reasoning"] = dict(effort) if isinstance(effort, Mapping) else {"effort": effort}
        if text := _text(params):
            mapped["text"] = text
        if tools := _tools(params):
            mapped["tools"] = tools
        if "tool_choice" in params:
            mapped["tool_choice"] = _tool_choice(params["tool_choice"])
        if params.get("logprobs"):
            mapped["include"] = ["message.output_text.logprobs"]
        for name in ("max_retries", "stream_options"):
            if name in params and name != "stream_options":
                mapped[name] = params[name]
        return mapped

    def build_request(self, call: ChatCall) -> WireRequest:
        """The POST that makes a response."""
        params = dict(call.params)
        extra = params.pop("extra_body", None)
        instructions = instructions_of(call.messages)
        if instructions:
            params["instructions"] = instructions
        if call.stream and self.streams:
            params["stream"] = True
        if extra:
            params["extra_body"] = extra
        return native.build_request(_responses_call(call), to_input(call.messages), params)

    def parse_response(self, call: ChatCall, status: int, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
        """The response as a chat completion. Raises `WireError` when it failed."""
        data = native.parse_response(body)
        if data.get("status") == "failed" or (data.get("error") and not data["output"]):
            error = data.get("error") or {}
            raise WireError(error.get("message") or "the response failed", details=ErrorDetails(str(error), body=error))
        return to_completion(data, native.model_name(call.model))

    def stream_decoder(self, call: ChatCall) -> StreamDecoder:
        """A decoder for one streamed reply."""
        return events_decoder() if self.streams else WholeChunks()

    def error_details(self, status: int, headers: Mapping[str, str], body: bytes) -> ErrorDetails:
        """What the provider says about its refusal."""
        return native.error_details(status, headers, body)


def _responses_call(call: ChatCall) -> native.ResponsesCall:
    return native.ResponsesCall(
        provider=call.provider,
        model=native.model_name(call.model),
        api_base=call.api_base,
        api_key=call.api_key,
        headers=call.headers,
        options=call.options,
    )


def _text(params: Mapping[str, Any]) -> dict[str, Any]:
    text: dict[str, Any] = {}
    wanted = response_format(params.get("response_format"))
    if isinstance(wanted, Mapping):
        if wanted.get("type") == "json_schema":
            text["format"] = {"type": "json_schema", **(wanted.get("json_schema") or {})}
        else:
            text["format"] = dict(wanted)
    if params.get("verbosity"):
        text["verbosity"] = params["verbosity"]
    return text


def _tools(params: Mapping[str, Any]) -> list[dict[str, Any]]:
    made = []
    for tool in params.get("tools") or ():
        function = tool.get("function") if tool.get("type") == "function" else None
        made.append({"type": "function", "strict": None, **function} if isinstance(function, Mapping) else dict(tool))
    options = params.get("web_search_options")
    if options is not None:
        made.append({"type": "web_search", **options})
    return made


def _tool_choice(choice: Any) -> Any:
    if isinstance(choice, Mapping) and choice.get("type") == "function" and "function" in choice:
        return {"type": "function", "name": choice["function"].get("name")}
    return choice
