"""Content parts of OpenAI messages as Anthropic content blocks."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

_PASSED = frozenset(
    {"document", "image", "thinking", "redacted_thinking", "tool_use", "tool_result", "search_result",
     "server_tool_use", "web_search_tool_result", "container_upload"}
)  # fmt: skip


def as_text_block(text: str, cache_control: Any) -> dict[str, Any]:
    """A text block, with its cache mark when there is one."""
    block: dict[str, Any] = {"type": "text", "text": text}
    if cache_control:
        block["cache_control"] = cache_control
    return block


def content_blocks(parts: Iterable[Any]) -> list[dict[str, Any]]:
    """The blocks of a list of content parts. Empty texts, and kinds that Anthropic has not (audio), are left out."""
    blocks: list[dict[str, Any]] = []
    for part in parts:
        if isinstance(part, str):
            blocks.append(as_text_block(part, None))
            continue
        kind = part.get("type")
        if kind == "text":
            if part.get("text"):
                blocks.append(as_text_block(part["text"], part.get("cache_control")))
        elif kind == "image_url":
            blocks.append(_with_cache(_image(part["image_url"]), part))
        elif kind == "file":
            blocks.append(_with_cache(_file(part.get("file") or {}), part))
        elif kind in _PASSED:
            blocks.append(part)
    return blocks


def tool_result_content(content: Any) -> Any:
    """A tool message's content: text as it is, lists as blocks."""
    if isinstance(content, list):
        return content_blocks(content)
    return "" if content is None else content


def _with_cache(block: dict[str, Any], part: dict[str, Any]) -> dict[str, Any]:
    if part.get("cache_control"):
        block["cache_control"] = part["cache_control"]
    return block


def _image(image: Any) -> dict[str, Any]:
    url = image if isinstance(image, str) else image.get("url", "")
    media_type = None if isinstance(image, str) else image.get("format")
    source = _source(url, media_type)
    kind = "image" if source["type"] == "url" or source["media_type"].startswith("image/") else "document"
    return {"type": kind, "source": source}


def _file(file: dict[str, Any]) -> dict[str, Any]:
    data = file.get("file_data")
    if data:
        source = _source(data, file.get("format"))
        image = source["type"] == "base64" and source["media_type"].startswith("image/")
        return {"type": "image" if image else "document", "source": source}
    file_id = str(file.get("file_id") or "")
    if file_id.startswith(("http://", "https://")):
        return {"type": "document", "source": {"type": "url", "url": file_id}}
    if file_id.startswith("data:"):
        return {"type": "document", "source": _source(file_id, file.get("format"))}
    return {"type": "container_upload", "file_id": file_id}


def _source(url: str, media_type: str | None) -> dict[str, Any]:
    if not url.startswith("data:"):
        return {"type": "url", "url": url}
    head, _, data = url[5:].partition(",")
    return {"type": "base64", "media_type": media_type or head.split(";")[0], "data": data}
