"""A queue by priority: of the calls that wait for one model group, the most urgent goes first."""

from __future__ import annotations

import asyncio
import heapq
import itertools
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from litellm.caching.redis_cache import RedisCache
from litellm.router_utils.shared_queue import SharedQueue

SHARED_POLL_S = 0.02
DEFAULT_POLLING_INTERVAL_S = 0.003
MAX_QUEUED = 100_000


@dataclass(order=True)
class FlowItem:
    """A waiting call. A lower `priority` is more urgent; equal ones go in the order they came."""

    priority: int
    number: int = field(init=False, repr=False, default=0)
    request_id: str = field(compare=False)
    model_name: str = field(compare=False)

    def __init__(self, priority: int, request_id: str, model_name: str) -> None:
        if isinstance(priority, bool) or not isinstance(priority, int) or not 0 <= priority <= 255:
            raise ValueError(f"priority must be an integer from 0 (most urgent) to 255, got {priority!r}")
        self.priority, self.request_id, self.model_name, self.number = priority, request_id, model_name, 0


class Scheduler:
    """The queues of one router; used from one event loop. With a `redis_cache`, one queue for all processes."""

    def __init__(self, polling_interval: float | None = None, redis_cache: RedisCache | None = None) -> None:
        self.shared = None if redis_cache is None else SharedQueue(redis_cache)
        self.polling_interval = DEFAULT_POLLING_INTERVAL_S if polling_interval is None else polling_interval
        self._queues: dict[str, list[FlowItem]] = {}
        self._numbers = itertools.count()

    async def wait_for_turn(self, request: FlowItem, timeout: float, free: Callable[[], Awaitable[bool]]) -> bool:
        """Queue until `request` is the first and `free()` is true; False when that takes longer than `timeout` seconds.

        Raises OverflowError when the queue is full.
        """
        call, model = request.request_id, request.model_name
        deadline = time.monotonic() + timeout
        joined = False
        self.add_request(request)
        try:
            while True:
                if not self.is_first(call, model):
                    if joined and self.shared is not None:  # a more urgent one came: it asks for this process now
                        joined = await self._leave(call, model)
                elif self.shared is not None:
                    joined = True
                    if await self.shared.is_first(call, model, request.priority) and await free():
                        return True
                elif await free():
                    return True
                if time.monotonic() >= deadline:
                    return False
                await asyncio.sleep(self.polling_interval if not joined else max(self.polling_interval, SHARED_POLL_S))
        finally:
            self.remove_request(call, model)
            if joined:
                await self._leave(call, model)

    async def _leave(self, call: str, model: str) -> bool:
        if self.shared is not None:
            await self.shared.leave(call, model)
        return False

    def add_request(self, request: FlowItem) -> None:
        """Put a call in its model's queue. Raises OverflowError when the queue is full."""
        queue = self._queues.setdefault(request.model_name, [])
        if len(queue) >= MAX_QUEUED:
            raise OverflowError(f"more than {MAX_QUEUED} calls wait for {request.model_name}")
        request.number = next(self._numbers)
        heapq.heappush(queue, request)

    def is_first(self, request_id: str, model_name: str) -> bool:
        """Whether this call is the next of its model's queue."""
        queue = self._queues.get(model_name)
        return bool(queue) and queue[0].request_id == request_id  # type: ignore[index]

    def remove_request(self, request_id: str, model_name: str) -> None:
        """Take a call out of its queue, wherever it stands."""
        queue = self._queues.get(model_name)
        if not queue:
            return
        if queue[0].request_id == request_id:
            heapq.heappop(queue)
        else:
            queue[:] = [item for item in queue if item.request_id != request_id]
            heapq.heapify(queue)
        if not queue:
            del self._queues[model_name]

    def waiting(self, model_name: str) -> int:
        """How many calls wait for this model."""
        return len(self._queues.get(model_name, ()))
