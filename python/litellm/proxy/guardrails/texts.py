"""Where texts are in requests, replies and events of every API, so that a guardrail can read and replace them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Key = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Slot:
    """A text's place: `holder[key]` of a dict or list, the attribute `key` of anything else.

    `stream`: pieces of one text have the same, over all events of a stream; `role`: whose text it is, where known.
    """

    holder: Any
    key: Any
    stream: Key = ()
    role: str = ""

    @property
    def text(self) -> str:
        """The text that is there."""
        found: str = self.holder[self.key] if isinstance(self.holder, (dict, list)) else getattr(self.holder, self.key)
        return found

    def put(self, text: str) -> None:
        """Put another in its place."""
        if isinstance(self.holder, (dict, list)):
            self.holder[self.key] = text
        else:
            setattr(self.holder, self.key, text)


def got(holder: Any, key: Any) -> Any:
    """`holder[key]` or the attribute, None where there is none."""
    return holder.get(key) if isinstance(holder, Mapping) else getattr(holder, key, None)


def request_slots(data: Mapping[str, Any]) -> list[Slot]:
    """The texts that a request has for a model: its messages, input, prompt, contents, query and documents."""
    found = [slot for name in ("system", "systemInstruction", "system_instruction", "instructions")
             for slot in _content(data, name, "system")]  # fmt: skip
    for name in ("messages", "input", "contents"):
        found += _messages(data, name)
    for name in ("prompt", "query", "inputText", "text", "message"):
        found += _content(data, name, "user")
    for name in ("documents", "texts", "chat_history", "inputs"):
        found += _messages(data, name)
    message = got(data.get("params"), "message") if data.get("jsonrpc") else None  # of A2A
    return found + (list(_content(message, "parts", "user")) if isinstance(message, dict) else [])


def _messages(data: Mapping[str, Any], name: str) -> Iterator[Slot]:
    given = data.get(name)
    if isinstance(given, str):
        yield Slot(data, name, role="user")
    for index, item in enumerate(given if isinstance(given, list) else [given]):
        if isinstance(item, str) and isinstance(given, list):
            yield Slot(given, index, role="user")
        elif isinstance(item, dict):
            role = str(item.get("role") or "user")
            for inner in ("content", "parts", "text", "output", "message"):
                yield from _content(item, inner, role)
            document = item.get("data")
            if isinstance(document, dict):
                yield from (Slot(document, key, role=role) for key, text in document.items() if isinstance(text, str))


def _content(holder: Any, name: str, role: str) -> Iterator[Slot]:
    """The texts of a content: a text, a block or a list of blocks, tool results included."""
    given = got(holder, name)
    if isinstance(given, str):
        yield Slot(holder, name, role=role)
    elif isinstance(given, (list, tuple)):
        for index, block in enumerate(given):
            if isinstance(block, str) and isinstance(given, list):
                yield Slot(given, index, role=role)
            elif not isinstance(block, str):
                yield from _block(block, role)
    elif given is not None and not isinstance(given, (int, float, bool)):
        yield from _block(given, role)


def _block(block: Any, role: str) -> Iterator[Slot]:
    for name in ("text", "content", "parts", "toolResult"):
        inner = got(block, name)
        if isinstance(inner, str):
            yield Slot(block, name, role=role)
        elif isinstance(inner, (list, tuple, dict)):
            yield from _content(block, name, role)


def images(data: Mapping[str, Any]) -> list[str]:
    """The addresses of a chat's images."""
    contents = [message.get("content") for message in data.get("messages") or () if isinstance(message, dict)]
    blocks = [block for content in contents if isinstance(content, list) for block in content]
    given = [block.get("image_url") for block in blocks if isinstance(block, dict)]
    urls = [item.get("url") if isinstance(item, dict) else item for item in given]
    return [url for url in urls if isinstance(url, str)]


def reply_slots(reply: Any) -> list[Slot]:
    """The texts of a whole reply or of one event of a stream; `Slot.stream` says which of them belong together."""
    found: list[Slot] = []
    for place, choice in enumerate(got(reply, "choices") or ()):
        index = got(choice, "index") or place
        found += _texts(choice, ("text",), ("choice", index))
        for name in ("message", "delta"):
            inner = got(choice, name)
            if inner is not None:
                found += [_at(slot, ("choice", index)) for slot in _content(inner, "content", "assistant")]
                found += _texts(inner, ("reasoning_content",), ("reasoning", index))
    for place, candidate in enumerate(got(reply, "candidates") or ()):
        inner = got(candidate, "content")
        if inner is not None:
            found += [_at(slot, ("candidate", place)) for slot in _content(inner, "parts", "assistant")]
    found += _event(reply) if isinstance(got(reply, "type"), str) else ()
    for name in ("content", "output", "completion", "outputText", "text"):
        inner = got(reply, name)
        if name == "text" and isinstance(got(reply, "type"), str):
            continue  # an event's, read above
        if isinstance(inner, (str, list)) or (name == "output" and inner is not None):
            found += _output(reply, name)
    response = got(reply, "response")  # of an event that holds the whole answer
    if response is not None and got(response, "output") is not None:
        found += _output(response, "output")
    result = got(reply, "result")
    return found + (_of_a2a(result) if isinstance(result, dict) and got(reply, "jsonrpc") else [])


def _of_a2a(result: dict[str, Any]) -> list[Slot]:
    """The texts of A2A's result: a message, a task with its artifacts, or an event of one."""
    artifacts = [item for item in (result.get("artifacts"), [result.get("artifact")]) if isinstance(item, list)]
    status = got(result.get("status"), "message") if isinstance(result.get("status"), dict) else None
    holders = [result, status, *(artifact for items in artifacts for artifact in items)]
    found: list[Slot] = []
    for place, holder in enumerate(holders):
        if isinstance(holder, dict):
            name = holder.get("artifactId") or holder.get("messageId") or place
            found += [_at(slot, ("a2a", name)) for slot in _content(holder, "parts", "assistant")]
    return found


def _output(holder: Any, name: str) -> list[Slot]:
    """A message, or a list of output items whose contents are texts."""
    items = got(holder, name)
    if isinstance(items, str):
        return [Slot(holder, name, (name,))]
    message = got(items, "message")
    if message is not None and not isinstance(items, (list, tuple)):
        return list(_content(message, "content", "assistant"))
    return list(_content(holder, name, "assistant"))


def _event(event: Any) -> list[Slot]:
    """The texts of an event of Anthropic's, of the Responses API, or of Cohere's."""
    index = (got(event, "item_id") or got(event, "index"), got(event, "content_index"))
    found: list[Slot] = []
    kind = str(got(event, "type"))
    if isinstance(got(event, "delta"), str):
        if "arguments" not in kind:
            found.append(Slot(event, "delta", ("event", kind, *index)))
    else:
        for name in ("delta", "content_block", "part"):
            inner = got(event, name)
            if inner is not None:
                found += _texts(inner, ("text", "thinking"), ("block" if name != "part" else "part", *index))
    found += _texts(event, ("text",), ("whole", kind, *index))
    item = got(event, "item")
    return found + (list(_content(item, "content", "assistant")) if item is not None else [])


def _texts(holder: Any, names: tuple[str, ...], stream: Key) -> list[Slot]:
    return [Slot(holder, name, stream) for name in names if isinstance(got(holder, name), str)]


def _at(slot: Slot, stream: Key) -> Slot:
    return Slot(slot.holder, slot.key, stream, slot.role)
