"""An Anthropic messages request as the arguments of a chat completion."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

_SAME_NAME = ("max_tokens", "temperature", "top_p", "top_k", "stream", "thinking", "service_tier")
_ALL = frozenset(
    {*_SAME_NAME, "model", "messages", "system", "stop_sequences", "tools", "tool_choice", "metadata", "output_format",
     "output_config"}
)  # fmt: skip


def to_chat(request: Mapping[str, Any], *, keep_cache_control: bool = False) -> dict[str, Any]:
    """`request` as chat completion arguments, without the model. Fields that are not Anthropic's stay as they are."""
    chat: dict[str, Any] = {k: v for k, v in request.items() if k not in _ALL}
    chat["messages"] = chat_messages(request, keep_cache_control)
    for name in _SAME_NAME:
        if request.get(name) is not None:
            chat[name] = request[name]
    if request.get("stop_sequences"):
        chat["stop"] = request["stop_sequences"]
    user = (request.get("metadata") or {}).get("user_id")
    if user:
        chat["user"] = user
    _tools(request, chat, keep_cache_control)
    wanted = request.get("output_format") or (request.get("output_config") or {}).get("format")
    if isinstance(wanted, dict) and wanted.get("type") == "json_schema":
        schema = {"name": "structured_output", "schema": wanted.get("schema"), "strict": True}
        chat["response_format"] = {"type": "json_schema", "json_schema": schema}
    return chat


def chat_messages(request: Mapping[str, Any], keep_cache_control: bool) -> list[dict[str, Any]]:
    """The system prompt and the turns of `request` as OpenAI messages."""
    messages: list[dict[str, Any]] = []
    system = request.get("system")
    if isinstance(system, str) and system:
        messages.append({"role": "system", "content": system})
    elif system:
        messages.append({"role": "system", "content": [_part(block, keep_cache_control) for block in system]})
    for turn in request.get("messages") or ():
        content = turn.get("content")
        if isinstance(content, str):
            messages.append({"role": turn.get("role"), "content": content})
        elif turn.get("role") == "assistant":
            messages.append(_assistant(content or (), keep_cache_control))
        else:
            messages.extend(_user(content or (), keep_cache_control))
    return messages


def _user(blocks: Any, keep: bool) -> list[dict[str, Any]]:
    """Tool results first, each a message of its own, then the rest as one user message."""
    messages: list[dict[str, Any]] = []
    parts: list[dict[str, Any]] = []
    for block in blocks:
        if block.get("type") == "tool_result":
            result = {"role": "tool", "tool_call_id": block.get("tool_use_id"), "content": _result(block, keep)}
            if keep and block.get("cache_control"):
                result["cache_control"] = block["cache_control"]
            messages.append(result)
        else:
            parts.append(_part(block, keep))
    if parts:
        messages.append({"role": "user", "content": parts})
    return messages


def _result(block: Mapping[str, Any], keep: bool) -> Any:
    content = block.get("content")
    if not isinstance(content, list):
        return "" if content is None else content
    if all(part.get("type") == "text" for part in content):
        return "".join(part.get("text") or "" for part in content)
    return [_part(part, keep) for part in content]


def _assistant(blocks: Any, keep: bool) -> dict[str, Any]:
    message: dict[str, Any] = {"role": "assistant"}
    texts: list[str] = []
    calls: list[dict[str, Any]] = []
    thoughts: list[dict[str, Any]] = []
    for block in blocks:
        kind = block.get("type")
        if kind == "text":
            texts.append(block.get("text") or "")
        elif kind == "tool_use":
            arguments = json.dumps(block.get("input") or {})
            function = {"name": block.get("name"), "arguments": arguments}
            calls.append({"id": block.get("id"), "type": "function", "function": function})
        elif kind in ("thinking", "redacted_thinking"):
            thoughts.append(block)
    message["content"] = "".join(texts) if texts else None
    if calls:
        message["tool_calls"] = calls
    if thoughts:
        message["thinking_blocks"] = thoughts
    return message


def _part(block: Mapping[str, Any], keep: bool) -> dict[str, Any]:
    kind = block.get("type")
    if kind == "text":
        part: dict[str, Any] = {"type": "text", "text": block.get("text") or ""}
    elif kind in ("image", "document"):
        part = _media(block, str(kind))
    else:
        return dict(block)
    if keep and block.get("cache_control"):
        part["cache_control"] = block["cache_control"]
    return part


def _media(block: Mapping[str, Any], kind: str) -> dict[str, Any]:
    source = block.get("source") or {}
    if source.get("type") == "base64":
        url = f"data:{source.get('media_type')};base64,{source.get('data')}"
    elif source.get("type") == "text":
        return {"type": "text", "text": source.get("data") or ""}
    else:
        url = source.get("url") or source.get("file_id") or ""
    if kind == "image":
        return {"type": "image_url", "image_url": {"url": url}}
    return {"type": "file", "file": {"file_data" if url.startswith("data:") else "file_id": url}}


def _tools(request: Mapping[str, Any], chat: dict[str, Any], keep: bool) -> None:
    tools: list[dict[str, Any]] = []
    for tool in request.get("tools") or ():
        if str(tool.get("type", "")).startswith("web_search_"):
            chat["web_search_options"] = {}
        elif "input_schema" in tool or tool.get("type", "custom") == "custom":
            tools.append(_tool(tool, keep))
        else:
            tools.append(dict(tool))
    if tools:
        chat["tools"] = tools
    choice = request.get("tool_choice")
    if not isinstance(choice, dict):
        return
    kind = choice.get("type")
    if kind == "tool":
        chat["tool_choice"] = {"type": "function", "function": {"name": choice.get("name")}}
    elif kind in ("auto", "any", "none"):
        chat["tool_choice"] = "required" if kind == "any" else kind
    if choice.get("disable_parallel_tool_use") is not None:
        chat["parallel_tool_calls"] = not choice["disable_parallel_tool_use"]


def _tool(tool: Mapping[str, Any], keep: bool) -> dict[str, Any]:
    function: dict[str, Any] = {"name": tool.get("name"), "parameters": tool.get("input_schema") or {}}
    if tool.get("description"):
        function["description"] = tool["description"]
    made: dict[str, Any] = {"type": "function", "function": function}
    if keep and tool.get("cache_control"):
        made["cache_control"] = tool["cache_control"]
    return made
