"""OpenAI tools and tool choices as Anthropic has them."""

from __future__ import annotations

import re
from typing import Any

SEARCH_USES = {"low": 1, "medium": 5, "high": 10}
"""Searches that each `search_context_size` allows, as LiteLLM sets them."""
_NAME = re.compile(r"[^a-zA-Z0-9_-]")
_ABOUT_THE_SCHEMA = ("$schema", "title")
_TOOL_KEYS = ("cache_control", "defer_loading", "allowed_callers", "input_examples")


def convert_tools(tools: list[Any]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """OpenAI tools as (Anthropic tools, MCP servers). Tools already in Anthropic's form pass through."""
    converted: list[dict[str, Any]] = []
    servers: list[dict[str, Any]] = []
    for tool in tools:
        if tool.get("type") == "mcp":
            servers.append(_mcp_server(tool))
        elif tool.get("type") == "function" or ("function" in tool and "type" not in tool):
            converted.append(_function_tool(tool))
        elif isinstance(tool.get("function"), dict):
            converted.append(_hosted_tool(tool))
        else:
            converted.append(tool)
    return converted, servers


def tool_name(name: str) -> str:
    """`name` with what Anthropic does not allow in a tool name replaced."""
    return _NAME.sub("_", name)[:128]


def tool_id(value: str) -> str:
    """`value` with what Anthropic does not allow in a tool use id replaced."""
    return _NAME.sub("_", value)


def _function_tool(tool: dict[str, Any]) -> dict[str, Any]:
    function = tool.get("function") or {}
    parameters = function.get("parameters") or {"type": "object", "properties": {}}
    if parameters.get("type") != "object" or "properties" not in parameters:
        parameters = {**parameters, "type": "object", "properties": parameters.get("properties", {})}
    schema = {name: value for name, value in parameters.items() if name not in _ABOUT_THE_SCHEMA}
    made: dict[str, Any] = {"name": tool_name(function.get("name", "")), "input_schema": schema, "type": "custom"}
    if function.get("description"):
        made["description"] = function["description"]
    for key in _TOOL_KEYS:
        value = tool.get(key, function.get(key))
        if value is not None:
            made[key] = value
    return made


def _hosted_tool(tool: dict[str, Any]) -> dict[str, Any]:
    """A tool that Anthropic hosts or defines, written in OpenAI's shape: its parameters become fields."""
    function = tool["function"]
    return {"type": tool["type"], "name": function.get("name"), **(function.get("parameters") or {})}


def _mcp_server(tool: dict[str, Any]) -> dict[str, Any]:
    server: dict[str, Any] = {"type": "url", "url": tool.get("server_url"), "name": tool.get("server_label")}
    headers = tool.get("headers") or {}
    token = headers.get("Authorization") or headers.get("authorization")
    if token:
        server["authorization_token"] = token.removeprefix("Bearer ")
    if tool.get("allowed_tools"):
        server["tool_configuration"] = {"allowed_tools": tool["allowed_tools"]}
    return server


def web_search_tool(options: dict[str, Any]) -> dict[str, Any]:
    """Anthropic's web search tool for OpenAI's `web_search_options`."""
    tool: dict[str, Any] = {"type": "web_search_20250305", "name": "web_search"}
    location = (options.get("user_location") or {}).get("approximate")
    if location:
        tool["user_location"] = {"type": "approximate", **location}
    size = options.get("search_context_size")
    if size in SEARCH_USES:
        tool["max_uses"] = SEARCH_USES[size]
    return tool


def convert_tool_choice(choice: Any, parallel: bool | None) -> dict[str, Any] | None:
    """Anthropic's `tool_choice` for OpenAI's `tool_choice` and `parallel_tool_calls`; None when neither is given."""
    made: dict[str, Any] | None = None
    if choice == "auto":
        made = {"type": "auto"}
    elif choice == "required":
        made = {"type": "any"}
    elif choice == "none":
        return {"type": "none"}
    elif isinstance(choice, dict):
        if "function" in choice:
            made = {"type": "tool", "name": tool_name(choice["function"].get("name", ""))}
        elif choice.get("type") in ("auto", "any", "tool", "none"):
            made = dict(choice)
    if parallel is not None:
        made = made or {"type": "auto"}
        made["disable_parallel_tool_use"] = not parallel
    return made
