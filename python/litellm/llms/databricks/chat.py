"""Databricks' model serving: OpenAI's chat completions, with Claude's own thinking and tools where it serves Claude.

Source: Databricks' foundation model API reference, and LiteLLM 1.106.2 as observed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from litellm.llms.anthropic.models import DEFAULT_MAX_TOKENS, THINKING_BUDGETS
from litellm.llms.databricks.common_utils import call_signer
from litellm.llms.databricks.content import DatabricksChunks, read_content
from litellm.llms.databricks.messages import convert_messages
from litellm.llms.openai.chat import OpenAIChat
from litellm.llms.openai_like.profiles import profile_of
from litellm.llms.openai_like.quirks import JSON_TOOL
from litellm.llms.wire import ChatCall, WireFormat, WireRequest


def chat_format(provider: str, model: str) -> WireFormat:
    """One format for all its models."""
    return DatabricksChat(provider)


class DatabricksChat(OpenAIChat):
    """`POST /chat/completions` below a workspace's serving endpoints."""

    def __init__(self, provider: str) -> None:
        super().__init__(profile_of(provider))
        self.names_itself = True

    def map_params(self, provider: str, model: str, params: Mapping[str, Any], *, drop: bool) -> dict[str, Any]:
        """`params` as Databricks takes them; for Claude, effort as a budget and a schema as a tool."""
        mapped = super().map_params(provider, model, params, drop=drop)
        mapped.pop("stream_options", None)
        if "claude" in model:
            _claude(mapped)
        return mapped

    def build_request(self, call: ChatCall) -> WireRequest:
        """The POST, signed by a workspace token when there is no key but client credentials."""
        request = super().build_request(
            ChatCall(
                provider=call.provider,
                model=call.model,
                messages=convert_messages(call.messages, as_given="claude" in call.model),
                params=call.params,
                api_base=call.api_base,
                api_key=call.api_key,
                headers=call.headers,
                stream=call.stream,
                options=call.options,
            )
        )
        request.signer = call_signer(call.api_base, call.api_key, "chat_completions")
        return request

    def parse_response(self, call: ChatCall, status: int, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
        """The reply as an OpenAI chat.completion dict. Raises `WireError` when it holds no choice."""
        made = super().parse_response(call, status, headers, body)
        for choice in made["choices"]:
            read_content(choice["message"])
        return made

    def stream_decoder(self, call: ChatCall) -> DatabricksChunks:
        """A decoder for one streamed reply."""
        return DatabricksChunks(json_mode=bool(call.params.get("json_mode")))


def _claude(mapped: dict[str, Any]) -> None:
    effort = mapped.pop("reasoning_effort", None)
    if effort in THINKING_BUDGETS:
        mapped["thinking"] = {"type": "enabled", "budget_tokens": THINKING_BUDGETS[effort]}
    thinking = mapped.get("thinking")
    if isinstance(thinking, dict) and thinking.get("budget_tokens"):
        mapped.setdefault("max_tokens", int(thinking["budget_tokens"]) + DEFAULT_MAX_TOKENS)
    if "tools" in mapped:
        mapped["tools"] = [_plain_tool(tool) for tool in mapped["tools"]]
    wanted = mapped.pop("response_format", None)
    schema = (wanted.get("json_schema") or {}).get("schema") if isinstance(wanted, dict) else None
    if schema is not None:
        function = {"name": JSON_TOOL, "parameters": schema}
        mapped["tools"] = [*mapped.get("tools", ()), {"type": "function", "function": function}]
        mapped["tool_choice"] = {"type": "function", "function": {"name": JSON_TOOL}}
        mapped["json_mode"] = True


def _plain_tool(tool: Any) -> Any:
    """`tool` with no more than Claude knows: name, description and parameters."""
    function = tool.get("function") if isinstance(tool, dict) else None
    if not isinstance(function, dict):
        return tool
    kept = {name: function[name] for name in ("name", "description", "parameters") if name in function}
    given = kept.get("parameters")
    schema = {name: value for name, value in (given if isinstance(given, dict) else {}).items() if name != "$schema"}
    kept["parameters"] = {"type": "object", "properties": {}, **schema}
    return {"type": "function", "function": kept}
