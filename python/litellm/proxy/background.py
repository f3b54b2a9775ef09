"""Work that goes on beside the requests."""

from __future__ import annotations

import asyncio
import contextlib


class Background:
    """A task of its own, from `start` to `stop`; a subclass's `_work` is what it does."""

    _task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin."""
        self._task = asyncio.create_task(self._work())

    async def stop(self) -> None:
        """End, wherever the work is."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def _work(self) -> None:
        raise NotImplementedError
