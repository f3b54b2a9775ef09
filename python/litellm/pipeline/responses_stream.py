"""What a caller of a streamed response iterates over: typed events, blocking or not."""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from typing import Any

import httpx

from litellm.litellm_core_utils.streaming_handler import CustomStreamWrapper
from litellm.llms.responses.events import ChatEvents
from litellm.llms.responses.from_chat import to_response
from litellm.llms.responses.ids import encode_id
from litellm.pipeline import responses_sessions as sessions
from litellm.pipeline.cost import cost_of
from litellm.pipeline.run import Run
from litellm.types.responses import ResponsesAPIResponse
from litellm.types.responses.events import FINAL_EVENTS, ResponsesStreamEvent, stream_event


class ResponsesStream:
    """Iterates over the events of a response, with `for` or `async for`.

    `source` yields lists of event dicts as they arrive. `completed_response` is the response once it is whole, and
    `on_whole` is then called with it.
    """

    def __init__(
        self,
        run: Run | None,
        source: Any,
        hidden: dict[str, Any],
        response: httpx.Response | None = None,
        *,
        encode: bool = True,
        map_error: Any = None,
    ) -> None:
        self._run = run
        self._source = source
        self._response = response
        self._hidden_params = hidden
        self._encode = encode
        self._map_error = map_error or (run.failed if run is not None else None)
        self._ready: deque[ResponsesStreamEvent] = deque()
        self.completed_response: ResponsesAPIResponse | None = None
        self.on_whole: Callable[[ResponsesAPIResponse], None] | None = None
        self._ended = False

    def __iter__(self) -> Iterator[ResponsesStreamEvent]:
        return self

    def __aiter__(self) -> AsyncIterator[ResponsesStreamEvent]:
        return self

    def __next__(self) -> ResponsesStreamEvent:
        while not self._ready:
            if self._ended:
                raise StopIteration
            try:
                arrived = next(self._source, None)
            except Exception as error:
                raise self._broken(error) from error
            self._arrived(arrived)
        return self._ready.popleft()

    async def __anext__(self) -> ResponsesStreamEvent:
        while not self._ready:
            if self._ended:
                raise StopAsyncIteration
            try:
                waits = hasattr(self._source, "__anext__")
                arrived = await anext(self._source, None) if waits else next(self._source, None)
            except Exception as error:
                raise self._broken(error) from error
            self._arrived(arrived)
        return self._ready.popleft()

    def _broken(self, error: Exception) -> Exception:
        self._ended = True
        mapped: Exception = error if self._map_error is None else self._map_error(error)
        return mapped

    def _arrived(self, events: list[dict[str, Any]] | None) -> None:
        if events is None:
            self._ended = True
            return
        for data in events:
            self._ready.append(self._event(data))

    def _event(self, data: dict[str, Any]) -> ResponsesStreamEvent:
        run, response = self._run, data.get("response")
        if run is not None and isinstance(response, dict) and self._encode and response.get("id"):
            info = run.arguments.get("model_info") or {}
            response["id"] = encode_id(response["id"], run.provider, info.get("id"))
        event = stream_event(data)
        whole = event.get("response")
        if event.type in FINAL_EVENTS and isinstance(whole, ResponsesAPIResponse):
            self._complete(whole)
        return event

    def _complete(self, response: ResponsesAPIResponse) -> None:
        self.completed_response = response
        if self.on_whole is not None:
            self.on_whole(response)
        run = self._run
        if run is None:
            return
        cost = cost_of(response, run)
        response._hidden_params = {**self._hidden_params, "response_cost": cost}
        if response.usage is not None and cost:
            response.usage.cost = cost
        if run.logging is not None:
            run.logging.success(response, cache_hit=False)

    def close(self) -> None:
        """Ends the stream where it is and frees its connection."""
        self._ended = True
        close = getattr(self._source, "close", None)
        if close is not None:
            close()

    async def aclose(self) -> None:
        """Ends the stream where it is and frees its connection."""
        self._ended = True
        close = getattr(self._source, "aclose", None)
        if close is not None:
            await close()


def bridged_stream(
    run: Run,
    chat: CustomStreamWrapper,
    request: Mapping[str, Any],
    messages: list[dict[str, Any]],
    model_id: str | None,
) -> ResponsesStream:
    """The events of a chat stream. Its own callbacks have told of it."""
    bridge = _Bridge(run, chat, request, messages, model_id)
    source: Any = bridge.blocking() if not run.is_async else bridge.waiting()
    return ResponsesStream(None, source, chat._hidden_params)


class _Bridge:
    """Reads a chat stream, and makes events of it."""

    def __init__(
        self,
        run: Run,
        chat: CustomStreamWrapper,
        request: Mapping[str, Any],
        messages: list[dict[str, Any]],
        model_id: str | None,
    ) -> None:
        self.run, self.chat, self.request, self.messages = run, chat, request, messages
        self.model_id = model_id
        self.events = ChatEvents(chat.model, request)
        self.usage: Any = None
        self.begun = False

    def blocking(self) -> Iterator[list[dict[str, Any]]]:
        try:
            for chunk in self.chat:
                yield self.read(chunk)
            yield self.end()
        finally:
            self.chat.close()

    async def waiting(self) -> AsyncIterator[list[dict[str, Any]]]:
        try:
            async for chunk in self.chat:
                yield self.read(chunk)
            yield self.end()
        finally:
            await self.chat.aclose()

    def read(self, chunk: Any) -> list[dict[str, Any]]:
        data = chunk.model_dump()
        events = [] if self.begun else self.begin(data.get("id"))
        if data.get("usage"):
            self.usage = data["usage"]
        return events + self.events.feed(data)

    def begin(self, response_id: str | None) -> list[dict[str, Any]]:
        self.begun = True
        return self.events.start(encode_id(response_id or "", self.run.provider, self.model_id))

    def end(self) -> list[dict[str, Any]]:
        events = [] if self.begun else self.begin(self.chat.response_id)
        chat = self.chat.flow.complete().model_dump()
        if self.usage is not None:
            chat["usage"] = self.usage
        message = chat["choices"][0]["message"]
        message["content"] = message.get("content") or None  # pieces of nothing are not an answer
        response = to_response(chat, self.request)
        response.pop("provider_specific_fields", None)
        if self.request.get("store") is not False:
            answer = {k: v for k, v in message.items() if v is not None}
            sessions.remember(str(chat.get("id")), self.messages, answer)
        return events + self.events.finish(response)
