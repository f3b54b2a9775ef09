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
        open_: Callable[[], Coroutine[Any, Any, Any]],
        is_idle: Callable[[], bool],
    ) -> None:
        """`names` are those of all its attributes, `known` the ones at hand; `open_()` asks upstream for a wrapper.

        `is_idle()` tells whether nobody but the application has to be told of the stream's end.
        """
        self.course, self.known, self.names, self._open, self.is_idle = course, known, names, open_, is_idle

    async def wrapper(self) -> Any:
        """Upstream's own wrapper over the reply, at the place where the course is."""
        course = self.course
        wrapper = await self._open()
        state = wrapper.__dict__
        if course.created is not None:
            state["created"] = course.created
        for _ in range(course.given):
            await wrapper.__anext__()
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


def _end_later(stream: Any) -> None:
    """Let upstream end a stream of which the application has seen the end, where there is an event loop for it."""
    try:
        task = asyncio.get_running_loop().create_task(_to_its_end(stream))
    except RuntimeError:
        return
    _endings.add(task)
    task.add_done_callback(_endings.discard)


async def _to_its_end(stream: Any) -> None:
    try:
        await stream.__anext__()
    except StopAsyncIteration:
        return


@functools.cache
def stream_type(base: type) -> type:
    """A class like `base`, upstream's `CustomStreamWrapper`; its objects become `base`'s own when they have to."""

    class Stream(base):  # type: ignore[misc]
        def __init__(self, source: Source) -> None:
            self.__dict__[_COURSE] = source

        def __getattr__(self, name: str) -> Any:
            source: Source | None = self.__dict__.get(_COURSE)
            if source is None or name not in source.names:
                raise AttributeError(f"{base.__name__!r} object has no attribute {name!r}")
            if name == "chunks" or name in source.known:
                value = self.__dict__[name] = source.course.chunks if name == "chunks" else source.known[name]
                return value
            _become(self, _in_a_thread(source.wrapper), base)
            if source.course.finished:
                _end_later(self)
            return getattr(self, name)

        async def __anext__(self) -> Any:
            source: Source | None = self.__dict__.get(_COURSE)
            if source is None:
                return await base.__anext__(self)  # type: ignore[attr-defined]
            course = source.course
            is_closed = _STREAM in self.__dict__
            if course.finished and not is_closed:
                raise StopAsyncIteration
            chunk = None if is_closed else await course.advance()
            if chunk is FINISHED and not source.is_idle():
                course.finished, chunk = False, None
            if chunk is None:
                if _COURSE in self.__dict__:
                    _become(self, await source.wrapper(), base)
                return await base.__anext__(self)  # type: ignore[attr-defined]
            if chunk is FINISHED:
                course.end(source.known["messages"])
                raise StopAsyncIteration
            return chunk

        def __del__(self) -> None:
            source: Source | None = self.__dict__.get(_COURSE)
            if source is not None:
                source.course.close()

    if hasattr(base, "aclose"):

        async def aclose(self: Any) -> None:
            source: Source | None = self.__dict__.get(_COURSE)
            if source is None:
                await base.aclose(self)
                return
            self.__dict__[_STREAM] = None
            source.course.close()

        Stream.aclose = aclose
    Stream.__module__, Stream.__name__, Stream.__qualname__ = base.__module__, base.__name__, base.__qualname__
    return Stream
