"""Counting tokens."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from litellm.litellm_core_utils import accelerator
from litellm.litellm_core_utils.image_tokens import image_tokens

_O200K_STARTS = ("gpt-4o", "gpt-4.1", "gpt-4.5", "gpt-5", "o1", "o3", "o4", "chatgpt-4o", "ft:gpt-4o", "ft:gpt-4.1")
DEFAULT_IMAGE_TOKENS = 250


def encoding_name(model: str | None) -> str:
    """The tiktoken encoding that counts for `model`: o200k_base for OpenAI's models since gpt-4o, else cl100k_base."""
    name = (model or "").rsplit("/", 1)[-1]
    return "o200k_base" if name.startswith(_O200K_STARTS) else "cl100k_base"


def token_counter(
    model: str = "",
    custom_tokenizer: Any = None,
    text: str | list[str] | None = None,
    messages: Sequence[Any] | None = None,
    count_response_tokens: bool | None = False,
    tools: list[Any] | None = None,
    tool_choice: Any = None,
    use_default_image_token_count: bool | None = False,
    default_token_count: int | None = None,
) -> int:
    """Tokens of `text`, or of `messages` with `tools`, as `model` counts them.

    A message costs its fields' tokens plus 3, a name 1 more, and the reply is primed with 3 (OpenAI cookbook, "How to
    count tokens"); an image costs by its detail and size (OpenAI vision guide). With `count_response_tokens` the text
    is a reply's, which primes nothing.

    Raises ValueError when neither text nor messages are given, or both.
    """
    if (text is None) == (messages is None):
        raise ValueError("text and messages: give one of them")
    try:
        count = _counter(model, custom_tokenizer)
        if messages is None:
            joined = "".join(text) if isinstance(text, list) else str(text)
            return int(count(joined))
        total = sum(_message(count, _plain(message), bool(use_default_image_token_count)) for message in messages)
        if count_response_tokens:
            return total
        return total + _extra(count, messages, tools, tool_choice)
    except (ValueError, TypeError):
        if default_token_count is not None:
            return default_token_count
        raise


def _counter(model: str, custom_tokenizer: Any) -> Any:
    if custom_tokenizer is not None:
        tokenizer = custom_tokenizer["tokenizer"] if isinstance(custom_tokenizer, Mapping) else custom_tokenizer
        return lambda text: len(getattr(tokenizer.encode(text), "ids", None) or tokenizer.encode(text))
    return accelerator.encoding(encoding_name(model)).count


def _plain(message: Any) -> Mapping[str, Any]:
    if isinstance(message, Mapping):
        return message
    dumped: Mapping[str, Any] = message.model_dump(exclude_none=True)
    return dumped


def _message(count: Any, message: Mapping[str, Any], default_images: bool) -> int:
    total = 3
    for key, value in message.items():
        if value is None:
            continue
        if key == "tool_calls":
            total += sum(count(str((call.get("function") or {}).get("arguments") or "")) for call in value)
        elif isinstance(value, str):
            total += count(value)
            if key == "name":
                total += 1
        elif key == "content" and isinstance(value, list):
            total += sum(_part(count, part, default_images) for part in value)
        elif key == "function_call":
            total += count(str(value.get("arguments") or ""))
    return total


def _part(count: Any, part: Any, default_images: bool) -> int:
    if isinstance(part, str):
        return int(count(part))
    kind = part.get("type")
    if kind == "text":
        return int(count(str(part.get("text", ""))))
    if kind == "image_url":
        image = part.get("image_url")
        url, detail = (image, "auto") if isinstance(image, str) else (image.get("url", ""), image.get("detail", "auto"))
        return DEFAULT_IMAGE_TOKENS if default_images else image_tokens(url, detail)
    if kind in ("tool_use", "tool_result", "thinking"):
        return sum(count(_text(part.get(key))) for key in ("name", "input", "content", "thinking") if part.get(key))
    return 0


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return "".join(str(item.get("text", "")) if isinstance(item, Mapping) else str(item) for item in value)
    return json.dumps(value)


def _extra(count: Any, messages: Sequence[Any], tools: list[Any] | None, tool_choice: Any) -> int:
    """What primes the reply, and what the tools' definitions cost."""
    total = 3
    if tools:
        from litellm.litellm_core_utils.tool_tokens import tool_definitions

        total += count(tool_definitions(tools)) + 9
        if any(_plain(message).get("role") == "system" for message in messages):
            total -= 4
    if tool_choice == "none":
        total += 1
    elif isinstance(tool_choice, Mapping):
        total += 7 + count(str(tool_choice["function"]["name"]))
    return total
