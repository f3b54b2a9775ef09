"""The request that a chat completion would send, without sending it: for those that send many like it themselves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx
import orjson

import litellm
from litellm.llms.custom_httpx.clients import pool
from litellm.llms.custom_httpx.direct import prepared
from litellm.llms.openai.chat import OpenAIChat
from litellm.llms.wire import WireRequest
from litellm.pipeline.chat import chat_call
from litellm.pipeline.chat_route import chat_wire
from litellm.pipeline.results import hidden_params
from litellm.pipeline.run import Run

_TOOL = {
    "type": "function",
    "function": {"name": "f", "description": "F.", "parameters": {"type": "object", "properties": {}}},
}
_CALL = {"id": "call_1", "type": "function", "function": {"name": "f", "arguments": "{}"}}
MESSAGES: list[dict[str, Any]] = [
    {"role": "system", "content": "s"},
    {"role": "user", "content": "u", "name": "n"},
    {"role": "assistant", "tool_calls": [_CALL]},
    {"role": "tool", "tool_call_id": "call_1", "content": "t"},
    {
        "role": "user",
        "content": [
            {"type": "text", "text": "x"},
            {"type": "image_url", "image_url": {"url": "https://example.com/a.png", "detail": "low"}},
        ],
    },
    {"role": "assistant", "content": "a"},
    {"role": "user", "content": "u"},
]
"""Every shape of a message that is tried."""
SAMPLES: Mapping[str, tuple[Any, ...]] = {
    "temperature": (0.5, 0, 1, 2),
    "top_p": (0.5, 1),
    "n": (1, 2),
    "stop": ("x", ["x", "y"]),
    "max_tokens": (5,),
    "max_completion_tokens": (5,),
    "presence_penalty": (0.5,),
    "frequency_penalty": (0.5,),
    "seed": (1,),
    "logit_bias": ({"1": 1},),
    "logprobs": (True, False),
    "top_logprobs": (1,),
    "response_format": (
        {"type": "text"},
        {"type": "json_object"},
        {"type": "json_schema", "json_schema": {"name": "s", "schema": {"type": "object"}, "strict": True}},
    ),
    "tools": ([_TOOL],),
    "parallel_tool_calls": (True, False),
    "user": ("u",),
}
"""Values that parameters are tried with."""
_CHOICES = ("auto", "none", "required", {"type": "function", "function": {"name": "f"}})


@dataclass(frozen=True, slots=True)
class OpenAIRequest:
    """How a deployment is asked that takes OpenAI's chat format as it is."""

    url: str
    headers: list[tuple[str, str]]
    model: str
    """What the provider calls the model."""
    params: frozenset[str]
    """Parameters that are sent as they are given."""
    timeout_s: float | None
    stream_timeout_s: float | None
    hidden: dict[str, Any]
    """What `_hidden_params` says of an answer."""


Tried = dict[str, frozenset[str]]
"""The parameters that are sent as they are given, by all else that a call is made with."""
_ADDRESS = frozenset({"api_base", "api_key", "metadata", "model_info"})


def openai_request(arguments: Mapping[str, Any], tried: Tried) -> OpenAIRequest | None:
    """How a call with `arguments`, those of a deployment, is sent; None where more is done to it than naming its model.

    Every message and parameter is tried: what comes out changed, or is refused, is left out. `tried` remembers what was
    found, for deployments that differ in their address alone.
    """
    try:
        return _previewed(dict(arguments), tried)
    except (litellm.exceptions.APIError, litellm.exceptions.BadRequestError, ValueError, TypeError, KeyError):
        return None


def _previewed(arguments: dict[str, Any], tried: Tried) -> OpenAIRequest | None:
    if any(name.startswith("mock_") for name in arguments) or litellm.custom_provider_map:
        return None
    run, request = _built(arguments, MESSAGES, {})
    if run is None or request is None:
        return None
    model = orjson.loads(request.body).get("model")
    if orjson.loads(request.body) != {"model": model, "messages": MESSAGES}:
        return None
    client = pool.asynchronous(run.verify)
    sent = prepared(client, request)
    if sent is None or run.verify is not litellm.ssl_verify or arguments.get("client") or litellm.aclient_session:
        return None
    url, headers = sent
    _, streamed = _built({**arguments, "stream": True, "stream_options": {"include_usage": True}}, MESSAGES, {})
    wanted = {"model": model, "messages": MESSAGES, "stream": True, "stream_options": {"include_usage": True}}
    if streamed is None or orjson.loads(streamed.body) != wanted:
        return None
    plain = [(name.decode(), value.decode()) for name, value in headers if name != b"accept-encoding"]
    timeout, stream_timeout = run.timeout(False), run.timeout(True)
    if isinstance(timeout, httpx.Timeout) or isinstance(stream_timeout, httpx.Timeout):
        return None
    same = sorted((name, value) for name, value in arguments.items() if name not in _ADDRESS)
    kind = repr(("openai.com" in url, same))
    params = tried.get(kind)
    if params is None:
        params = tried[kind] = frozenset(_params(arguments, str(model)))
    return OpenAIRequest(url, plain, str(model), params, timeout, stream_timeout, hidden_params(run, None))


def _built(
    arguments: Mapping[str, Any], messages: list[Any], more: Mapping[str, Any]
) -> tuple[Run | None, WireRequest | None]:
    run = Run({**arguments, "messages": messages, **more}, "acompletion")
    run.resolve_provider()
    wire = chat_wire(run)
    if type(wire) is not OpenAIChat:
        return None, None
    request = wire.build_request(chat_call(run, wire))
    plain = request.signer is None and request.method == "POST" and not run.arguments.get("extra_query")
    return run, request if plain else None


def _params(arguments: Mapping[str, Any], model: str) -> set[str]:
    found = {
        name for name, values in SAMPLES.items() if all(_passes(arguments, model, {name: value}) for value in values)
    }
    if "tools" in found and all(
        _passes(arguments, model, {"tools": [_TOOL], "tool_choice": choice}) for choice in _CHOICES
    ):
        found.add("tool_choice")
    return found - arguments.keys()


def _passes(arguments: Mapping[str, Any], model: str, more: Mapping[str, Any]) -> bool:
    messages = [{"role": "user", "content": "u"}]
    try:
        _, request = _built(arguments, messages, more)
    except (litellm.exceptions.APIError, litellm.exceptions.BadRequestError, ValueError, TypeError, KeyError):
        return False
    return request is not None and orjson.loads(request.body) == {"model": model, "messages": messages, **more}
