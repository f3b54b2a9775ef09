"""A queue by priority: of the calls that wait for one model group, the most urgent goes first."""

from __future__ import annotations

import heapq
import itertools
from dataclasses import dataclass, field

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
    """The queues of one router; used from one event loop."""

    def __init__(self, polling_interval: float | None = None) -> None:
        self.polling_interval = DEFAULT_POLLING_INTERVAL_S if polling_interval is None else polling_interval
        self._queues: dict[str, list[FlowItem]] = {}
        self._numbers = itertools.count()

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
