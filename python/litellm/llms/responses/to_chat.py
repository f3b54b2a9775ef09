"""From a Responses request to a chat completion's arguments."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from litellm.llms.wire import decode_json

_SAME = ("temperature", "top_p", "user", "parallel_tool_calls", "stream", "service_tier", "safety_identifier",
         "prompt_cache_key", "top_logprobs", "store")  # fmt: skip
"""Parameters of the same name and meaning on both sides."""
NEVER_ASKED = frozenset({"store", "service_tier"})
"""Those of them that are only sent to models that are known to take them: no reason to refuse a call."""
_WEB_SEARCH = ("web_search", "web_search_preview")


def to_chat(request: Mapping[str, Any], history: Iterable[dict[str, Any]] = ()) -> dict[str, Any]:
    """The chat arguments for `request`; `history` are the messages of the responses before it."""
    messages = [*history]
    if request.get("instructions"):
        messages.insert(0, {"role": "system", "content": request["instructions"]})
    messages += input_messages(request.get("input"))
    chat: dict[str, Any] = {"messages": messages}
    for name in _SAME:
        if request.get(name) is not None and name not in NEVER_ASKED:
            chat[name] = request[name]
    if request.get("max_output_tokens") is not None:
        chat["max_tokens"] = request["max_output_tokens"]
    _reasoning(request.get("reasoning"), chat)
    _text(request.get("text"), chat)
    tools = request.get("tools")
    if tools:
        _tools(tools, chat)
    if request.get("tool_choice") is not None:
        chat["tool_choice"] = tool_choice(request["tool_choice"])
    if chat.get("stream"):
        chat["stream_options"] = {"include_usage": True}
    return chat


def _reasoning(reasoning: Any, chat: dict[str, Any]) -> None:
    if isinstance(reasoning, Mapping) and reasoning.get("effort"):
        chat["reasoning_effort"] = reasoning["effort"]


def _text(text: Any, chat: dict[str, Any]) -> None:
    if not isinstance(text, Mapping):
        return
    if text.get("verbosity"):
        chat["verbosity"] = text["verbosity"]
    wanted = text.get("format")
    if not isinstance(wanted, Mapping) or wanted.get("type") == "text":
        return
    if wanted.get("type") == "json_schema":
        schema = {name: wanted[name] for name in ("name", "description", "schema", "strict") if name in wanted}
        chat["response_format"] = {"type": "json_schema", "json_schema": schema}
    else:
        chat["response_format"] = dict(wanted)


def _tools(tools: Iterable[Any], chat: dict[str, Any]) -> None:
    made = []
    for tool in tools:
        kind = tool.get("type") if isinstance(tool, Mapping) else None
        if kind == "function" and "function" not in tool:
            known = {name: tool[name] for name in ("name", "description", "parameters") if tool.get(name) is not None}
            function = {"name": "", "description": "", "parameters": {}, **known, "strict": bool(tool.get("strict"))}
            made.append({"type": "function", "function": function})
        elif isinstance(kind, str) and kind.startswith(_WEB_SEARCH):
            options = {name: tool[name] for name in ("search_context_size", "user_location") if tool.get(name)}
            chat["web_search_options"] = options
        else:
            made.append(dict(tool))
    if made:
        chat["tools"] = made


def tool_choice(choice: Any) -> Any:
    """`tool_choice` in chat's terms."""
    if isinstance(choice, Mapping) and choice.get("type") == "function" and "name" in choice:
        return {"type": "function", "function": {"name": choice["name"]}}
    return choice


def input_messages(inputs: Any) -> list[dict[str, Any]]:
    """The chat messages of a response's input: a text, or a list of items. Raises `ValueError` for anything else."""
    if inputs is None:
        return []
    if isinstance(inputs, str):
        return [{"role": "user", "content": inputs}]
    if not isinstance(inputs, list):
        raise ValueError(f"input: expected a text or a list of items, not {type(inputs).__name__}")
    messages: list[dict[str, Any]] = []
    pending_reasoning: dict[str, Any] | None = None
    for item in inputs:
        item = _plain(item)
        kind = item.get("type")
        if kind == "function_call":
            _add_call(messages, item, pending_reasoning)
            pending_reasoning = None
        elif kind == "function_call_output":
            messages.append(_tool_result(item))
        elif kind == "reasoning":
            pending_reasoning = item
        elif kind in (None, "message"):
            message = {"role": item.get("role") or "user", "content": content(item.get("content"))}
            if message["role"] == "assistant" and pending_reasoning is not None:
                _add_reasoning(message, pending_reasoning)
            pending_reasoning = None
            messages.append(message)
    return messages


def _plain(item: Any) -> dict[str, Any]:
    if isinstance(item, str):
        return {"role": "user", "content": item}
    dumped: dict[str, Any] = dict(item) if isinstance(item, Mapping) else item.model_dump(exclude_none=True)
    return dumped


def _add_call(messages: list[dict[str, Any]], item: Mapping[str, Any], reasoning: dict[str, Any] | None) -> None:
    """A function call; calls that follow each other are calls of one message."""
    last = messages[-1] if messages else {}
    if last.get("role") != "assistant" or (last.get("content") and not last.get("tool_calls")):
        last = {"role": "assistant"}
        if messages and messages[-1].get("role") == "assistant":
            last = messages[-1]
        else:
            messages.append(last)
    if reasoning is not None:
        _add_reasoning(last, reasoning)
    calls = last.setdefault("tool_calls", [])
    function = {"name": item.get("name") or "", "arguments": item.get("arguments") or "{}"}
    call_id = item.get("call_id") or item.get("id") or ""
    calls.append({"id": call_id, "type": "function", "function": function, "index": len(calls)})


def _add_reasoning(message: dict[str, Any], item: Mapping[str, Any]) -> None:
    """The thinking blocks that an answer of ours carries, else the text of the reasoning's summary."""
    try:
        blocks = decode_json(item.get("encrypted_content") or "null")
    except ValueError:
        blocks = None
    if isinstance(blocks, list):
        message["thinking_blocks"] = blocks
        return
    thoughts = [str(part.get("text") or "") for part in item.get("summary") or item.get("content") or ()]
    if any(thoughts):
        message["reasoning_content"] = "".join(thoughts)


def _tool_result(item: Mapping[str, Any]) -> dict[str, Any]:
    output = item.get("output")
    said = content(output) if isinstance(output, list) else output
    return {"role": "tool", "content": said if said is not None else "", "tool_call_id": item.get("call_id") or ""}


def content(value: Any) -> Any:
    """A message's content in chat's terms."""
    if not isinstance(value, list):
        return value
    return [_part(_plain_part(part)) for part in value]


def _plain_part(part: Any) -> dict[str, Any]:
    if isinstance(part, str):
        return {"type": "input_text", "text": part}
    return _plain(part)


def _part(part: dict[str, Any]) -> dict[str, Any]:
    kind = part.get("type")
    kept = {"cache_control": part["cache_control"]} if part.get("cache_control") else {}
    if kind in ("input_text", "output_text", "text"):
        return {"type": "text", "text": part.get("text") or "", **kept}
    if kind == "refusal":
        return {"type": "text", "text": part.get("refusal") or ""}
    if kind == "input_image":
        address = part.get("image_url")
        image = dict(address) if isinstance(address, Mapping) else {"url": address or ""}
        if part.get("file_id") and not address:
            image = {"url": part["file_id"]}
        return {"type": "image_url", "image_url": {**image, "detail": part.get("detail") or "auto"}, **kept}
    if kind == "input_file":
        names = {"file_data": "file_data", "file_id": "file_id", "filename": "filename", "file_url": "file_id"}
        return {"type": "file", "file": {theirs: part[ours] for ours, theirs in names.items() if part.get(ours)}}
    return part
