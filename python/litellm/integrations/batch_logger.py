"""A callback that sends what it is told of to a service, in batches, off the caller's path."""

from __future__ import annotations

import atexit
import logging
import threading
import time
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Protocol

import httpx

import litellm
from litellm.integrations.custom_logger import CustomLogger
from litellm.llms.custom_httpx.clients import pool

logger = logging.getLogger("LiteLLM")
BATCH = 100
INTERVAL_S = 5.0
MAX_WAITING = 10_000
ATTEMPTS = 3
TIMEOUT_S = 10.0
EXIT_S = 5.0
Payload = dict[str, Any]


@dataclass(slots=True)
class Post:
    """One request to the service."""

    url: str
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)
    method: str = "POST"


class Destination(Protocol):
    """A service: how payloads become requests. Pure."""

    def posts(self, payloads: list[Payload]) -> Iterable[Post]:
        """The requests that bring `payloads` there."""


class BatchLogger(CustomLogger):
    """Keeps standard payloads, at most `max_waiting`, and sends them every `interval_s` or when `batch` wait.

    A refused or broken request is tried `ATTEMPTS` times; then its batch is lost, which is logged and counted in
    `dropped`, as is what does not fit.
    """

    def __init__(
        self,
        destination: Destination,
        *,
        batch: int = BATCH,
        interval_s: float = INTERVAL_S,
        max_waiting: int = MAX_WAITING,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.destination = destination
        self.dropped = 0
        self._batch, self._interval_s, self._max_waiting = batch, interval_s, max_waiting
        self._waiting: deque[Payload] = deque()
        self._changed = threading.Condition()
        self._sending = False
        self._flush_now = False
        self._thread: threading.Thread | None = None

    def log_success_event(self, kwargs: Any, response_obj: Any, start_time: Any, end_time: Any) -> None:
        """Keeps the payload."""
        self._keep(kwargs)

    def log_failure_event(self, kwargs: Any, response_obj: Any, start_time: Any, end_time: Any) -> None:
        """Keeps the payload."""
        self._keep(kwargs)

    async def async_log_success_event(self, kwargs: Any, response_obj: Any, start_time: Any, end_time: Any) -> None:
        """Keeps the payload."""
        self._keep(kwargs)

    async def async_log_failure_event(self, kwargs: Any, response_obj: Any, start_time: Any, end_time: Any) -> None:
        """Keeps the payload."""
        self._keep(kwargs)

    def flush(self, timeout_s: float = EXIT_S) -> bool:
        """Sends what waits now; False when that takes longer than `timeout_s`."""
        with self._changed:
            self._flush_now = bool(self._waiting)
            self._changed.notify_all()
            return self._changed.wait_for(lambda: not self._waiting and not self._sending, timeout_s)

    def _keep(self, kwargs: Any) -> None:
        payload = kwargs.get("standard_logging_object")
        if payload is None:
            return
        with self._changed:
            if len(self._waiting) >= self._max_waiting:
                self._drop(1, "the queue is full")
                return
            self._waiting.append(payload)
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._work, name="litellm-batches", daemon=True)
                self._thread.start()
                atexit.register(self.flush)
            if len(self._waiting) >= self._batch:
                self._changed.notify_all()

    def _work(self) -> None:
        while True:
            with self._changed:
                self._sending = False
                self._changed.notify_all()
                self._changed.wait_for(lambda: self._flush_now or len(self._waiting) >= self._batch, self._interval_s)
                taken = [self._waiting.popleft() for _ in range(min(self._batch, len(self._waiting)))]
                self._flush_now = self._flush_now and bool(self._waiting)
                self._sending = bool(taken)
            if taken:
                self._send(taken)

    def _send(self, payloads: list[Payload]) -> None:
        try:
            for post in self.destination.posts(payloads):
                self._deliver(post)
        except Exception as error:  # noqa: BLE001 - the callback boundary
            self._drop(len(payloads), f"{type(error).__name__}: {error}")

    def _deliver(self, post: Post) -> None:
        client = pool.sync(litellm.ssl_verify)
        for attempt in range(1, ATTEMPTS + 1):
            try:
                response = client.request(
                    post.method, post.url, content=post.body, headers=post.headers, timeout=TIMEOUT_S
                )
            except httpx.TransportError:
                if attempt == ATTEMPTS:
                    raise
            else:
                if response.status_code < 400:
                    return
                if attempt == ATTEMPTS or (response.status_code < 500 and response.status_code != 429):
                    raise ConnectionError(f"the service answered {response.status_code}")
            time.sleep(0.1 * 2**attempt)

    def _drop(self, count: int, why: str) -> None:
        self.dropped += count
        logger.warning("%s: %d records were not sent: %s", type(self.destination).__name__, count, why)
