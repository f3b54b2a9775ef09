"""The events of a streamed response: from a chat stream as it arrives, or from a response that is already whole."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from litellm.llms.citations import annotation_of, own_citation
from litellm.llms.responses.from_chat import call_item, message_item, text_part

Event = dict[str, Any]
PIECE = 5
"""Characters in each delta of a whole response."""
ARGUMENTS_PIECE = 10
"""The most characters in a delta of a function call's arguments."""
_ECHOED = ("instructions", "temperature", "top_p", "tool_choice", "tools", "parallel_tool_calls", "reasoning", "store",
           "metadata", "user")  # fmt: skip


class ChatEvents:
    """Turns chat.completion.chunk dicts into response events. `finish` is given the response that they add up to."""

    def __init__(self, model: str | None, request: Mapping[str, Any]) -> None:
        self.model = model
        self.request = request
        self.response_id = ""
        self._created = int(time.time())
        self._sent = 0
        self._items = 0
        self._reasoning: _Text | None = None
        self._message: _Text | None = None
        self._calls: dict[int, _Call] = {}

    def start(self, response_id: str) -> list[Event]:
        """The first two events."""
        self.response_id = response_id
        response = {
            "id": response_id,
            "object": "response",
            "created_at": self._created,
            "model": self.model,
            "status": "in_progress",
            "output": [],
            "parallel_tool_calls": True,
            "reasoning": {},
            "store": True,
            "tool_choice": "auto",
            "tools": [],
            "top_p": 1.0,
        }
        response.update((name, self.request[name]) for name in _ECHOED if self.request.get(name) is not None)
        return self._count(
            [
                {"type": "response.created", "response": response},
                {"type": "response.in_progress", "response": dict(response)},
            ]
        )

    def feed(self, chunk: Mapping[str, Any]) -> list[Event]:
        """The events of one chunk."""
        events: list[Event] = []
        for choice in (chunk.get("choices") or ())[:1]:
            delta = choice.get("delta") or {}
            if delta.get("reasoning_content"):
                events += self._reason(delta["reasoning_content"])
            if delta.get("content"):
                events += self._say(delta["content"])
            for annotation in delta.get("annotations") or ():
                events += self._annotate(annotation)
            if (citation := own_citation(delta)) is not None:
                events += self._cite(citation)
            for call in delta.get("tool_calls") or ():
                events += self._call(call)
        return self._count(events)

    def finish(self, response: Mapping[str, Any]) -> list[Event]:
        """The events that close what is open, and the last one, with the whole `response`."""
        events = self._end_reasoning()
        for call in self._calls.values():
            events += call.done(self._sent + len(events))
        if self._message is None and not self._calls:
            events += self._open_message()
        if self._message is not None:
            events += self._message_done(self._message)
        status = response.get("status")
        kind = "response.incomplete" if status == "incomplete" else "response.completed"
        events.append({"type": kind, "response": {**self._annotated(response), "id": self.response_id}})
        return self._count(events)

    def _annotated(self, response: Mapping[str, Any]) -> Mapping[str, Any]:
        """`response` with the annotations that were sent, which know their places."""
        if self._message is None or not self._message.annotations:
            return response
        part = text_part(self._message.text, self._message.annotations)
        output = [{**item, "content": [part]} if item.get("type") == "message" else item for item in response["output"]]
        return {**response, "output": output}

    def _count(self, events: list[Event]) -> list[Event]:
        self._sent += len(events)
        return events

    def _next_index(self) -> int:
        self._items += 1
        return self._items - 1

    def _reason(self, text: str) -> list[Event]:
        events: list[Event] = []
        if self._reasoning is None:
            self._reasoning = _Text(f"rs_{uuid.uuid4()}", self._next_index())
            item = {"type": "reasoning", "id": self._reasoning.item_id, "status": "in_progress", "summary": []}
            events.append(_added(self._reasoning.index, item))
        self._reasoning.text += text
        where = {"item_id": self._reasoning.item_id, "output_index": self._reasoning.index, "summary_index": 0}
        return [*events, {"type": "response.reasoning_summary_text.delta", **where, "delta": text}]

    def _end_reasoning(self) -> list[Event]:
        part = self._reasoning
        if part is None or part.ended:
            return []
        part.ended = True
        summary = {"type": "summary_text", "text": part.text}
        item = {"type": "reasoning", "id": part.item_id, "status": "completed", "summary": [summary]}
        where = {"item_id": part.item_id, "output_index": part.index, "summary_index": 0}
        return [
            {"type": "response.reasoning_summary_text.done", **where, "text": part.text},
            {"type": "response.reasoning_summary_part.done", **where, "part": summary},
            {"type": "response.output_item.done", "output_index": part.index, "sequence_number": 1, "item": item},
        ]

    def _open_message(self) -> list[Event]:
        self._message = message = _Text(f"msg_{uuid.uuid4()}", self._next_index())
        return [
            _added(message.index, message_item(message.item_id, None, "in_progress")),
            {"type": "response.content_part.added", **message.where(), "part": text_part("")},
        ]

    def _say(self, text: str) -> list[Event]:
        events = self._end_reasoning()
        if self._message is None:
            events += self._open_message()
        message = self._message
        assert message is not None
        message.text += text
        return [*events, {"type": "response.output_text.delta", **message.where(), "delta": text}]

    def _annotate(self, annotation: Mapping[str, Any]) -> list[Event]:
        message = self._message
        if message is None:
            return []
        made = text_part("", [dict(annotation)])["annotations"][0]
        event = {"type": "response.output_text.annotation.added", **message.where(), "annotation": made}
        event["annotation_index"] = len(message.annotations)
        message.annotations.append(made)
        return [event]

    def _cite(self, citation: Mapping[str, Any]) -> list[Event]:
        """A citation comes behind the passage that rests on it; where that began, a stream does not tell."""
        message = self._message
        if message is None:
            return []
        if message.cited[1] != len(message.text):
            message.cited = (message.cited[1], len(message.text))
        return self._annotate(annotation_of(citation, *message.cited))

    def _call(self, delta: Mapping[str, Any]) -> list[Event]:
        events = self._end_reasoning()
        index = delta.get("index") or 0
        call = self._calls.get(index)
        function = delta.get("function") or {}
        if call is None:
            given = {"id": delta.get("id") or f"call_{uuid.uuid4()}", "function": {"name": function.get("name")}}
            call = self._calls[index] = _Call(given, self._next_index())
            events.append(_added(call.index, call_item(given, status="in_progress", arguments="")))
        arguments = function.get("arguments")
        if arguments:
            call.arguments += arguments
            kind = "response.function_call_arguments.delta"
            pieces = _pieces(arguments, ARGUMENTS_PIECE)
            events += [{"type": kind, **call.where(), "delta": piece} for piece in pieces]
        return events

    def _message_done(self, message: _Text) -> list[Event]:
        part = text_part(message.text, message.annotations)
        item = {**message_item(message.item_id, message.text, "completed"), "content": [part]}
        return [
            {"type": "response.output_text.done", **message.where(), "text": message.text},
            {"type": "response.content_part.done", **message.where(), "part": part},
            {"type": "response.output_item.done", "output_index": message.index, "sequence_number": 1, "item": item},
        ]


class _Text:
    """A text that grows: of a message, or of the reasoning."""

    __slots__ = ("annotations", "cited", "ended", "index", "item_id", "text")

    def __init__(self, item_id: str, index: int) -> None:
        self.item_id = item_id
        self.index = index
        self.text = ""
        self.ended = False
        self.annotations: list[dict[str, Any]] = []
        self.cited = (0, 0)

    def where(self) -> dict[str, Any]:
        return {"item_id": self.item_id, "output_index": self.index, "content_index": 0}


class _Call:
    """A function call that grows."""

    __slots__ = ("arguments", "given", "index")

    def __init__(self, given: Mapping[str, Any], index: int) -> None:
        self.given = given
        self.index = index
        self.arguments = ""

    def where(self) -> dict[str, Any]:
        return {"item_id": f"fc_{self.given['id']}", "output_index": self.index}

    def done(self, sent: int) -> list[Event]:
        item = call_item(self.given, status="completed", arguments=self.arguments)
        return [
            {"type": "response.function_call_arguments.done", **self.where(), "arguments": self.arguments},
            {
                "type": "response.output_item.done",
                "output_index": self.index,
                "sequence_number": sent + 3,
                "item": item,
            },
        ]


def _added(index: int, item: dict[str, Any]) -> Event:
    return {"type": "response.output_item.added", "output_index": index, "item": item}


def whole_events(response: Mapping[str, Any]) -> list[Event]:
    """The events of a stream that says `response`, for models that do not stream."""
    begun = {**response, "status": "in_progress", "output": []}
    events: list[Event] = [
        {"type": "response.created", "response": begun},
        {"type": "response.in_progress", "response": dict(begun)},
    ]
    for index, item in enumerate(response.get("output") or ()):
        events.append(_added(index, item))
        where = {"item_id": item.get("id"), "output_index": index}
        if item.get("type") == "message":
            for position, part in enumerate(item.get("content") or ()):
                events += _part_events({**where, "content_index": position}, part)
        elif item.get("type") == "function_call":
            arguments = item.get("arguments") or ""
            kind = "response.function_call_arguments"
            events += [{"type": f"{kind}.delta", **where, "delta": piece} for piece in _pieces(arguments)]
            events.append({"type": f"{kind}.done", **where, "arguments": arguments})
        elif item.get("type") == "reasoning":
            events += _summary_events(where, item.get("summary") or ())
        done = {"type": "response.output_item.done", "output_index": index, "sequence_number": 1, "item": item}
        events.append(done)
    ends = {"incomplete": "response.incomplete", "failed": "response.failed"}
    last = ends.get(response.get("status") or "", "response.completed")
    events.append({"type": last, "response": response})
    return events


def _part_events(where: dict[str, Any], part: Mapping[str, Any]) -> list[Event]:
    text = part.get("text") or ""
    kind = "response.output_text"
    return [
        {"type": "response.content_part.added", **where, "part": part},
        *({"type": f"{kind}.delta", **where, "delta": piece} for piece in _pieces(text)),
        {"type": f"{kind}.done", **where, "text": text},
        {"type": "response.content_part.done", **where, "part": part},
    ]


def _summary_events(where: dict[str, Any], summary: Iterable[Mapping[str, Any]]) -> list[Event]:
    kind = "response.reasoning_summary_text"
    events: list[Event] = []
    for position, part in enumerate(summary):
        place, text = {**where, "summary_index": position}, part.get("text") or ""
        events += [{"type": f"{kind}.delta", **place, "delta": piece} for piece in _pieces(text)]
        events.append({"type": f"{kind}.done", **place, "text": text})
    return events


def _pieces(text: str, size: int = PIECE) -> list[str]:
    return [text[start : start + size] for start in range(0, len(text), size)]
