"""What each event loop has of its own, and what is ended before the loop closes."""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextlib
from collections.abc import AsyncGenerator, Callable, Coroutine
from typing import Any, Generic, TypeVar

_T = TypeVar("_T")
_under_way: set[concurrent.futures.Future[None]] = set()
"""What event loops are yet to end."""


class PerLoop(Generic[_T]):
    """One value for each event loop, made when it is first asked for there. Safe between threads.

    `end` is awaited with it before the loop closes, by `asyncio.run` or whatever else shuts down the loop's
    asynchronous generators, for of those loops tell.
    """

    def __init__(self, make: Callable[[], _T], end: Callable[[_T], Coroutine[Any, Any, None]]) -> None:
        self._make, self._end = make, end
        self._values: dict[asyncio.AbstractEventLoop, _T] = {}
        self._endings: dict[asyncio.AbstractEventLoop, AsyncGenerator[None, None]] = {}

    def get(self) -> _T:
        """The value of the running event loop."""
        loop = asyncio.get_running_loop()
        value = self._values.get(loop)
        if value is None:
            self._forget_closed()
            value = self._values[loop] = self._make()
            if loop not in self._endings:
                ending = self._endings[loop] = self._until_it_closes(loop)
                with contextlib.suppress(StopIteration):
                    ending.__anext__().send(None)
        return value

    async def finish(self) -> None:
        """End the value of the running event loop, if it has one; the next one that is asked for is made anew."""
        value = self._values.pop(asyncio.get_running_loop(), None)
        if value is not None:
            await self._end(value)

    def finish_all(self) -> None:
        """Have every running loop end its value as soon as it gets to it, and forget those of the others."""
        for loop in list(self._values):
            value = self._values.pop(loop, None)
            if value is not None and loop.is_running():
                ending = asyncio.run_coroutine_threadsafe(self._end(value), loop)
                _under_way.add(ending)
                ending.add_done_callback(_under_way.discard)

    async def _until_it_closes(self, loop: asyncio.AbstractEventLoop) -> AsyncGenerator[None, None]:
        try:
            yield
        finally:
            self._endings.pop(loop, None)
            await self.finish()

    def _forget_closed(self) -> None:
        """Forget what loops had that closed without a word."""
        for loop in [each for each in list(self._endings) if each.is_closed()]:
            self._values.pop(loop, None)
            self._endings.pop(loop, None)
