"""SageMaker's stream: payload parts that hold pieces of what the endpoint itself streams, cut anywhere."""

from __future__ import annotations

from typing import Any

from litellm.llms.sse import SSESplitter
from litellm.llms.wire import StreamDecoder, WireError, decode_json


class PayloadParts:
    """Joins payload parts into server-sent events and hands those to the endpoint's own decoder."""

    __slots__ = ("_events", "_inner", "_seen")

    def __init__(self, inner: StreamDecoder) -> None:
        self._events = SSESplitter()
        self._inner = inner
        self._seen = False

    def feed(self, event: bytes) -> list[dict[str, Any]]:
        """The chunks that one payload part completes."""
        self._seen = True
        return [chunk for data in self._events.feed(event) for chunk in self._inner.feed(data)]

    def finish(self) -> list[dict[str, Any]]:
        """What the end leaves behind. Raises `WireError` when nothing ever came."""
        if not self._seen:
            raise WireError("the endpoint ended the stream before it said anything", status=None)
        rest = [chunk for data in self._events.finish() for chunk in self._inner.feed(data)]
        return rest + self._inner.finish()


class GeneratedChunks:
    """Hugging Face's token events as chunks."""

    def feed(self, event: bytes) -> list[dict[str, Any]]:
        """The chunk of one token. Raises `WireError` when it is not JSON."""
        try:
            data = decode_json(event)
        except ValueError as error:
            raise WireError("the endpoint sent an event that is not JSON", status=None) from error
        token = data.get("token") if isinstance(data, dict) else None
        chunks: list[dict[str, Any]] = []
        if isinstance(token, dict) and token.get("text") and not token.get("special"):
            chunks.append({"choices": [{"index": 0, "delta": {"content": token["text"]}}]})
        details = data.get("details") if isinstance(data, dict) else None
        if isinstance(details, dict) and details.get("finish_reason"):
            reason = "length" if details["finish_reason"] == "length" else "stop"
            chunks.append({"choices": [{"index": 0, "delta": {}, "finish_reason": reason}]})
        return chunks

    def finish(self) -> list[dict[str, Any]]:
        """Nothing: every token stands alone."""
        return []
