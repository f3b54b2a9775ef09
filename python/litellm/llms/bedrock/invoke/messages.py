"""Anthropic's own requests, sent to Claude under InvokeModel as they came but for what Bedrock has differently."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import litellm
from litellm.llms.anthropic.betas import required_betas
from litellm.llms.anthropic.chat import AnthropicChat
from litellm.llms.anthropic.messages import LATE_SYSTEM
from litellm.llms.aws.errors import read_aws_error
from litellm.llms.bedrock.betas import beta_names, header_with, known_in_messages
from litellm.llms.bedrock.converse import reasoning
from litellm.llms.bedrock.converse.models import ConverseModel
from litellm.llms.bedrock.invoke.anthropic import API_VERSION
from litellm.llms.bedrock.invoke.stream import METRICS, unpacked
from litellm.llms.bedrock.request import BedrockTarget
from litellm.llms.wire import ChatCall, ErrorDetails, Framing, WireError, WireRequest, decode_json, encode_json
from litellm.secret_managers.aws.settings import ARGUMENTS

TAKEN = frozenset(
    {"messages", "max_tokens", "system", "temperature", "top_p", "top_k", "stop_sequences", "tools", "tool_choice",
     "thinking", "metadata", "context_management", "output_config", "output_format", "anthropic_beta"}
)  # fmt: skip
"""Fields of Anthropic's request that Bedrock has."""
_AWS = (*ARGUMENTS, "aws_bedrock_runtime_endpoint", "model_id")
_SEARCH = "tool-search-tool-2025-10-19"


class BedrockMessages(AnthropicChat):
    """The messages format for requests that come in Anthropic's form."""

    framing: Framing = "aws"

    def messages_request(self, call: ChatCall, body: Mapping[str, Any]) -> WireRequest:
        """The POST of `body`. Raises `BadRequestError` and `UnsupportedParamsError` for what Bedrock has not."""
        params = {name: body[name] for name in _AWS if name in body}
        target = BedrockTarget(call.model, params, api_base=call.api_base, api_key=call.api_key, headers={})
        found = ConverseModel(call.model)
        made = _body(call, found, body)
        given = known_in_messages(beta_names(call.headers, made.pop("anthropic_beta", None)))
        wanted = known_in_messages(required_betas(made))
        if not found.facts.get("supports_tool_search"):
            wanted = [name for name in wanted if name != _SEARCH]
        if found.adaptive:
            wanted = [name for name in wanted if not name.startswith("effort-")]
        betas = list(dict.fromkeys([*given, *wanted]))
        _place_schema(found, made)
        if betas:
            made["anthropic_beta"] = betas
        target.headers = header_with(call.headers, given)
        made["anthropic_version"] = API_VERSION
        return target.post("invoke-with-response-stream" if call.stream else "invoke", made)

    def server_sent(self, event: bytes) -> bytes:
        """An event of Bedrock's stream as the server-sent event that Anthropic would send.

        Raises `WireError` when it cannot be read.
        """
        piece = unpacked(event)
        try:
            data = decode_json(piece)
        except ValueError as error:
            raise WireError("the provider sent a piece that is not JSON", status=None) from error
        if METRICS in data:
            del data[METRICS]
            piece = encode_json(data)
        return b"event: %s\ndata: %s\n\n" % (str(data.get("type", "message")).encode(), piece)

    def error_details(self, status: int, headers: Mapping[str, str], body: bytes) -> ErrorDetails:
        """What AWS says about its refusal."""
        return read_aws_error(headers, body)


def _body(call: ChatCall, found: ConverseModel, body: Mapping[str, Any]) -> dict[str, Any]:
    """What of `body` Bedrock takes, in its own form."""
    made = {name: value for name, value in body.items() if name in TAKEN}
    _check(call, found, body)
    _think(call, found, body, made)
    if isinstance(made.get("system"), str):
        made["system"] = [{"type": "text", "text": made["system"]}]
    if not found.facts.get("supports_mid_conversation_system"):
        made["messages"] = [_late_system(message) for message in made.get("messages") or ()]
    for name in ("system", "messages", "tools"):
        if name in made:
            made[name] = _cache_marks(made[name], keep_ttl=found.cache_ttl)
    return made


def _check(call: ChatCall, found: ConverseModel, body: Mapping[str, Any]) -> None:
    refused = [name for name in ("speed",) if body.get(name) is not None]
    if not found.sampling:
        refused += [name for name in ("temperature", "top_p", "top_k") if body.get(name) not in (None, 1)]
    if refused:
        raise litellm.UnsupportedParamsError(
            message=f"Bedrock does not support {', '.join(refused)} for {call.model}", model=None, llm_provider=None
        )
    for tool in body.get("tools") or ():
        if str(tool.get("type", "")).startswith(("web_search", "web_fetch", "code_execution")):
            raise litellm.BadRequestError(
                message=f"tools: Bedrock has no {tool['type']}", model=call.model, llm_provider=call.provider
            )


def _think(call: ChatCall, found: ConverseModel, body: Mapping[str, Any], made: dict[str, Any]) -> None:
    """Thinking as the model takes it: by budget, or by effort."""
    config = made.pop("output_config", None)
    mapped: dict[str, Any] = {}
    asked = {name: body[name] for name in ("thinking", "reasoning_effort") if body.get(name) is not None}
    if found.facts.get("supports_output_config") and isinstance(config, dict):
        asked["output_config"] = config
    if found.thinks or "thinking" not in asked:
        reasoning.apply(found, call.model, asked, mapped)
        mapped.pop("maxTokens", None)
        made.pop("thinking", None)
    budget = (mapped.get("thinking") or {}).get("budget_tokens")
    if "thinking" not in asked and budget is not None and budget >= int(made.get("max_tokens") or 0):
        del mapped["thinking"]
    made.update({name: mapped[name] for name in ("thinking", "output_config") if name in mapped})
    if isinstance(config, dict) and config.get("format"):
        made["output_format"] = config["format"]


def _place_schema(found: ConverseModel, made: dict[str, Any]) -> None:
    """A wanted schema where the model looks for it; in words, at the end of the chat, where it has no place for one."""
    wanted = made.pop("output_format", None)
    if not isinstance(wanted, dict):
        return
    if found.native_schema:
        made["output_config"] = {**made.get("output_config", {}), "format": wanted}
        return
    messages = [dict(message) for message in made.get("messages") or ()]
    last = next((message for message in reversed(messages) if message.get("role") == "user"), None)
    if last is not None:
        content = last.get("content")
        blocks = [{"type": "text", "text": content}] if isinstance(content, str) else list(content or ())
        last["content"] = [*blocks, {"type": "text", "text": json.dumps(wanted.get("schema"))}]
    made["messages"] = messages


def _late_system(message: Any) -> Any:
    if not isinstance(message, dict) or message.get("role") != "system":
        return message
    content = message.get("content")
    blocks = [{"type": "text", "text": content}] if isinstance(content, str) else list(content or ())
    return {"role": "user", "content": [{"type": "text", "text": LATE_SYSTEM}, *blocks]}


def _cache_marks(value: Any, *, keep_ttl: bool) -> Any:
    """`value` with cache marks as Bedrock takes them: without a scope, and with a lifetime only where it has one."""
    if isinstance(value, list):
        return [_cache_marks(item, keep_ttl=keep_ttl) for item in value]
    if not isinstance(value, dict):
        return value
    made = dict(value)
    control = made.get("cache_control")
    if isinstance(control, dict):
        left_out = ("scope",) if keep_ttl else ("scope", "ttl")
        made["cache_control"] = {name: kept for name, kept in control.items() if name not in left_out}
    if isinstance(made.get("content"), list):
        made["content"] = _cache_marks(made["content"], keep_ttl=keep_ttl)
    return made
