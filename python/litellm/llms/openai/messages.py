"""Messages on their way to an OpenAI-shaped API and back. A message that needs no change is not copied."""

from __future__ import annotations

from typing import Any

from litellm.llms.openai_like.profile import Profile

THINK_OPEN, THINK_CLOSE = "<think>", "</think>"


IMAGES_OF_TOOLS = "Images that the tools returned:"
IMAGE_FOLLOWS = "[the tool's image is in the next message]"
FILE_NAME = "my_file.pdf"
"""OpenAI takes no document without a name."""


def clean_messages(
    messages: list[Any], profile: Profile, *, keep_marks: bool = False, developer: bool = False
) -> list[Any]:
    """`messages` as plain dicts without null fields; the very list when nothing had to change.

    `keep_marks` keeps their `cache_control`, `developer` the role of that name, which most providers do not know.
    """
    cleaned: list[Any] | None = None
    for index, message in enumerate(messages):
        better = _clean(message, profile, keep_marks)
        if better is not message:
            if cleaned is None:
                cleaned = list(messages)
            cleaned[index] = better
    cleaned = messages if cleaned is None else cleaned
    if not developer and any(message.get("role") == "developer" for message in cleaned):
        cleaned = [{**m, "role": "system"} if m.get("role") == "developer" else m for m in cleaned]
    if not profile.tool_images and any(_shows_images(message) for message in cleaned):
        cleaned = _images_apart(cleaned)
    if not profile.empty_assistant:
        return [message for message in cleaned if not _says_nothing(message)]
    return cleaned


def _shows_images(message: dict[str, Any]) -> bool:
    content = message.get("content")
    return message.get("role") == "tool" and isinstance(content, list) and any(map(_is_image, content))


def _is_image(part: Any) -> bool:
    return isinstance(part, dict) and part.get("type") == "image_url"


def _images_apart(messages: list[Any]) -> list[Any]:
    """`messages` with the images of tool results in a user message after them: results hold text only."""
    made: list[Any] = []
    images: list[Any] = []
    for message in [*messages, None]:
        if images and (message is None or message.get("role") != "tool"):
            made.append({"role": "user", "content": [{"type": "text", "text": IMAGES_OF_TOOLS}, *images]})
            images = []
        if message is not None and _shows_images(message):
            images += [part for part in message["content"] if _is_image(part)]
            said = [part for part in message["content"] if not _is_image(part)]
            message = {**message, "content": said or IMAGE_FOLLOWS}
        if message is not None:
            made.append(message)
    return made


def _says_nothing(message: dict[str, Any]) -> bool:
    if message.get("role") != "assistant" or message.get("content"):
        return False
    return not message.get("tool_calls") and not message.get("function_call")


def _clean(message: Any, profile: Profile, keep_marks: bool) -> Any:
    if not isinstance(message, dict):
        message = as_dict(message)
    if None in message.values():
        message = {k: v for k, v in message.items() if v is not None}
    if profile.left_out and not profile.left_out.isdisjoint(message):
        message = {k: v for k, v in message.items() if k not in profile.left_out}
    if not profile.call_index and message.get("tool_calls"):
        calls = [{k: v for k, v in call.items() if k != "index"} for call in message["tool_calls"]]
        message = {**message, "tool_calls": calls}
    if profile.name_roles is not None and "name" in message and message.get("role") not in profile.name_roles:
        message = {k: v for k, v in message.items() if k != "name"}
    content = message.get("content")
    if isinstance(content, list):
        if profile.flattens_content:
            content = flat_text(content)
        if isinstance(content, list):
            content = with_image_objects(content if keep_marks else without_cache_control(content))
            if not profile.media_formats:
                content = _as_openai_media(content)
        if content is not message["content"]:
            message = {**message, "content": content}
    if "cache_control" in message and not (keep_marks and not profile.marks_in_parts):
        mark = message["cache_control"]
        message = {k: v for k, v in message.items() if k != "cache_control"}
        if keep_marks and message.get("content"):
            message["content"] = marked_parts(message["content"], mark)
    return message


def with_image_objects(parts: list[Any]) -> list[Any]:
    """`parts` with images given as a bare address in OpenAI's form; the very list when there are none."""
    if not any(isinstance(part, dict) and isinstance(part.get("image_url"), str) for part in parts):
        return parts
    return [
        {**part, "image_url": {"url": part["image_url"]}}
        if isinstance(part, dict) and isinstance(part.get("image_url"), str)
        else part
        for part in parts
    ]


def _as_openai_media(parts: list[Any]) -> list[Any]:
    """`parts` without the media types that only LiteLLM knows; a document is named. The very list when none is."""
    made = [_medium(part) for part in parts]
    return made if any(new is not old for new, old in zip(made, parts, strict=True)) else parts


def _medium(part: Any) -> Any:
    kind = part.get("type") if isinstance(part, dict) else None
    medium = part.get(kind) if kind in ("image_url", "file") else None
    if not isinstance(medium, dict):
        return part
    kept = {name: value for name, value in medium.items() if name != "format"}
    if kind == "file" and kept.get("file_data"):
        kept.setdefault("filename", FILE_NAME)
    return part if kept == medium else {**part, kind: kept}


def marked_parts(content: Any, mark: Any) -> list[Any]:
    """`content` as parts, the last of which carries `mark`."""
    parts = list(content) if isinstance(content, list) else [{"type": "text", "text": content}]
    parts[-1] = {**parts[-1], "cache_control": mark}
    return parts


def without_cache_control(parts: list[Any]) -> list[Any]:
    """`parts` without cache marks; the very list when there are none."""
    if not any(isinstance(part, dict) and "cache_control" in part for part in parts):
        return parts
    return [
        {k: v for k, v in part.items() if k != "cache_control"} if isinstance(part, dict) else part for part in parts
    ]


def as_dict(message: Any) -> dict[str, Any]:
    """A message given as a response model (`Message`, `ChatCompletionMessage`, …) as a dict without nulls."""
    dump = getattr(message, "model_dump", None)
    if dump is not None:
        dumped: dict[str, Any] = dump(exclude_none=True)
        return dumped
    return dict(message)


def flat_text(content: list[Any]) -> str | list[Any]:
    """The text of a list of text parts; the list itself when it holds anything else."""
    texts: list[str] = []
    for part in content:
        if not isinstance(part, dict) or part.get("type") != "text":
            return content
        texts.append(str(part.get("text", "")))
    return "".join(texts)


def read_reasoning(message: dict[str, Any]) -> None:
    """Puts a reply's reasoning where LiteLLM has it: `reasoning_content`.

    Providers call it `reasoning_content` or `reasoning`, or write it into the content between `<think>` tags.
    """
    if message.get("reasoning_content") is not None:
        return
    reasoning = message.get("reasoning")
    if isinstance(reasoning, str):
        message["reasoning_content"] = message.pop("reasoning")
        return
    content = message.get("content")
    if isinstance(content, str) and content.startswith(THINK_OPEN) and THINK_CLOSE in content:
        thought, _, rest = content[len(THINK_OPEN) :].partition(THINK_CLOSE)
        message["reasoning_content"] = thought
        message["content"] = rest
