"""From a Response, whole or streamed, to a chat completion."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from litellm.llms.responses.native import NativeEvents, parse_response
from litellm.llms.wire import ErrorDetails, WireError

_LIMITS = {"max_output_tokens": "length", "content_filter": "content_filter"}
_REASONING = ("response.reasoning_summary_text.delta", "response.reasoning_text.delta")


def to_completion(data: Mapping[str, Any], model: str) -> dict[str, Any]:
    """`data` as a chat.completion dict of `model`."""
    message = to_message(data.get("output") or ())
    return {
        "id": data.get("id"),
        "object": "chat.completion",
        "model": model,
        "choices": [{"index": 0, "message": message, "finish_reason": _finish(data, bool(message.get("tool_calls")))}],
        "usage": to_chat_usage(data.get("usage") or {}),
    }


def to_message(output: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """The output items as one assistant message."""
    texts: list[str] = []
    thoughts: list[str] = []
    message: dict[str, Any] = {"role": "assistant", "content": None}
    for item in output:
        kind = item.get("type")
        if kind == "message":
            for part in item.get("content") or ():
                texts.append(part.get("text") or part.get("refusal") or "")
                if part.get("annotations"):
                    message.setdefault("annotations", []).extend(_annotation(each) for each in part["annotations"])
        elif kind == "reasoning":
            thoughts += [part.get("text") or "" for part in item.get("summary") or item.get("content") or ()]
            kept = ("id", "summary", "type", "encrypted_content")
            message.setdefault("reasoning_items", []).append({k: item[k] for k in kept if item.get(k) is not None})
        elif kind == "function_call":
            calls = message.setdefault("tool_calls", [])
            function = {"name": item.get("name"), "arguments": item.get("arguments") or ""}
            calls.append({"id": item.get("call_id"), "type": "function", "function": function, "index": len(calls)})
    if texts:
        message["content"] = "".join(texts)
    if any(thoughts):
        message["reasoning_content"] = "".join(thoughts)
    return message


def _annotation(annotation: Mapping[str, Any]) -> dict[str, Any]:
    """A citation, in chat's nested form."""
    if annotation.get("type") == "url_citation" and "url_citation" not in annotation:
        return {"type": "url_citation", "url_citation": {k: v for k, v in annotation.items() if k != "type"}}
    return dict(annotation)


def _finish(data: Mapping[str, Any], calls: bool) -> str:
    reason = (data.get("incomplete_details") or {}).get("reason")
    return _LIMITS.get(reason or "") or ("tool_calls" if calls else "stop")


def to_chat_usage(usage: Mapping[str, Any]) -> dict[str, Any]:
    """A response's usage as a chat completion's."""
    made: dict[str, Any] = {
        "prompt_tokens": usage.get("input_tokens") or 0,
        "completion_tokens": usage.get("output_tokens") or 0,
        "total_tokens": usage.get("total_tokens") or 0,
    }
    if usage.get("input_tokens_details"):
        made["prompt_tokens_details"] = dict(usage["input_tokens_details"])
    if usage.get("output_tokens_details"):
        made["completion_tokens_details"] = dict(usage["output_tokens_details"])
    return made


class ResponsesChunks:
    """Turns the events of a streamed response into chat.completion.chunk dicts."""

    def __init__(self) -> None:
        self._events = NativeEvents()
        self._id: str | None = None
        self._calls: dict[Any, int] = {}
        self._argued: set[Any] = set()
        self._ended = False

    def feed(self, event: bytes) -> list[dict[str, Any]]:
        """The chunks of one event. Raises `WireError` when it says that the response failed."""
        return [chunk for data in self._events.feed(event) for chunk in self.chunks_of(data)]

    def finish(self) -> list[dict[str, Any]]:
        """Nothing. Raises `WireError` when the stream ended before the response did."""
        if not self._ended:
            raise WireError("the provider's stream ended before the response was complete")
        return []

    def chunks_of(self, event: Mapping[str, Any]) -> list[dict[str, Any]]:
        """The chunks of one event that is read already."""
        kind = event.get("type") or ""
        if kind == "response.created":
            self._id = (event.get("response") or {}).get("id")
        elif kind == "response.output_text.delta" or kind == "response.refusal.delta":
            return [self._delta({"content": event.get("delta")})]
        elif kind in _REASONING:
            return [self._delta({"reasoning_content": event.get("delta")})]
        elif kind == "response.output_item.added":
            return self._call_begins(event)
        elif kind == "response.function_call_arguments.delta":
            return [self._arguments(event, event.get("delta"))]
        elif kind == "response.function_call_arguments.done":
            if event.get("output_index") not in self._argued and event.get("arguments"):
                return [self._arguments(event, event["arguments"])]
        elif kind in ("response.completed", "response.incomplete"):
            return self._end(event.get("response") or {})
        elif kind in ("error", "response.failed"):
            raise _failure(event)
        return []

    def _arguments(self, event: Mapping[str, Any], piece: Any) -> dict[str, Any]:
        """A piece of a call's arguments, or all of them where no piece came before."""
        self._argued.add(event.get("output_index"))
        index = self._calls.get(event.get("output_index"), 0)
        return self._delta({"tool_calls": [{"index": index, "type": "function", "function": {"arguments": piece}}]})

    def _call_begins(self, event: Mapping[str, Any]) -> list[dict[str, Any]]:
        item = event.get("item") or {}
        if item.get("type") != "function_call":
            return []
        index = self._calls.setdefault(event.get("output_index"), len(self._calls))
        arguments = "" if item.get("status") == "completed" else item.get("arguments") or ""  # they follow as deltas
        if arguments:
            self._argued.add(event.get("output_index"))
        function = {"name": item.get("name"), "arguments": arguments}
        call = {"index": index, "id": item.get("call_id") or item.get("id"), "type": "function", "function": function}
        return [self._delta({"tool_calls": [call]})]

    def _end(self, response: Mapping[str, Any]) -> list[dict[str, Any]]:
        self._ended = True
        items = to_message(response.get("output") or ()).get("reasoning_items")
        chunks = [self._delta({"content": "", "reasoning_items": items})] if items else []
        last = self._delta({}, _finish(response, bool(self._calls)))
        last["usage"] = to_chat_usage(response.get("usage") or {})
        return [*chunks, last]

    def _delta(self, delta: dict[str, Any], reason: str | None = None) -> dict[str, Any]:
        return {"id": self._id, "choices": [{"index": 0, "delta": delta, "finish_reason": reason}]}


class WholeChunks:
    """Turns a whole response into chunks, for models that do not stream."""

    def feed(self, event: bytes) -> list[dict[str, Any]]:
        """The chunks. Raises `WireError` when `event`, the whole body, is no response."""
        data = parse_response(event)
        message = to_message(data["output"])
        items = message.pop("reasoning_items", None)
        thoughts, calls = message.pop("reasoning_content", None), message.pop("tool_calls", None)
        deltas = [{"reasoning_content": thoughts}] if thoughts else []
        deltas += [{"content": message["content"]}] if message["content"] else []
        deltas += [{"tool_calls": calls}] if calls else []
        deltas += [{"content": "", "reasoning_items": items}] if items else []
        chunks = [{"id": data.get("id"), "choices": [{"index": 0, "delta": delta}]} for delta in deltas]
        last = {"index": 0, "delta": {}, "finish_reason": _finish(data, bool(calls))}
        usage = to_chat_usage(data.get("usage") or {})
        return [*chunks, {"id": data.get("id"), "choices": [last], "usage": usage}]

    def finish(self) -> list[dict[str, Any]]:
        """Nothing: the body was whole."""
        return []


def _failure(event: Mapping[str, Any]) -> WireError:
    error = event.get("error") or (event.get("response") or {}).get("error") or event
    message = error.get("message") or "the response failed"
    details = ErrorDetails(message, type=error.get("type"), code=error.get("code"), body=dict(error))
    return WireError(message, details=details)
