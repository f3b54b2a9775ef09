"""A Converse request as the arguments of a chat completion."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from litellm.llms.bedrock.converse.media import DOCUMENT_FORMATS, VIDEO_FORMATS
from litellm.llms.inbound_wire import InvalidRequest, object_of, objects_of
from litellm.llms.wire import decode_json

_INFERENCE: Mapping[str, str] = {
    "maxTokens": "max_tokens", "temperature": "temperature", "topP": "top_p", "stopSequences": "stop",
}  # fmt: skip
_KEPT = ("guardrailConfig", "performanceConfig", "requestMetadata")
_MEDIA_TYPES: Mapping[str, str] = {
    **{name: media_type for media_type, name in VIDEO_FORMATS.items()},
    **{name: media_type for media_type, name in DOCUMENT_FORMATS.items()},
}


def to_chat(body: Mapping[str, Any]) -> dict[str, Any]:
    """`body`, a Converse request, as a chat completion's arguments, without the model, which the URL names.

    Raises `InvalidRequest` that names the field at fault.
    """
    if not isinstance(body.get("messages"), list):
        raise InvalidRequest("messages: expected a list")
    turns = _turns(objects_of(body["messages"], "messages"))
    chat: dict[str, Any] = {"messages": [*_system(objects_of(body.get("system"), "system")), *turns]}
    inference = object_of(body.get("inferenceConfig"), "inferenceConfig")
    chat.update({ours: inference[theirs] for theirs, ours in _INFERENCE.items() if inference.get(theirs) is not None})
    chat.update({name: body[name] for name in _KEPT if body.get(name) is not None})
    tier = object_of(body.get("serviceTier"), "serviceTier").get("type")
    if tier:
        chat["service_tier"] = tier
    _tools(object_of(body.get("toolConfig"), "toolConfig"), chat)
    _output(object_of(body.get("outputConfig"), "outputConfig"), chat)
    _model_fields(object_of(body.get("additionalModelRequestFields"), "additionalModelRequestFields"), chat)
    return chat


def _system(blocks: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    parts: list[dict[str, Any]] = []
    for block in blocks:
        if "cachePoint" in block and parts:
            parts[-1]["cache_control"] = cache_control(block["cachePoint"])
        elif "text" in block:
            parts.append({"type": "text", "text": block["text"]})
    return [{"role": "system", "content": parts}] if parts else []


def cache_control(point: Any) -> dict[str, Any]:
    """The mark that a cache point stands for."""
    ttl = point.get("ttl") if isinstance(point, dict) else None
    return {"type": "ephemeral", **({"ttl": ttl} if ttl else {})}


def _turns(messages: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    made: list[dict[str, Any]] = []
    for index, message in enumerate(messages):
        role, content = message.get("role"), message.get("content")
        if role not in ("user", "assistant") or not isinstance(content, list):
            raise InvalidRequest(f"messages[{index}]: expected a role of user or assistant, and a list of content")
        blocks = objects_of(content, f"messages[{index}].content")
        made += _user(blocks) if role == "user" else [_assistant(blocks)]
    return made


def _user(content: list[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Tool results as messages of their own, in front of what else the turn says."""
    made: list[dict[str, Any]] = []
    parts: list[dict[str, Any]] = []
    last: dict[str, Any] | None = None
    for block in content:
        if "cachePoint" in block:
            if last is not None:
                last["cache_control"] = cache_control(block["cachePoint"])
        elif isinstance(block.get("toolResult"), dict):
            last = _tool_message(block["toolResult"])
            made.append(last)
        else:
            last = part_of(block)
            if last is not None:
                parts.append(last)
    return [*made, {"role": "user", "content": parts}] if parts else made


def _tool_message(result: Mapping[str, Any]) -> dict[str, Any]:
    parts = [part for part in map(part_of, objects_of(result.get("content"), "toolResult.content")) if part]
    texts = [part["text"] for part in parts if part["type"] == "text"]
    content: Any = texts[0] if len(parts) == len(texts) == 1 else parts
    message = {"role": "tool", "tool_call_id": result.get("toolUseId"), "content": content}
    if result.get("status") == "error":
        message["is_error"] = True
    return message


def part_of(block: Mapping[str, Any]) -> dict[str, Any] | None:
    """A content block as a content part; None for kinds that OpenAI's messages have no part for."""
    if "text" in block:
        return {"type": "text", "text": block["text"]}
    if "json" in block:
        return {"type": "text", "text": json.dumps(block["json"])}
    if isinstance(block.get("guardContent"), dict):
        return {
            "type": "guarded_text",
            "text": object_of(block["guardContent"].get("text"), "guardContent.text").get("text") or "",
        }
    for kind in ("image", "document", "video"):
        if isinstance(block.get(kind), dict):
            return _media(kind, block[kind])
    return None


def _media(kind: str, media: Mapping[str, Any]) -> dict[str, Any]:
    name = str(media.get("format") or "")
    media_type = f"image/{name}" if kind == "image" else _MEDIA_TYPES.get(name, f"{kind}/{name}")
    source = object_of(media.get("source"), f"{kind}.source")
    location = object_of(source.get("s3Location"), "s3Location").get("uri")
    url = location or f"data:{media_type};base64,{source.get('bytes') or ''}"
    if kind == "image":
        return {"type": "image_url", "image_url": {"url": url, **({"format": media_type} if location else {})}}
    return {"type": "file", "file": {"file_data": url, **({"format": media_type} if location else {})}}


def _assistant(content: list[Mapping[str, Any]]) -> dict[str, Any]:
    message: dict[str, Any] = {"role": "assistant", "content": None}
    parts: list[dict[str, Any]] = []
    last: dict[str, Any] | None = None
    for block in content:
        if "cachePoint" in block:
            if last is not None:
                last["cache_control"] = cache_control(block["cachePoint"])
        elif "toolUse" in block:
            last = _tool_call(object_of(block["toolUse"], "toolUse"))
            message.setdefault("tool_calls", []).append(last)
        elif "reasoningContent" in block:
            message.setdefault("thinking_blocks", []).append(
                _thought(object_of(block["reasoningContent"], "reasoningContent"))
            )
        else:
            last = part_of(block)
            if last is not None:
                parts.append(last)
    plain = len(parts) == 1 and parts[0]["type"] == "text" and "cache_control" not in parts[0]
    message["content"] = parts[0]["text"] if plain else parts or None
    return message


def _tool_call(use: Mapping[str, Any]) -> dict[str, Any]:
    function = {"name": use.get("name"), "arguments": json.dumps(use.get("input") or {})}
    return {"id": use.get("toolUseId"), "type": "function", "function": function}


def _thought(item: Mapping[str, Any]) -> dict[str, Any]:
    if "redactedContent" in item:
        return {"type": "redacted_thinking", "data": item["redactedContent"]}
    said = object_of(item.get("reasoningText"), "reasoningText")
    block = {"type": "thinking", "thinking": said.get("text") or ""}
    return {**block, "signature": said["signature"]} if said.get("signature") else block


def _tools(config: Mapping[str, Any], chat: dict[str, Any]) -> None:
    tools: list[dict[str, Any]] = []
    for tool in objects_of(config.get("tools"), "toolConfig.tools"):
        if "cachePoint" in tool and tools:
            tools[-1]["cache_control"] = cache_control(tool["cachePoint"])
        elif isinstance(tool.get("toolSpec"), dict):
            tools.append({"type": "function", "function": _function(tool["toolSpec"])})
        elif "systemTool" in tool:
            tools.append(dict(tool))
    if tools:
        chat["tools"] = tools
    choice = object_of(config.get("toolChoice"), "toolChoice")
    if "auto" in choice:
        chat["tool_choice"] = "auto"
    elif "any" in choice:
        chat["tool_choice"] = "required"
    elif isinstance(choice.get("tool"), dict):
        chat["tool_choice"] = {"type": "function", "function": {"name": choice["tool"].get("name")}}


def _function(spec: Mapping[str, Any]) -> dict[str, Any]:
    made = {name: spec[name] for name in ("name", "description", "strict") if spec.get(name) is not None}
    schema = object_of(spec.get("inputSchema"), "inputSchema").get("json")
    return made if schema is None else {**made, "parameters": schema}


def _output(config: Mapping[str, Any], chat: dict[str, Any]) -> None:
    form = object_of(config.get("textFormat"), "outputConfig.textFormat")
    structure = object_of(form.get("structure"), "outputConfig.textFormat.structure").get("jsonSchema")
    if not isinstance(structure, dict):
        return
    try:
        schema = decode_json(str(structure.get("schema") or "{}"))
    except ValueError as error:
        raise InvalidRequest("outputConfig.textFormat.structure.jsonSchema.schema: expected JSON text") from error
    named = {name: structure[name] for name in ("name", "description") if structure.get(name)}
    chat["response_format"] = {"type": "json_schema", "json_schema": {"name": "answer", **named, "schema": schema}}


def _model_fields(fields: Mapping[str, Any], chat: dict[str, Any]) -> None:
    """What only the model knows: under OpenAI's name where there is one, else as it is."""
    effort = object_of(fields.get("reasoningConfig"), "reasoningConfig").get("maxReasoningEffort")
    if effort:
        chat["reasoning_effort"] = effort
    top_k = object_of(fields.get("inferenceConfig"), "inferenceConfig").get("topK")
    if top_k is not None:
        chat["top_k"] = top_k
    for name, value in fields.items():
        if name not in ("reasoningConfig", "inferenceConfig"):
            chat[name] = value
