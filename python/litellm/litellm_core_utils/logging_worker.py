"""Runs callbacks off the caller's path: in order, bounded, with drops counted, and flushed at exit.

Blocking callbacks run on one background thread. Async callbacks run on the event loop of the call that caused them,
since they hold on to things that belong to it (sessions, database connections); what a loop leaves behind when it
closes is run by the thread.
"""

from __future__ import annotations

import asyncio
import atexit
import logging
import os
import threading
import weakref
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

logger = logging.getLogger("LiteLLM")

MAX_QUEUED = int(os.environ.get("LITELLM_LOGGING_QUEUE_SIZE", "50000"))
EXIT_FLUSH_S = float(os.environ.get("LITELLM_LOGGING_FLUSH_SECONDS", "5"))

Job = tuple[Callable[..., Any], tuple[Any, ...]]


class LoggingWorker:
    """Queues for callbacks, and what runs them. `dropped` and `failed` count what was lost."""

    def __init__(self, max_queued: int = MAX_QUEUED) -> None:
        self.max_queued = max_queued
        self.dropped = 0
        self.failed = 0
        self._jobs: deque[Job] = deque()
        self._ready = threading.Condition()
        self._busy = False
        self._thread: threading.Thread | None = None
        self._loops: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, _LoopQueue] = weakref.WeakKeyDictionary()

    def submit(self, function: Callable[..., Any], *args: Any) -> None:
        """Has the background thread call `function(*args)`; an awaitable that it returns is awaited there."""
        with self._ready:
            if len(self._jobs) >= self.max_queued:
                self._drop()
                return
            self._jobs.append((function, args))
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._work, name="litellm-callbacks", daemon=True)
                self._thread.start()
            self._ready.notify()

    def submit_async(self, function: Callable[..., Awaitable[Any]], *args: Any) -> None:
        """Has the running event loop await `function(*args)`. Raises `RuntimeError` when none is running."""
        loop = asyncio.get_running_loop()
        queue = self._loops.get(loop)
        if queue is None:
            queue = self._loops[loop] = _LoopQueue(self)
        queue.add(function, args)

    @property
    def waiting(self) -> int:
        """Callbacks of the running event loop, and of the background thread, that have not been run yet."""
        queue = self._loops.get(asyncio.get_running_loop())
        return len(self._jobs) + (0 if queue is None else len(queue))

    def flush(self, timeout: float = EXIT_FLUSH_S) -> bool:
        """Waits until the background thread has nothing left, at most `timeout` seconds; False when it still has."""
        with self._ready:
            return self._ready.wait_for(lambda: not self._jobs and not self._busy, timeout)

    async def aflush(self) -> None:
        """Waits until the running event loop has no callback left."""
        queue = self._loops.get(asyncio.get_running_loop())
        if queue is not None:
            await queue.drain()

    def at_exit(self) -> None:
        """Flushes, and says so when callbacks were lost."""
        for queue in list(self._loops.values()):
            queue.abandon()
        if not self.flush():
            logger.warning("callbacks still queued after %s s were not run", EXIT_FLUSH_S)
        if self.dropped:
            logger.warning("%d callbacks were dropped: the queue of %d was full", self.dropped, self.max_queued)

    def _drop(self) -> None:
        self.dropped += 1
        if self.dropped == 1 or self.dropped % 1000 == 0:
            logger.warning("callback queue full: %d callbacks dropped so far", self.dropped)

    def _work(self) -> None:
        while True:
            with self._ready:
                self._busy = False
                self._ready.notify_all()
                while not self._jobs:
                    self._ready.wait()
                function, args = self._jobs.popleft()
                self._busy = True
            self._call(function, args)

    def _call(self, function: Callable[..., Any], args: tuple[Any, ...]) -> None:
        try:
            result = function(*args)
            if asyncio.iscoroutine(result):
                asyncio.run(result)
        except Exception:  # noqa: BLE001 - the callback boundary: a callback must not stop the others
            self._failure(function)

    def _failure(self, function: Callable[..., Any]) -> None:
        self.failed += 1
        logger.exception("callback %s failed", getattr(function, "__qualname__", function))


class _LoopQueue:
    """The callbacks of one event loop, run one after another by a task that lives while there are any."""

    def __init__(self, worker: LoggingWorker) -> None:
        self._worker = worker
        self._jobs: deque[Job] = deque()
        self._task: asyncio.Task[None] | None = None

    def __len__(self) -> int:
        return len(self._jobs)

    def add(self, function: Callable[..., Awaitable[Any]], args: tuple[Any, ...]) -> None:
        if len(self._jobs) >= self._worker.max_queued:
            self._worker._drop()
            return
        self._jobs.append((function, args))
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._run())

    async def _run(self) -> None:
        try:
            while self._jobs:
                function, args = self._jobs.popleft()
                try:
                    await function(*args)
                except Exception:  # noqa: BLE001 - the callback boundary
                    self._worker._failure(function)
        except asyncio.CancelledError:
            self.abandon()
            raise

    async def drain(self) -> None:
        while self._task is not None and not self._task.done():
            await asyncio.wait([self._task])

    def abandon(self) -> None:
        """Gives what is left to the background thread."""
        while self._jobs:
            function, args = self._jobs.popleft()
            self._worker.submit(function, *args)


GLOBAL_LOGGING_WORKER = LoggingWorker()
atexit.register(GLOBAL_LOGGING_WORKER.at_exit)
