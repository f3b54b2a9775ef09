"""A stream as the application sees it: upstream's wrapper, whose parts are filled in when somebody looks at them."""

from __future__ import annotations

import asyncio
import contextvars
import functools
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

from litellm_rust.patches.stream.course import FINISHED, Course

_COURSE: Final = "_litellm_rust_course"
# Upstream's name for what it reads from; None once it is closed.
_STREAM: Final = "completion_stream"


class Source:
    """How the wrapper of a course is had from upstream, and what is known of it without."""

    def __init__(
        self,
        course: Course,
        known: dict[str, Any],
        names: frozenset[str],
        open_: Callable[[], Any],
        is_idle: Callable[[], bool],
    ) -> None:
        """`names` are those of all its attributes, `known` the ones at hand; `open_()` asks upstream for a wrapper.

        `open_` is a coroutine function if the course is asynchronous. `is_idle()` tells whether nobody but the
        application has to be told of the stream's end.
        """
        self.course, self.known, self.names, self._open, self.is_idle = course, known, names, open_, is_idle

    async def wrapper(self) -> Any:
        """Upstream's own wrapper over the reply, at the place where the course is."""
        wrapper = self._begun(await self._open())
        for _ in range(self.course.given):
            await wrapper.__anext__()
        return self._placed(wrapper)

    def wrapper_now(self) -> Any:
        """As `wrapper`, of a course that is not asynchronous."""
        wrapper = self._begun(self._open())
        for _ in range(self.course.given):
            next(wrapper)
        return self._placed(wrapper)

    def _begun(self, wrapper: Any) -> Any:
        if self.course.created is not None:
            wrapper.__dict__["created"] = self.course.created
        return wrapper

    def _placed(self, wrapper: Any) -> Any:
        course, state = self.course, wrapper.__dict__
        if len(state["chunks"]) == len(course.chunks):
            state["chunks"] = course.chunks
        if course.last is not None and state.get("_last_returned_hidden_params") is not None:
            state["_last_returned_hidden_params"] = course.last.__pydantic_private__["_hidden_params"]
        return wrapper


def _in_a_thread(make: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
    """What `make()` gives, on an event loop of its own: nobody can wait where an attribute is looked at."""

    def run() -> Any:
        loop = asyncio.new_event_loop()
        try:
            made = loop.run_until_complete(make())
            loop.run_until_complete(loop.shutdown_default_executor())
        finally:
            loop.close()
        return made

    with ThreadPoolExecutor(1, "litellm-rust-stream") as thread:
        return thread.submit(contextvars.copy_context().run, run).result()


def _become(stream: Any, wrapper: Any, base: type) -> None:
    """`stream` is `wrapper` from now on, with what the application has seen or set of it."""
    own = stream.__dict__
    source = own.pop(_COURSE)
    source.course.left = True
    state = {**wrapper.__dict__, **own}
    wrapper.__dict__.clear()
    stream.__dict__.update(state)
    stream.__class__ = base


_endings: Final[set[asyncio.Task[None]]] = set()


def _end(stream: Any, *, is_async: bool) -> None:
    """Let upstream end a stream of which the application has seen the end; later, if that takes an event loop."""
    if not is_async:
        next(stream, None)
        return
    try:
        loop = asyncio.get_running_loop()
    except RuntimeError:
        return
    task = loop.create_task(_to_its_end(stream))
    _endings.add(task)
    task.add_done_callback(_endings.discard)


async def _to_its_end(stream: Any) -> None:
    try:
        await stream.__anext__()
    except StopAsyncIteration:
        return


@functools.cache
def stream_types(base: Any) -> tuple[type, type]:
    """Classes like `base`, upstream's `CustomStreamWrapper`, for asynchronous courses and the others.

    Their objects become `base`'s own when they have to.
    """

    class Stream(base):  # type: ignore[misc]
        def __init__(self, source: Source) -> None:
            self.__dict__[_COURSE] = source

        def __getattr__(self, name: str) -> Any:
            source: Source | None = self.__dict__.get(_COURSE)
            if source is None or name not in source.names:
                raise AttributeError(f"{base.__name__!r} object has no attribute {name!r}")
            course = source.course
            if name == "chunks" or name in source.known:
                value = self.__dict__[name] = course.chunks if name == "chunks" else source.known[name]
                return value
            _become(self, _in_a_thread(source.wrapper) if course.is_async else source.wrapper_now(), base)
            if course.finished:
                _end(self, is_async=course.is_async)
            return getattr(self, name)

        def __del__(self) -> None:
            source: Source | None = self.__dict__.get(_COURSE)
            if source is not None:
                source.course.close()

    class AsyncStream(Stream):
        async def __anext__(self) -> Any:
            source: Source | None = self.__dict__.get(_COURSE)
            if source is None:
                return await base.__anext__(self)
            course, is_closed = source.course, _STREAM in self.__dict__
            if course.finished and not is_closed:
                raise StopAsyncIteration
            chunk = None if is_closed else await course.advance()
            if chunk is FINISHED and not source.is_idle():
                course.finished, chunk = False, None
            if chunk is None:
                if _COURSE in self.__dict__:
                    _become(self, await source.wrapper(), base)
                return await base.__anext__(self)
            if chunk is FINISHED:
                course.end(source.known["messages"])
                raise StopAsyncIteration
            return chunk

    class SyncStream(Stream):
        def __next__(self) -> Any:
            source: Source | None = self.__dict__.get(_COURSE)
            if source is None:
                return base.__next__(self)
            course, is_closed = source.course, _STREAM in self.__dict__
            if course.finished and not is_closed:
                raise StopIteration
            chunk = None if is_closed else course.advance_now()
            if chunk is FINISHED and not source.is_idle():
                course.finished, chunk = False, None
            if chunk is None:
                _become(self, source.wrapper_now(), base)
                return base.__next__(self)
            if chunk is FINISHED:
                course.end(source.known["messages"])
                raise StopIteration
            return chunk

    if hasattr(base, "aclose"):

        async def aclose(self: Any) -> None:
            source: Source | None = self.__dict__.get(_COURSE)
            if source is None:
                await base.aclose(self)
                return
            self.__dict__[_STREAM] = None
            source.course.close()

        Stream.aclose = aclose
    for kind in (AsyncStream, SyncStream):
        kind.__module__, kind.__name__, kind.__qualname__ = base.__module__, base.__name__, base.__qualname__
    return AsyncStream, SyncStream
