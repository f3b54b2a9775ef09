"""The arguments of a call: which calls can be native, and what distinguishes their plans."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

_NUMBER: Final = frozenset({int, float})
_ROLES: Final = frozenset({"system", "user", "assistant", "tool"})
# Parameters of OpenAI's chat whose values do not change what upstream does with them, and their types.
_FREE: Final[dict[str, frozenset[type]]] = {
    "user": frozenset({str}),
    "seed": frozenset({int}),
    "max_tokens": frozenset({int}),
    "max_completion_tokens": frozenset({int}),
}
# Parameters whose value may matter: it is part of the plan's key.
_KEYED: Final = frozenset(
    {
        "temperature",
        "top_p",
        "n",
        "stop",
        "presence_penalty",
        "frequency_penalty",
        "logprobs",
        "top_logprobs",
        "parallel_tool_calls",
        "reasoning_effort",
        "service_tier",
        "logit_bias",
        "tool_choice",
        "tools",
        "response_format",
        "stream_options",
    }
)
_USAGE: Final = {"include_usage": True}
BODY_PARAMETERS: Final = (_KEYED - {"stream_options"}) | frozenset(_FREE)
"""The parameters of OpenAI's chat that a native call can have."""
# How to call, not what to send; the value is part of the plan's key.
_CONTROLS: Final[dict[str, frozenset[type]]] = {
    "base_url": frozenset({str}),
    "timeout": _NUMBER,
    "request_timeout": _NUMBER,
    "custom_llm_provider": frozenset({str}),
    "max_retries": frozenset({int}),
    "organization": frozenset({str}),
    "drop_params": frozenset({bool}),
    "extra_headers": frozenset({dict}),
    "stream": frozenset({bool}),
    "caching": frozenset({bool}),
    "use_in_pass_through": frozenset({bool}),
    "use_litellm_proxy": frozenset({bool}),
    "use_xai_oauth": frozenset({bool}),
    "allow_client_keepalive_override": frozenset({bool}),
    "merge_reasoning_content_in_choices": frozenset({bool}),
    "tpm": _NUMBER,
    "rpm": _NUMBER,
    "weight": _NUMBER,
    "order": _NUMBER,
}
# Where to call and as whom: the plan is the same for all values, if upstream treats them alike.
_SLOTS: Final = frozenset({"api_base", "api_key"})
# Seen by callbacks only, of which there are none, or the router's, which are served.
_SILENT: Final[dict[str, frozenset[type]]] = {
    "litellm_call_id": frozenset({str}),
    "litellm_trace_id": frozenset({str}),
    "metadata": frozenset({dict}),
    "model_info": frozenset({dict}),
}
_OPAQUE: Final = frozenset({"_context_compaction_state"})
# Keys of metadata that upstream acts on, not only logs.
_ACTIVE_METADATA: Final = frozenset(
    {
        "guardrails",
        "cache",
        "disable_global_guardrails",
        "litellm_parent_otel_span",
        "litellm_received_at",
        "_litellm_code_execution_enabled",
    }
)
_JSON: Final = frozenset({dict, list})
_FALSE: Final = ("caching", "use_litellm_proxy", "use_xai_oauth")


class Refused(Exception):  # a verdict, not an error of the caller
    """The call is not one for the native path; the message says why in a few fixed words."""


class Arguments(NamedTuple):
    """A call that can be native, if its plan is known."""

    key: tuple[object, ...]
    """Equal for calls that upstream sends in the same way."""
    body: dict[str, Any]
    """What goes into the request's body, by parameter."""
    control: Mapping[str, Any]
    """All named arguments of the call."""
    router_call: bool
    model_id: object
    started_s: float
    """When the call began, as `time.time()` counts."""


def stable(value: Any) -> object:
    """`value` in a form that can be part of a key. Raises Refused for what is not JSON."""
    if type(value) in _JSON:
        try:
            return json.dumps(value)
        except (TypeError, ValueError):
            raise Refused("a parameter that is not JSON") from None
    if type(value) not in (str, int, float, bool):
        raise Refused("a parameter of another type")
    return (type(value), value)


def _check_messages(messages: object) -> None:
    if type(messages) is not list or not messages:
        raise Refused("messages are not a list")
    for message in messages:
        if type(message) is not dict or message.get("role") not in _ROLES:
            raise Refused("messages of another kind")
        content = message.get("content")
        if type(content) is not str:
            raise Refused("messages with more than text")
        for name, value in message.items():
            if type(value) is not str or name not in ("role", "content", "name", "tool_call_id"):
                raise Refused("messages with more than text")
        if message["role"] == "tool" or "tool_call_id" in message:
            raise Refused("messages of tools")


def read_arguments(
    args: tuple[Any, ...], kwargs: Mapping[str, Any], plain_base: Callable[[str], object], *, streams: bool = False
) -> Arguments:
    """The arguments of `completion` or `acompletion`. Raises Refused when the call is upstream's.

    `plain_base(api_base)` is True for addresses that upstream treats alike; others are part of the key. `streams`:
    whether the call may ask for a stream.
    """
    if args:
        if len(args) > 2:
            raise Refused("positional arguments")
        kwargs = {**dict(zip(("model", "messages"), args, strict=False)), **kwargs}
    model = kwargs.get("model")
    if type(model) is not str:
        raise Refused("no model")
    _check_messages(kwargs.get("messages"))
    key: list[object] = [model]
    body: dict[str, Any] = {}
    for name, value in kwargs.items():
        if value is None or name == "model" or name == "messages":
            continue
        if name in _FREE:
            if type(value) not in _FREE[name]:
                raise Refused("a parameter of another type")
            key.append(name)
            body[name] = value
        elif name in _KEYED:
            key += (name, stable(value))
            body[name] = value
        elif name in _SLOTS:
            if type(value) is not str or not value:
                raise Refused("an argument of another type")
            key += (name, plain_base(value) if name == "api_base" else "/" in value)
        elif name in _CONTROLS:
            if type(value) not in _CONTROLS[name]:
                raise Refused("an argument of another type")
            key += (name, stable(value))
        elif name in _SILENT:
            if type(value) not in _SILENT[name]:
                raise Refused("an argument of another type")
        elif name not in _OPAQUE:
            raise Refused(_ARGUMENT.get(name, "an argument that needs upstream"))
    if kwargs.get("stream") and not streams:
        raise Refused("streaming")
    if kwargs.get("stream_options") not in (None, _USAGE) or (kwargs.get("stream_options") and not streams):
        raise Refused("options of a stream")
    if any(kwargs.get(name) for name in _FALSE):
        raise Refused("caching or a proxy")
    metadata, info = kwargs.get("metadata") or {}, kwargs.get("model_info") or {}
    if not _ACTIVE_METADATA.isdisjoint(metadata):
        raise Refused("metadata that upstream acts on")
    router_call, model_id = "model_group" in metadata, info.get("id")
    if "base_model" in info or not _COST_KEYS.isdisjoint(info):
        raise Refused("prices of a deployment")
    key.append(router_call)
    body["messages"] = kwargs["messages"]
    return Arguments(tuple(key), body, kwargs, router_call, model_id, time.time())


_COST_KEYS: Final = frozenset({"input_cost_per_token", "output_cost_per_token", "input_cost_per_second"})
_ARGUMENT: Final = {"client": "a client of the caller", "fallbacks": "fallbacks", "functions": "functions"}
