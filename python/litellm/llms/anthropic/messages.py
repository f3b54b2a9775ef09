"""OpenAI messages as Anthropic's: a system prompt, and turns that alternate between user and assistant."""

from __future__ import annotations

import uuid
from typing import Any

from litellm.llms.anthropic.blocks import as_text_block, content_blocks, tool_result_content
from litellm.llms.anthropic.tools import tool_id, tool_name
from litellm.llms.openai.messages import as_dict
from litellm.llms.wire import decode_json

EMPTY_TEXT = "[System: Empty message content sanitised to satisfy protocol]"
LATE_SYSTEM = "Operator note (not from the user): the following was originally a mid-conversation system-role reminder."
_SYSTEM_ROLES = ("system", "developer")
_USER_ROLES = ("user", "tool", "function")


class InvalidMessage(ValueError):
    """A message that has no place in Anthropic's format."""


def convert_messages(messages: list[Any]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """OpenAI messages as (system blocks, Anthropic messages). Raises `InvalidMessage` for one that cannot be said."""
    system: list[dict[str, Any]] = []
    turns: list[dict[str, Any]] = []
    leading = True
    for raw in messages:
        message = raw if isinstance(raw, dict) else as_dict(raw)
        role = message.get("role")
        if role in _SYSTEM_ROLES and leading:
            system.extend(_system_blocks(message))
            continue
        leading = False
        if role in _SYSTEM_ROLES:
            blocks = _system_blocks(message)
            if blocks:
                _add(turns, "user", [{"type": "text", "text": LATE_SYSTEM}, *blocks])
        elif role in _USER_ROLES:
            _add(turns, "user", _user_blocks(message, str(role)))
        elif role == "assistant":
            _add(turns, "assistant", _assistant_blocks(message))
        else:
            raise InvalidMessage(f"Invalid Message passed in: role {role!r} is not one that Anthropic knows")
    _trim_last(turns)
    return system, turns


def _add(turns: list[dict[str, Any]], role: str, blocks: list[dict[str, Any]]) -> None:
    if not blocks:
        return
    if turns and turns[-1]["role"] == role:
        turns[-1]["content"].extend(blocks)
    else:
        turns.append({"role": role, "content": blocks})


def _trim_last(turns: list[dict[str, Any]]) -> None:
    """Anthropic refuses a prefill that ends in white space."""
    if not turns or turns[-1]["role"] != "assistant":
        return
    block = turns[-1]["content"][-1]
    if block.get("type") == "text":
        turns[-1]["content"][-1] = {**block, "text": block["text"].rstrip()}


def _system_blocks(message: dict[str, Any]) -> list[dict[str, Any]]:
    content = message.get("content")
    if isinstance(content, str):
        return [as_text_block(content, message.get("cache_control"))] if content else []
    blocks = []
    for part in content or ():
        if isinstance(part, dict) and part.get("type") == "text" and part.get("text"):
            blocks.append(as_text_block(part["text"], part.get("cache_control")))
    return blocks


def _user_blocks(message: dict[str, Any], role: str) -> list[dict[str, Any]]:
    if role != "user":
        return [_tool_result(message, role)]
    if "content" not in message:
        raise InvalidMessage("a user message has no 'content'")
    content = message["content"]
    if isinstance(content, str):
        return [as_text_block(content if content.strip() else EMPTY_TEXT, message.get("cache_control"))]
    return content_blocks(content or ())


def _tool_result(message: dict[str, Any], role: str) -> dict[str, Any]:
    call_id = message.get("tool_call_id")
    result: dict[str, Any] = {
        "type": "tool_result",
        "tool_use_id": tool_id(str(call_id)) if call_id else str(uuid.uuid4()),
        "content": tool_result_content(message.get("content")),
    }
    if message.get("cache_control"):
        result["cache_control"] = message["cache_control"]
    return result


def _assistant_blocks(message: dict[str, Any]) -> list[dict[str, Any]]:
    blocks: list[dict[str, Any]] = []
    for thought in message.get("thinking_blocks") or ():
        if thought.get("type") == "redacted_thinking" or thought.get("signature"):
            blocks.append(thought)
    content = message.get("content")
    calls = message.get("tool_calls") or ()
    call = message.get("function_call")
    if isinstance(content, list):
        blocks.extend(content_blocks(content))
    elif content and str(content).strip():
        blocks.append(as_text_block(str(content), message.get("cache_control")))
    elif content is not None and not calls and not call and not blocks:
        blocks.append(as_text_block(EMPTY_TEXT, None))
    for tool_call in calls:
        made = _tool_use(tool_call.get("function") or {}, tool_call.get("id"))
        if tool_call.get("cache_control"):
            made["cache_control"] = tool_call["cache_control"]
        blocks.append(made)
    if call:
        blocks.append(_tool_use(call, None))
    return blocks


def _tool_use(function: dict[str, Any], call_id: Any) -> dict[str, Any]:
    arguments = function.get("arguments")
    name = function.get("name") or ""
    if isinstance(arguments, str):
        try:
            arguments = decode_json(arguments) if arguments.strip() else {}
        except ValueError as error:
            raise InvalidMessage(f"the arguments of the tool call {name!r} are not valid JSON: {error}") from error
    return {
        "type": "tool_use",
        "id": tool_id(str(call_id)) if call_id else str(uuid.uuid4()),
        "name": tool_name(name),
        "input": arguments if isinstance(arguments, dict) else {},
    }


def has_tool_calls(messages: list[Any]) -> bool:
    """Whether any of `messages` calls a tool; Anthropic then demands a tools parameter."""
    return any(isinstance(m, dict) and m.get("tool_calls") for m in messages)
