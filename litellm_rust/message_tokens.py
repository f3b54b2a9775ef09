"""Tokens of chat messages, by the accounting of LiteLLM's `token_counter`.

A message costs its fields' tokens plus 3, a name 1 more, and the reply is primed with 3 (OpenAI cookbook, "How to count
tokens"). Definitions of tools cost 9 more, beside a system message 5.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from litellm_rust.image_tokens import image_tokens
from litellm_rust.tool_definitions import tool_definitions

Count = Callable[[str], int]
_MESSAGE, _NAME, _REPLY = 3, 1, 3
_TOOLS, _TOOLS_BESIDE_SYSTEM = 9, 5
_NO_TOOL, _NAMED_TOOL = 1, 7
_TOOL_FIELDS: Final[Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]]] = {
    "tool_use": (("id", "name", "input"), ("name", "input")),
    "tool_result": (("tool_use_id",), ("content",)),
}
"""By type of block: the fields that it must have, and those that are counted."""


@dataclass(frozen=True)
class MessageCounter:
    """Counts messages with `count`, which counts a text."""

    count: Count
    image_tokens: int | None = None
    """What any image costs; None: by its detail and size."""
    block_tokens: int | None = None
    """What a list of contents costs that cannot be counted; None: it raises ValueError."""
    plain: Callable[[object], int | None] | None = None
    """Counts messages of nothing but names, texts and calls in one go; gives None for others."""

    def prompt(self, messages: Sequence[Any], tools: Sequence[Any] | None = None, tool_choice: Any = None) -> int:
        """Tokens of a request: its messages, its tools and what primes the reply. Raises ValueError as `messages`."""
        total = self.messages(messages) + _REPLY
        if tools:
            has_system = any(_plain(message).get("role") == "system" for message in messages)
            total += self.count(tool_definitions(tools)) + (_TOOLS_BESIDE_SYSTEM if has_system else _TOOLS)
        if tool_choice == "none":
            total += _NO_TOOL
        elif isinstance(tool_choice, Mapping):
            total += _NAMED_TOOL + self.count(str(tool_choice["function"]["name"]))
        return total

    def messages(self, messages: Iterable[Any]) -> int:
        """Tokens of messages alone. Raises ValueError for a content or a tool call of an unknown shape."""
        if self.plain is not None and (total := self.plain(messages)) is not None:
            return total
        return sum(self._message(_plain(message)) for message in messages)

    def _message(self, message: Mapping[str, Any]) -> int:
        total = _MESSAGE
        for key, value in message.items():
            if value is None:
                continue
            if key == "tool_calls":
                total += sum(self._call(call) for call in _of_type(list, key, value))
            elif key == "function_call":
                total += self.count(str(_of_type(Mapping, key, value).get("arguments", "")))
            elif isinstance(value, str):
                total += self.count(value) + (_NAME if key == "name" else 0)
            elif key == "content" and isinstance(value, list):
                total += self._blocks(value)
        return total

    def _call(self, call: Any) -> int:
        if "function" not in call:
            raise ValueError("tool_calls: a call has no function")
        return self.count(str(call["function"].get("arguments", "")))

    def _blocks(self, blocks: Iterable[Any]) -> int:
        try:
            return sum(self.count(block) if isinstance(block, str) else self._block(block) for block in blocks)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            if self.block_tokens is not None:
                return self.block_tokens
            raise ValueError(f"content: tokens cannot be counted: {error}") from error

    def _block(self, block: Mapping[str, Any]) -> int:
        kind = block["type"]
        if kind == "text":
            return self.count(str(block.get("text", "")))
        if kind == "image_url":
            return self._image_url(block.get("image_url"))
        if kind == "image":
            return self._image(_source_url(block["source"]))
        if kind == "document":
            return self._document(block)
        if kind == "file":
            return self._file(block.get("file"))
        if kind in _TOOL_FIELDS:
            return self._tool_block(kind, block)
        if kind in ("thinking", "redacted_thinking"):
            return self._text(block.get("thinking"))
        if kind == "tool_reference":
            return self._text(block.get("tool_name"))
        raise ValueError(f"unknown type {kind!r}")

    def _text(self, text: Any) -> int:
        return self.count(str(text)) if text else 0

    def _image_url(self, image: Any) -> int:
        url, detail = (image.get("url"), image.get("detail", "auto")) if isinstance(image, dict) else (image, "auto")
        if not isinstance(url, str) or not url.strip():
            raise ValueError("image_url: expected an address")
        return self._image(url, detail)

    def _image(self, url: str, detail: str = "auto") -> int:
        counted = image_tokens(url, detail)
        return counted if self.image_tokens is None else self.image_tokens

    def _document(self, document: Mapping[str, Any]) -> int:
        source = document["source"]
        total = self._text(document.get("title")) + self._text(document.get("context"))
        if source["type"] == "text":
            return total + self.count(source["data"])
        if source["type"] == "content":
            content = source["content"]
            return total + (self.count(content) if isinstance(content, str) else self._blocks(content))
        return total + self._image(_source_url(source))

    def _file(self, file: Any) -> int:
        if not isinstance(file, Mapping):
            return 0
        data = file.get("file_data")
        return self._text(file.get("filename")) + (self._image(data) if isinstance(data, str) and data else 0)

    def _tool_block(self, kind: str, block: Mapping[str, Any]) -> int:
        required, counted = _TOOL_FIELDS[kind]
        if missing := [field for field in required if field not in block]:
            raise ValueError(f"{kind}: {', '.join(missing)} missing")
        total = 0
        for value in (block.get(field) for field in counted):
            if isinstance(value, str):
                total += self.count(value)
            elif isinstance(value, list):
                total += self._blocks(value)
            elif isinstance(value, dict):
                total += self.count(str(value))
        return total


def _plain(message: Any) -> Mapping[str, Any]:
    """A message as a mapping; models of Pydantic without the fields that are None."""
    if isinstance(message, Mapping):
        return message
    dumped: Mapping[str, Any] = message.model_dump(exclude_none=True)
    return dumped


def _of_type(kind: Any, key: str, value: Any) -> Any:
    if not isinstance(value, kind):
        raise ValueError(f"{key}: expected {kind.__name__}, got {type(value).__name__}")
    return value


def _source_url(source: Mapping[str, Any]) -> str:
    """An Anthropic source as an address, inline data as a `data:` address."""
    if source["type"] == "base64" and source.get("data"):
        return f"data:{source.get('media_type') or 'image/png'};base64,{source['data']}"
    return (source.get("url") or "") if source["type"] == "url" else ""
