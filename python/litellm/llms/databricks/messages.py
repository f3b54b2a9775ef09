"""Messages as Databricks takes them: one system prompt, no empty turns, and one tool call a turn."""

from __future__ import annotations

from typing import Any

from litellm.llms.openai.messages import as_dict

_OWN_FIELDS = ("reasoning_content", "thinking_blocks", "provider_specific_fields")


def convert_messages(messages: list[Any], *, as_given: bool = False) -> list[dict[str, Any]]:
    """`messages` with neighbouring system prompts joined, empty answers left out and parallel calls one by one.

    `as_given` only leaves out what the endpoint does not know: Claude takes several system prompts and calls.
    """
    made: list[dict[str, Any]] = []
    results: dict[str, dict[str, Any]] = {}
    plain = [_plain(message if isinstance(message, dict) else as_dict(message)) for message in messages]
    if as_given:
        return [message for message in plain if message.get("role") != "assistant" or _says(message)]
    for message in plain:
        if message.get("role") == "tool":
            results[str(message.get("tool_call_id"))] = message
    answered: set[str] = set()
    for message in plain:
        role = message.get("role")
        if role == "system" and made and made[-1].get("role") == "system" and _both_text(made[-1], message):
            made[-1] = {**made[-1], "content": f"{made[-1]['content']}\n\n{message['content']}"}
        elif role == "assistant":
            made += _answers(message, results, answered)
        elif role != "tool" or str(message.get("tool_call_id")) not in answered:
            made.append(message)
    return made


def _plain(message: dict[str, Any]) -> dict[str, Any]:
    left_out = ("name", *_OWN_FIELDS) if message.get("role") in ("tool", "function") else _OWN_FIELDS
    made = {name: value for name, value in message.items() if name not in left_out}
    if isinstance(made.get("content"), list):
        made["content"] = _brief(made["content"])
    if isinstance(made.get("content"), (str, list)) and not made["content"]:
        del made["content"]
    return made


def _brief(parts: list[Any]) -> Any:
    """`parts` without empty texts; what is left as a string when it is one unmarked text."""
    kept = [part for part in parts if not (isinstance(part, dict) and part.get("type") == "text" and not part["text"])]
    if len(kept) == 1 and isinstance(kept[0], dict) and kept[0].keys() == {"type", "text"}:
        return kept[0]["text"]
    return kept


def _both_text(first: dict[str, Any], second: dict[str, Any]) -> bool:
    return isinstance(first.get("content"), str) and isinstance(second.get("content"), str)


def _says(message: dict[str, Any]) -> bool:
    return bool(message.get("tool_calls") or message.get("content") or message.get("function_call"))


def _answers(message: dict[str, Any], results: dict[str, dict[str, Any]], answered: set[str]) -> list[dict[str, Any]]:
    calls = message.get("tool_calls") or []
    if not _says(message):
        return []
    if len(calls) < 2:
        return [message]
    made = []
    for index, call in enumerate(calls):
        made.append({**message, "tool_calls": [call], **({"content": None} if index else {})})
        key = str(call.get("id"))
        if key in results:
            made.append(results[key])
            answered.add(key)
    return made
