"""Waiting for a deployment whose `max_parallel_requests` are all in use."""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import Hashable

MAX_WAITING = 10_000


class Waiter:
    """One call that waits; woken from any thread."""

    def __init__(self, asynchronous: bool) -> None:
        self.woken = False
        self._loop = asyncio.get_running_loop() if asynchronous else None
        self._event: asyncio.Event | threading.Event = asyncio.Event() if asynchronous else threading.Event()

    def wake(self) -> None:
        """Let the call go on."""
        self.woken = True
        if self._loop is None:
            self._event.set()
        elif not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._event.set)

    def wait(self, timeout: float) -> None:
        """Block until woken, or for `timeout` seconds."""
        assert isinstance(self._event, threading.Event)
        self._event.wait(timeout)

    async def wait_async(self, timeout: float) -> None:
        """Wait until woken, or for `timeout` seconds."""
        assert isinstance(self._event, asyncio.Event)
        try:
            await asyncio.wait_for(self._event.wait(), timeout)
        except asyncio.TimeoutError:
            return


class SlotQueue:
    """The calls that wait for each group, first come first served. At most `MAX_WAITING` in a group."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._queues: dict[Hashable, deque[Waiter]] = {}

    def after_fork(self) -> None:
        """In the child of a fork, where nobody waits."""
        self._lock, self._queues = threading.Lock(), {}

    @property
    def is_empty(self) -> bool:
        """Whether no call waits."""
        return not self._queues

    def join(self, group: Hashable, asynchronous: bool, *, first: bool = False) -> Waiter | None:
        """A place in the queue (in front of it with `first`), or None when the queue is full."""
        waiter = Waiter(asynchronous)
        with self._lock:
            queue = self._queues.setdefault(group, deque())
            if len(queue) >= MAX_WAITING:
                return None
            (queue.appendleft if first else queue.append)(waiter)
        return waiter

    def leave(self, group: Hashable, waiter: Waiter) -> None:
        """Give up a place; a wake-up that came too late goes to the next."""
        with self._lock:
            queue = self._queues.get(group)
            if queue is not None and waiter in queue:
                queue.remove(waiter)
                if not queue:
                    del self._queues[group]
        if waiter.woken:
            self.freed(group)

    def freed(self, group: Hashable) -> None:
        """A slot of the group is free: wake the first that waits for it."""
        if not self._queues:
            return
        with self._lock:
            queue = self._queues.get(group)
            if not queue:
                return
            waiter = queue.popleft()
            if not queue:
                del self._queues[group]
        waiter.wake()
