"""Runs of assistants whose events come as they happen, read as OpenAI's SDK lets them be read."""

from __future__ import annotations

import importlib
from collections.abc import AsyncGenerator, AsyncIterator, Generator, Iterator
from typing import Any

import httpx

import litellm
from litellm.llms.chunks import read_event
from litellm.llms.sse import NamedSSESplitter
from litellm.llms.wire import WireError
from litellm.pipeline.effects import Steps, async_bytes, blocking_bytes, run_async, run_sync
from litellm.pipeline.run import Run as Call
from litellm.pipeline.stored import DEFAULT_PROVIDER
from litellm.types.assistants import AssistantStreamEvent, Message, Run, RunStep

_BLANK = b"\n\n"
"""What may be missing at the end of the last event."""
Opened = tuple[Call, httpx.Response]


class _Events:
    """What a stream has told so far."""

    def __init__(self, call: Call) -> None:
        self._call = call
        self._splitter = NamedSSESplitter()
        self._ended = self._told = False
        self.current_event: AssistantStreamEvent | None = None
        self.current_run: Run | None = None
        self._messages: list[Message] = []
        self._steps: list[RunStep] = []

    def feed(self, data: bytes) -> Iterator[AssistantStreamEvent]:
        """The events that `data` completes. Raises `WireError` for one that is none, or that is an error."""
        for name, said in self._splitter.feed(data):
            if name == "done":
                self._ended = True
                continue
            self.current_event = event = AssistantStreamEvent(name, read_event(said))
            if name == "error":
                raise WireError(str(event.data.get("message") or "the run failed"))
            if isinstance(event.data, Run):
                self.current_run = event.data
            elif name == "thread.message.completed":
                self._messages.append(event.data)
            elif name == "thread.run.step.completed":
                self._steps.append(event.data)
            yield event

    def end(self) -> None:
        """Tells callbacks. Raises `WireError` when the stream ended before the run was told to be done."""
        if not self._ended:
            raise WireError("the stream of the run ended before it was done", status=None)
        if not self._told and self._call.logging is not None:
            self._call.logging.success(self.current_run)
        self._told = True

    def failed(self, error: Exception) -> Exception:
        """The exception of ours for `error`; callbacks are told of it."""
        self._told = True
        return self._call.failed(error)

    def final_run(self) -> Run:
        """The run as it ended. Raises RuntimeError when none was told of."""
        if self.current_run is None:
            raise RuntimeError("the stream told of no run")
        return self.current_run


def _text_of(event: AssistantStreamEvent) -> Iterator[str]:
    if event.event == "thread.message.delta":
        for part in event.data.delta.get("content") or ():
            if (text := part.get("text")) is not None and text.get("value"):
                yield text.value


class _Handler:
    def __init__(self, opened: Opened) -> None:
        call, self._response = opened
        self._events = _Events(call)

    @property
    def current_event(self) -> AssistantStreamEvent | None:
        """The last event."""
        return self._events.current_event

    @property
    def current_run(self) -> Run | None:
        """The run, as it was told of last."""
        return self._events.current_run


class AssistantEventHandler(_Handler):
    """The events of a run, blocking."""

    def __init__(self, opened: Opened) -> None:
        super().__init__(opened)
        self._iterator = self._read()

    def __iter__(self) -> Iterator[AssistantStreamEvent]:
        return self._iterator

    def __next__(self) -> AssistantStreamEvent:
        return next(self._iterator)

    def _read(self) -> Generator[AssistantStreamEvent, None, None]:
        try:
            for data in blocking_bytes(self._response):
                yield from self._events.feed(data)
            yield from self._events.feed(_BLANK)
            self._events.end()
        except (httpx.HTTPError, WireError) as error:
            raise self._events.failed(error) from error

    @property
    def text_deltas(self) -> Iterator[str]:
        """The assistant's words, piece by piece."""
        for event in self._iterator:
            yield from _text_of(event)

    def until_done(self) -> None:
        """Waits for the end."""
        for _ in self._iterator:
            pass

    def get_final_run(self) -> Run:
        """The run as it ended."""
        self.until_done()
        return self._events.final_run()

    def get_final_messages(self) -> list[Message]:
        """The messages that the run wrote."""
        self.until_done()
        return self._events._messages

    def get_final_run_steps(self) -> list[RunStep]:
        """The steps that the run took."""
        self.until_done()
        return self._events._steps

    def close(self) -> None:
        """Reads no further."""
        self._iterator.close()
        self._response.close()


class AsyncAssistantEventHandler(_Handler):
    """The events of a run, on an event loop."""

    def __init__(self, opened: Opened) -> None:
        super().__init__(opened)
        self._iterator = self._read()

    def __aiter__(self) -> AsyncIterator[AssistantStreamEvent]:
        return self._iterator

    async def __anext__(self) -> AssistantStreamEvent:
        return await self._iterator.__anext__()

    async def _read(self) -> AsyncGenerator[AssistantStreamEvent, None]:
        try:
            async for data in async_bytes(self._response):
                for event in self._events.feed(data):
                    yield event
            for event in self._events.feed(_BLANK):
                yield event
            self._events.end()
        except (httpx.HTTPError, WireError) as error:
            raise self._events.failed(error) from error

    @property
    async def text_deltas(self) -> AsyncIterator[str]:
        """The assistant's words, piece by piece."""
        async for event in self._iterator:
            for text in _text_of(event):
                yield text

    async def until_done(self) -> None:
        """Waits for the end."""
        async for _ in self._iterator:
            pass

    async def get_final_run(self) -> Run:
        """The run as it ended."""
        await self.until_done()
        return self._events.final_run()

    async def get_final_messages(self) -> list[Message]:
        """The messages that the run wrote."""
        await self.until_done()
        return self._events._messages

    async def get_final_run_steps(self) -> list[RunStep]:
        """The steps that the run took."""
        await self.until_done()
        return self._events._steps

    async def close(self) -> None:
        """Reads no further."""
        await self._iterator.aclose()
        await self._response.aclose()


class _Manager:
    kind = ""

    def __init__(self, steps: Steps[Opened], event_handler: Any) -> None:
        self._steps, self._given = steps, event_handler
        self._handler: Any = None
        if event_handler is not None and not isinstance(event_handler, self._openais("AssistantEventHandler")):
            raise litellm.BadRequestError(
                message=f"event_handler: expected an openai.{self.kind}AssistantEventHandler", model="",
                llm_provider=DEFAULT_PROVIDER,
            )  # fmt: skip

    def _openais(self, name: str) -> Any:
        """A class of OpenAI's SDK."""
        return getattr(importlib.import_module("openai"), self.kind + name)

    def _read_by_openai(self, response: httpx.Response) -> Any:
        """The handler that was given, reading `response` itself."""
        event = importlib.import_module("openai.types.beta").AssistantStreamEvent
        client = self._openais("OpenAI")(api_key="unused")
        self._given._init(self._openais("Stream")(cast_to=event, response=response, client=client))
        return self._given


class AssistantStreamManager(_Manager):
    """A run that starts with `with`, which gives its events. Raises `BadRequestError` for a handler that is none."""

    def __enter__(self) -> Any:
        opened = run_sync(self._steps)
        self._handler = AssistantEventHandler(opened) if self._given is None else self._read_by_openai(opened[1])
        return self._handler

    def __exit__(self, *_: object) -> None:
        if self._handler is not None:
            self._handler.close()


class AsyncAssistantStreamManager(_Manager):
    """A run that starts with `async with`, which gives its events."""

    kind = "Async"

    async def __aenter__(self) -> Any:
        opened = await run_async(self._steps)
        self._handler = AsyncAssistantEventHandler(opened) if self._given is None else self._read_by_openai(opened[1])
        return self._handler

    async def __aexit__(self, *_: object) -> None:
        if self._handler is not None:
            await self._handler.close()
