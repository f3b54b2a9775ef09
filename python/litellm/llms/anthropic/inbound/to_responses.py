"""An Anthropic messages request as a Responses request, and a Response as an Anthropic message.

OpenAI keeps reasoning between turns only in its Responses API, encrypted. It travels as the signature of a thinking
block, behind `litellm_encrypted_reasoning:`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

import litellm
from litellm.litellm_core_utils.model_facts import model_facts
from litellm.llms.anthropic.inbound.response import to_message
from litellm.llms.openai.messages import IMAGE_FOLLOWS
from litellm.llms.openai_like.quirks import effort_of
from litellm.llms.responses.from_responses import to_completion

SIGNATURE = "litellm_encrypted_reasoning:"
SMALLEST_LIMIT = 16
"""The least that OpenAI takes as `max_output_tokens`."""


def to_responses(request: Mapping[str, Any], provider: str, model: str) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """`(input, parameters)` for `request`. Raises `UnsupportedParamsError` for thinking by a model that cannot."""
    params: dict[str, Any] = {"include": ["reasoning.encrypted_content"]}
    if system := _system(request.get("system")):
        params["instructions"] = system
    if request.get("max_tokens") is not None:
        params["max_output_tokens"] = max(int(request["max_tokens"]), SMALLEST_LIMIT)
    for name in ("temperature", "top_p"):
        if request.get(name) is not None:
            params[name] = request[name]
    user = (request.get("metadata") or {}).get("user_id")
    if user:
        params["user"] = user
    _thinking(request.get("thinking"), provider, model, params)
    _tools(request, params)
    wanted = request.get("output_format") or (request.get("output_config") or {}).get("format")
    if isinstance(wanted, Mapping) and wanted.get("type") == "json_schema":
        schema = {"name": "structured_output", "schema": wanted.get("schema"), "strict": True}
        params["text"] = {"format": {"type": "json_schema", **schema}}
    return [item for turn in request.get("messages") or () for item in _turn(turn)], params


def _system(system: Any) -> str:
    if isinstance(system, str):
        return system
    return "\n".join(block.get("text") or "" for block in system or ())


def _thinking(thinking: Any, provider: str, model: str, params: dict[str, Any]) -> None:
    if not isinstance(thinking, Mapping) or thinking.get("type") != "enabled":
        return
    facts = model_facts(provider, model)
    if facts and not facts.get("supports_reasoning"):
        raise litellm.UnsupportedParamsError(
            message=f"{model} does not think: leave out `thinking`, or set `litellm.drop_params=True`.",
            model=None,
            llm_provider=None,
        )
    params["reasoning"] = {"effort": effort_of(int(thinking.get("budget_tokens") or 0))}


def _tools(request: Mapping[str, Any], params: dict[str, Any]) -> None:
    tools = []
    for tool in request.get("tools") or ():
        if str(tool.get("type", "")).startswith("web_search"):
            tools.append({"type": "web_search_preview"})
            continue
        function = {"name": tool.get("name"), "parameters": tool.get("input_schema") or {}, "strict": False}
        if tool.get("description"):
            function["description"] = tool["description"]
        tools.append({"type": "function", **function})
    if tools:
        params["tools"] = tools
    choice = request.get("tool_choice")
    if not isinstance(choice, Mapping):
        return
    kind = choice.get("type")
    if kind == "tool":
        params["tool_choice"] = {"type": "function", "name": choice.get("name")}
    elif kind:
        params["tool_choice"] = "required" if kind == "any" else kind


def _turn(turn: Mapping[str, Any]) -> list[dict[str, Any]]:
    role, content = turn.get("role"), turn.get("content")
    kind = "output_text" if role == "assistant" else "input_text"
    if isinstance(content, str):
        return [_message(role, [{"type": kind, "text": content}])]
    blocks = list(content or ())
    return _assistant(blocks) if role == "assistant" else _user(blocks)


def _message(role: Any, content: list[dict[str, Any]]) -> dict[str, Any]:
    return {"type": "message", "role": role, "content": content}


def _assistant(blocks: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = []
    texts: list[dict[str, Any]] = []
    for block in blocks:
        kind = block.get("type")
        if kind == "text":
            texts.append({"type": "output_text", "text": block.get("text") or ""})
        elif kind == "thinking":
            items.append(_reasoning(block))
        elif kind == "tool_use":
            arguments = json.dumps(block.get("input") or {})
            call = {"call_id": block.get("id"), "name": block.get("name"), "arguments": arguments}
            items.append({"type": "function_call", **call})
    return [*items, _message("assistant", texts)] if texts else items


def _reasoning(block: Mapping[str, Any]) -> dict[str, Any]:
    item: dict[str, Any] = {"type": "reasoning", "summary": []}
    if block.get("thinking"):
        item["summary"] = [{"type": "summary_text", "text": block["thinking"]}]
    signature = block.get("signature") or ""
    if signature.startswith(SIGNATURE):
        item["encrypted_content"] = signature.removeprefix(SIGNATURE)
    return item


def _user(blocks: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = []
    images: list[dict[str, Any]] = []
    parts: list[dict[str, Any]] = []
    for block in blocks:
        if block.get("type") == "tool_result":
            output = _result(block.get("content"), images)
            items.append({"type": "function_call_output", "call_id": block.get("tool_use_id"), "output": output})
        else:
            parts.append(_part(block))
    if images:
        items.append(_message("user", images))
    return [*items, _message("user", parts)] if parts else items


def _result(content: Any, images: list[dict[str, Any]]) -> str:
    if not isinstance(content, list):
        return content or ""
    lines = []
    for part in content:
        if part.get("type") == "text":
            lines.append(part.get("text") or "")
        else:
            images.append(_part(part))
            lines.append(IMAGE_FOLLOWS)
    return "\n".join(lines)


def _part(block: Mapping[str, Any]) -> dict[str, Any]:
    kind = block.get("type")
    if kind not in ("image", "document"):
        return {"type": "input_text", "text": block.get("text") or ""}
    source = block.get("source") or {}
    if source.get("type") == "text":
        return {"type": "input_text", "text": source.get("data") or ""}
    if source.get("type") == "base64":
        address = f"data:{source.get('media_type')};base64,{source.get('data')}"
    else:
        address = source.get("url") or ""
    if kind == "image":
        return {"type": "input_image", "image_url": address}
    inline = address.startswith("data:")
    return {"type": "input_file", "file_data" if inline else "file_url": address}


def from_response(data: Mapping[str, Any]) -> dict[str, Any]:
    """A Response as an Anthropic message."""
    completion = to_completion(data, str(data.get("model") or ""))
    message = completion["choices"][0]["message"]
    blocks = [thinking_block(item) for item in message.pop("reasoning_items", ())]
    message["thinking_blocks"] = [block for block in blocks if block["thinking"] or block["signature"]]
    return to_message(completion)


def thinking_block(item: Mapping[str, Any]) -> dict[str, Any]:
    """A reasoning item as a thinking block, whose signature holds what OpenAI wants back."""
    texts = [part.get("text") or "" for part in item.get("summary") or ()]
    kept = item.get("encrypted_content")
    return {"type": "thinking", "thinking": "".join(texts), "signature": f"{SIGNATURE}{kept}" if kept else ""}
