"""OpenAI messages as Converse's: a system prompt, and turns that alternate between user and assistant."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from litellm.llms.anthropic.messages import LATE_SYSTEM
from litellm.llms.bedrock.converse.media import UnsupportedMedia, media_block
from litellm.llms.bedrock.converse.tools import tool_name, tool_use_id
from litellm.llms.openai.messages import as_dict
from litellm.llms.wire import decode_json

CONTINUE = "Please continue."
NO_TEXT = "."
"""What a turn says that holds a document and no text: Bedrock takes none without."""
_SYSTEM_ROLES = ("system", "developer")

Block = dict[str, Any]


class InvalidMessage(ValueError):
    """A message that has no place in Converse."""


@dataclass(frozen=True, slots=True)
class Rules:
    """How messages are converted for one model and call."""

    caching: bool = False
    """Whether the model takes cache points."""
    cache_ttl: bool = False
    """Whether they can say how long they last."""
    guard: bool = False
    """Whether the last user turn is to be marked for the guardrail."""
    complete: bool = False
    """Whether turns that Bedrock demands are put in where they are missing (`litellm.modify_params`)."""
    continue_with: str = CONTINUE
    """What such a turn says."""


def convert_messages(messages: Iterable[Any], rules: Rules) -> tuple[list[Block], list[dict[str, Any]]]:
    """OpenAI messages as (system blocks, Converse messages). Raises `InvalidMessage` for one that cannot be said."""
    system: list[Block] = []
    turns: list[dict[str, Any]] = []
    leading = True
    for raw in messages:
        message = raw if isinstance(raw, dict) else as_dict(raw)
        role = message.get("role")
        if role in _SYSTEM_ROLES:
            blocks = _system(message, rules)
            if leading:
                system.extend(blocks)
            elif blocks:
                _add(turns, "user", [{"text": LATE_SYSTEM}, *blocks])
            continue
        leading = False
        if role == "user":
            _add(turns, "user", _user(message, rules))
        elif role in ("tool", "function"):
            _add_result(turns, message, rules)
        elif role == "assistant":
            _add(turns, "assistant", _assistant(message, rules))
        else:
            raise InvalidMessage(f"Invalid Message passed in: role {role!r} is not one that Bedrock knows")
    if rules.complete:
        _complete(turns, rules)
    if rules.guard:
        _mark_for_guardrail(turns)
    return system, turns


def _add(turns: list[dict[str, Any]], role: str, blocks: list[Block]) -> None:
    if not blocks:
        return
    if turns and turns[-1]["role"] == role:
        turns[-1]["content"].extend(blocks)
    else:
        turns.append({"role": role, "content": blocks})


def _add_result(turns: list[dict[str, Any]], message: dict[str, Any], rules: Rules) -> None:
    """A tool's result, unless the turn has one of the same call: Bedrock refuses a second."""
    use_id = tool_use_id(message.get("tool_call_id") or message.get("name"))
    if turns and turns[-1]["role"] == "user":
        known = (block["toolResult"]["toolUseId"] for block in turns[-1]["content"] if "toolResult" in block)
        if use_id in known:
            return
    content = message.get("content")
    marks = [message.get("cache_control")]
    if isinstance(content, str):
        blocks: list[Block] = [{"text": content}]
    else:
        parts = content or ()
        blocks = content_blocks(parts, Rules())
        marks += [part.get("cache_control") for part in parts if isinstance(part, dict)]
    result: dict[str, Any] = {"toolUseId": use_id, "content": blocks}
    if message.get("is_error"):
        result["status"] = "error"
    _add(turns, "user", [{"toolResult": result}, *_cache_point(next(filter(None, marks), None), rules)])


def _cache_point(control: Any, rules: Rules) -> list[Block]:
    """The cache point that `cache_control` asks for, where the model takes one."""
    if not control or not rules.caching:
        return []
    point: dict[str, Any] = {"type": "default"}
    ttl = control.get("ttl") if isinstance(control, Mapping) else None
    if ttl in ("5m", "1h") and rules.cache_ttl:
        point["ttl"] = ttl
    return [{"cachePoint": point}]


def _system(message: dict[str, Any], rules: Rules) -> list[Block]:
    content = message.get("content")
    if isinstance(content, str):
        return [{"text": content}, *_cache_point(message.get("cache_control"), rules)] if content else []
    blocks: list[Block] = []
    for part in content or ():
        if isinstance(part, dict) and part.get("text"):
            blocks += [{"text": part["text"]}, *_cache_point(part.get("cache_control"), rules)]
    return blocks


def _user(message: dict[str, Any], rules: Rules) -> list[Block]:
    content = message.get("content")
    if isinstance(content, str):
        return [{"text": content}, *_cache_point(message.get("cache_control"), rules)] if content else []
    blocks = content_blocks(content or (), rules)
    if any("document" in block for block in blocks) and not any("text" in block for block in blocks):
        blocks.append({"text": NO_TEXT})
    return blocks


def content_blocks(parts: Iterable[Any], rules: Rules) -> list[Block]:
    """The blocks of a list of content parts. Empty texts are left out.

    Raises `InvalidMessage` for a part or media that Converse has no block for.
    """
    blocks: list[Block] = []
    for part in parts:
        if isinstance(part, str):
            part = {"type": "text", "text": part}
        made = _part(part)
        if made is not None:
            blocks += [made, *_cache_point(part.get("cache_control"), rules)]
    return blocks


def _part(part: dict[str, Any]) -> Block | None:
    kind = part.get("type")
    if kind == "text":
        return {"text": part["text"]} if part.get("text") else None
    if kind == "guarded_text":
        return {"guardContent": {"text": {"text": part.get("text") or ""}}}
    if kind in ("image_url", "video_url"):
        given = part.get(str(kind)) or ""
        url, media_type = (given, None) if isinstance(given, str) else (given.get("url"), given.get("format"))
        return _media(str(url or ""), media_type)
    if kind == "file":
        file = part.get("file") or {}
        return _media(str(file.get("file_data") or file.get("file_id") or ""), file.get("format"))
    if kind == "thinking":
        return _thought(part)
    if kind == "redacted_thinking":
        return {"reasoningContent": {"redactedContent": part.get("data")}}
    if kind == "input_audio":
        return None
    if kind is None and len(part) == 1:
        return part  # already a block of Converse's own
    raise InvalidMessage(f"content part type {kind!r}: Bedrock has no block for it")


def _media(url: str, media_type: str | None) -> Block:
    try:
        return media_block(url, media_type)
    except UnsupportedMedia as error:
        raise InvalidMessage(str(error)) from error


def _thought(block: dict[str, Any]) -> Block | None:
    """A thinking block. Without its signature Bedrock would refuse it, so it becomes text."""
    text = block.get("thinking") or ""
    if block.get("signature"):
        return {"reasoningContent": {"reasoningText": {"text": text, "signature": block["signature"]}}}
    return {"text": text} if text else None


def _assistant(message: dict[str, Any], rules: Rules) -> list[Block]:
    blocks: list[Block] = []
    thoughts = [part for part in map(_part, message.get("thinking_blocks") or ()) if part]
    content = message.get("content")
    if isinstance(content, str):
        if content.strip():
            blocks += [{"text": content}, *_cache_point(message.get("cache_control"), rules)]
    elif content:
        blocks += sorted(content_blocks(content, rules), key=lambda block: "reasoningContent" not in block)
    calls = list(message.get("tool_calls") or ())
    if message.get("function_call") and not calls:
        calls = [{"id": message["function_call"].get("name"), "function": message["function_call"]}]
    for call in calls:
        blocks += [_tool_use(call), *_cache_point(call.get("cache_control"), rules)]
    return thoughts + blocks


def _tool_use(call: Mapping[str, Any]) -> Block:
    function = call.get("function") or {}
    return {
        "toolUse": {
            "toolUseId": tool_use_id(call.get("id")),
            "name": tool_name(str(function.get("name") or "")),
            "input": _arguments(function.get("arguments")),
        }
    }


def _arguments(given: Any) -> dict[str, Any]:
    """A call's arguments; what is no JSON object becomes an empty one, which Bedrock takes."""
    if isinstance(given, str):
        try:
            given = decode_json(given) if given.strip() else {}
        except ValueError:
            return {}
    return given if isinstance(given, dict) else {}


def _complete(turns: list[dict[str, Any]], rules: Rules) -> None:
    """A conversation begins and ends with the user."""
    if not turns or turns[0]["role"] != "user":
        turns.insert(0, {"role": "user", "content": [{"text": rules.continue_with}]})
    if turns[-1]["role"] != "user":
        turns.append({"role": "user", "content": [{"text": rules.continue_with}]})


def _mark_for_guardrail(turns: list[dict[str, Any]]) -> None:
    """Marks the texts of the last turn, when it is the user's and names no texts of its own to guard."""
    if not turns or turns[-1]["role"] != "user":
        return
    content = turns[-1]["content"]
    if any("guardContent" in block for block in content):
        return
    turns[-1]["content"] = [
        {"guardContent": {"text": {"text": block["text"]}}} if "text" in block else block for block in content
    ]
