"""A generateContent request as the arguments of a chat completion."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from litellm.llms.call_ids import CallIds
from litellm.llms.gemini.inbound.fields import InvalidContents, fields_of
from litellm.llms.gemini.inbound.tools import plain_schema, to_tool_choice, to_tools

_SAME: Mapping[str, str] = {
    "temperature": "temperature", "topP": "top_p", "topK": "top_k", "maxOutputTokens": "max_tokens",
    "candidateCount": "n", "seed": "seed", "presencePenalty": "presence_penalty", "stopSequences": "stop",
    "frequencyPenalty": "frequency_penalty", "responseLogprobs": "logprobs", "logprobs": "top_logprobs",
}  # fmt: skip
_LOW_BUDGET, _MEDIUM_BUDGET = 1024, 8192
TOP_LEVEL = (
    "contents", "systemInstruction", "tools", "toolConfig", "safetySettings", "generationConfig", "cachedContent",
    "labels", "serviceTier",
)  # fmt: skip
"""Fields of a request; all others of the SDK's `config` belong to `generationConfig`."""


def request_body(contents: Any, config: Any, given: Mapping[str, Any]) -> dict[str, Any]:
    """The body of a generateContent request, from the SDK's `contents` and `config` and from fields `given` directly.

    Raises `InvalidContents` for contents that are none.
    """
    settings = {} if config is None else fields_of(config, "config")
    generation = {name: value for name, value in settings.items() if name not in TOP_LEVEL and value is not None}
    body: dict[str, Any] = {"contents": content_list(contents)}
    for name in TOP_LEVEL:
        value = given.get(name, settings.get(name))
        if value is not None and name not in ("contents", "generationConfig"):
            body[name] = value
    if isinstance(body.get("systemInstruction"), str):
        body["systemInstruction"] = {"parts": [{"text": body["systemInstruction"]}]}
    generation = {**fields_of(given.get("generationConfig") or {}, "generationConfig"), **generation}
    if generation:
        body["generationConfig"] = generation
    return body


def content_list(contents: Any) -> list[dict[str, Any]]:
    """`contents` as a list of contents: a text, one content, or several. Raises `InvalidContents` for none."""
    items = contents if isinstance(contents, list) else [contents]
    if not items or contents is None:
        raise InvalidContents("contents: there is nothing in it")
    made = []
    for item in items:
        if isinstance(item, str):
            made.append({"role": "user", "parts": [{"text": item}]})
            continue
        content = fields_of(item, "contents")
        if not isinstance(content.get("parts"), list):
            raise InvalidContents("contents: a content has no list of 'parts'")
        made.append(content)
    return made


def to_chat(body: Mapping[str, Any], *, budgets: bool = False) -> dict[str, Any]:
    """The arguments of a chat completion that says what `body`, a generateContent request, says.

    With `budgets`, thinking is asked for by its budget of tokens (`thinking`), else by a word (`reasoning_effort`).
    Raises `InvalidContents` for a request that cannot be read.
    """
    request = fields_of(body, "request")
    messages: list[dict[str, Any]] = []
    if request.get("systemInstruction") is not None:
        system = _system_text(request["systemInstruction"])
        messages.append({"role": "system", "content": system})
    calls = CallIds()
    for content in content_list(request.get("contents")):
        messages.extend(_messages(content, calls))
    chat: dict[str, Any] = {"messages": messages}
    _add_generation(fields_of(request.get("generationConfig") or {}, "generationConfig"), chat, budgets=budgets)
    tools, searches = to_tools(request.get("tools") or [])
    if tools:
        chat["tools"] = tools
    if searches:
        chat["web_search_options"] = {}
    choice = to_tool_choice(request.get("toolConfig"))
    if choice is not None and tools:
        chat["tool_choice"] = choice
    return chat


def _system_text(instruction: Any) -> str:
    if isinstance(instruction, str):
        return instruction
    parts = fields_of(instruction, "systemInstruction").get("parts") or []
    return "".join(str(part.get("text") or "") for part in parts if isinstance(part, Mapping))


def _messages(content: Mapping[str, Any], calls: CallIds) -> list[dict[str, Any]]:
    parts = [fields_of(part, "contents.parts") for part in content["parts"]]
    if content.get("role") == "model":
        return [_assistant(parts, calls)]
    made: list[dict[str, Any]] = []
    said: list[dict[str, Any]] = []
    for part in parts:
        if "functionResponse" in part:
            made.append(_tool_message(fields_of(part["functionResponse"], "functionResponse"), calls))
        else:
            said.append(_content_part(part))
    if said:
        texts = [part["text"] for part in said if part["type"] == "text"]
        made.append({"role": "user", "content": texts[0] if len(texts) == len(said) == 1 else said})
    return made


def _content_part(part: Mapping[str, Any]) -> dict[str, Any]:
    """A part of what the user says. Raises `InvalidContents` for a kind that chats do not have."""
    if part.get("text") is not None:
        return {"type": "text", "text": part["text"]}
    if "inlineData" in part:
        data = fields_of(part["inlineData"], "inlineData")
        kind = str(data.get("mimeType") or "")
        if kind.startswith("audio/"):
            form = kind.removeprefix("audio/")
            return {"type": "input_audio", "input_audio": {"data": data.get("data"), "format": form}}
        return _media(f"data:{kind};base64,{data.get('data')}", kind, None)
    if "fileData" in part:
        data = fields_of(part["fileData"], "fileData")
        return _media(str(data.get("fileUri")), str(data.get("mimeType") or ""), data.get("mimeType"))
    raise InvalidContents(f"contents.parts: {sorted(part)} is not a kind of part that can be sent to this model")


def _media(address: str, kind: str, media_type: str | None) -> dict[str, Any]:
    shown = {"format": media_type} if media_type else {}
    if not kind or kind.startswith("image/"):
        return {"type": "image_url", "image_url": {"url": address, **shown}}
    where = "file_data" if address.startswith("data:") else "file_id"
    return {"type": "file", "file": {where: address, **shown}}


def _assistant(parts: list[dict[str, Any]], calls: CallIds) -> dict[str, Any]:
    message: dict[str, Any] = {"role": "assistant", "content": None}
    texts: list[str] = []
    blocks: list[dict[str, Any]] = []
    tool_calls: list[dict[str, Any]] = []
    images: list[dict[str, Any]] = []
    signatures: list[str] = []
    for part in parts:
        signature = part.get("thoughtSignature")
        if "functionCall" in part:
            tool_calls.append(_tool_call(fields_of(part["functionCall"], "functionCall"), signature, calls))
        elif part.get("thought"):
            block = {"type": "thinking", "thinking": part.get("text") or ""}
            blocks.append({**block, "signature": signature} if signature else block)
        elif part.get("text") is not None:
            texts.append(part["text"])
            if signature:
                signatures.append(signature)
        elif "inlineData" in part:
            images.append(_content_part(part))
    if texts:
        message["content"] = "".join(texts)
    if blocks:
        message["thinking_blocks"] = blocks
        message["reasoning_content"] = "".join(block["thinking"] for block in blocks)
    if images:
        message["images"] = images
    if tool_calls:
        message["tool_calls"] = tool_calls
    if signatures:
        message["provider_specific_fields"] = {"thought_signatures": signatures}
    return message


def _tool_call(call: Mapping[str, Any], signature: Any, calls: CallIds) -> dict[str, Any]:
    arguments = json.dumps(call.get("args") or {}, ensure_ascii=False)
    made: dict[str, Any] = {
        "id": calls.called(call),
        "type": "function",
        "function": {"name": call.get("name"), "arguments": arguments},
    }
    if signature:
        made["provider_specific_fields"] = {"thought_signature": signature}
    return made


def _tool_message(answer: Mapping[str, Any], calls: CallIds) -> dict[str, Any]:
    response = answer.get("response")
    text = json.dumps(response or {}, ensure_ascii=False)
    if isinstance(response, Mapping) and set(response) == {"content"} and isinstance(response["content"], str):
        text = response["content"]
    content: Any = text
    if answer.get("parts"):
        media = [_content_part(fields_of(part, "functionResponse.parts")) for part in answer["parts"]]
        content = [{"type": "text", "text": text}, *media] if text else media
    return {
        "role": "tool",
        "tool_call_id": calls.answered(answer),
        "name": answer.get("name"),
        "content": content,
    }


def _add_generation(config: Mapping[str, Any], chat: dict[str, Any], *, budgets: bool) -> None:
    for theirs, ours in _SAME.items():
        if config.get(theirs) is not None:
            chat[ours] = config[theirs]
    schema = config.get("responseJsonSchema") or config.get("responseSchema")
    if schema:
        wanted = {"name": "response", "schema": plain_schema(schema)}
        chat["response_format"] = {"type": "json_schema", "json_schema": wanted}
    elif config.get("responseMimeType") == "application/json":
        chat["response_format"] = {"type": "json_object"}
    if config.get("responseModalities"):
        chat["modalities"] = [str(name).lower() for name in config["responseModalities"]]
    if config.get("thinkingConfig"):
        chat.update(_thinking(fields_of(config["thinkingConfig"], "thinkingConfig"), budgets=budgets))


def _thinking(config: Mapping[str, Any], *, budgets: bool) -> dict[str, Any]:
    if config.get("thinkingLevel"):
        return {"reasoning_effort": str(config["thinkingLevel"]).lower()}
    budget = config.get("thinkingBudget")
    if budget is None:
        return {}
    if budget == 0:
        return {"thinking": {"type": "disabled"}} if budgets else {}
    if budgets and budget > 0:
        return {"thinking": {"type": "enabled", "budget_tokens": budget}}
    if budget < 0:  # as much as the model thinks right
        return {"reasoning_effort": "medium"}
    word = "low" if budget <= _LOW_BUDGET else "medium" if budget <= _MEDIUM_BUDGET else "high"
    return {"reasoning_effort": word}
