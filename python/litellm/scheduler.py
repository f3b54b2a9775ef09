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
    shared: bool = field(init=False, repr=False, compare=False, default=False)
    """Whether it stands in the queue of all processes."""

    def __init__(self, priority: int, request_id: str, model_name: str) -> None:
        if isinstance(priority, bool) or not isinstance(priority, int) or not 0 <= priority <= 255:
            raise ValueError(f"priority must be an integer from 0 (most urgent) to 255, got {priority!r}")
        self.priority, self.request_id, self.model_name, self.number = priority, request_id, model_name, 0
        self.shared = False


class Scheduler:
    """The queues of one router; used from one event loop. With a `redis_cache`, one queue for all processes."""

    def __init__(self, polling_interval: float | None = None, redis_cache: RedisCache | None = None) -> None:
        self.shared = None if redis_cache is None else SharedQueue(redis_cache)
        self.polling_interval = DEFAULT_POLLING_INTERVAL_S if polling_interval is None else polling_interval
        self._queues: dict[str, list[FlowItem]] = {}
        self._numbers = itertools.count()

    async def wait_for_turn(self, request: FlowItem, timeout: float, free: Callable[[], Awaitable[bool]]) -> bool:
        """Queue until `request` is the first and `free()` is true; False when that takes longer than `timeout` seconds.

        A call whose turn it is stays the first until it says by `leave` that it has begun. Raises OverflowError when
        the queue is full.
        """
        deadline = time.monotonic() + timeout
        self.add_request(request)
        granted = False
        try:
            while not (granted := await self._may_begin(request, free)) and time.monotonic() < deadline:
                shared_s = SHARED_POLL_S if request.shared else 0.0
                await asyncio.sleep(max(self.polling_interval, shared_s))
            return granted
        finally:
            if not granted:
                await self.leave(request)

    async def _may_begin(self, request: FlowItem, free: Callable[[], Awaitable[bool]]) -> bool:
        if not self.is_first(request.request_id, request.model_name):
            await self._leave_shared(request)  # a more urgent one came: it asks for this process now
            return False
        if self.shared is not None:
            request.shared = True
            if not await self.shared.is_first(request.request_id, request.model_name, request.priority):
                return False
        return await free()

    async def leave(self, request: FlowItem) -> None:
        """Let the next one have its turn. Does nothing for a call that has left."""
        self.remove_request(request.request_id, request.model_name)
        await self._leave_shared(request)

    async def _leave_shared(self, request: FlowItem) -> None:
        if self.shared is not None and request.shared:
            request.shared = False
            await self.shared.leave(request.request_id, request.model_name)

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
