"""How long attempts took in all processes, in one stream of Redis: each tells its news and reads the others'."""

from __future__ import annotations

import json
import logging
import threading
import time
import uuid
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any

from litellm.caching.redis_clients import redis_failures
from litellm.router_utils.routing_core import Measured, RoutingCore
from litellm.router_utils.settings import RouterSettings

logger = logging.getLogger("LiteLLM Router")
TELL_S = 1.0
"""How often news are told and read."""
MOST_TOLD = 1_000
"""Deployments in one message; the others are in the next."""
MOST_MESSAGES = 1_000
Samples = tuple[deque[float], deque[float]]


class SharedLatencies:
    """Told of each attempt of this process by `note`; `synchronise` exchanges them, in one round trip.

    `clients` has `redis_client`, as `RedisCache` has; `key` is the stream's. `wanted` says whether a strategy goes by
    latencies at all. Safe between threads.
    """

    def __init__(
        self, clients: Any, core: RoutingCore, settings: RouterSettings, key: str, wanted: Callable[[], bool]
    ) -> None:
        self._clients, self._core, self._settings, self._key, self._wanted = clients, core, settings, key, wanted
        self._read_to: str | None = None
        self._untold: dict[str, Samples] = {}
        self.after_fork()

    def after_fork(self) -> None:
        """In the child of a fork, which is another process: what the parent has yet to tell is the parent's."""
        self._lock, self._untold, self._me = threading.Lock(), {}, uuid.uuid4().hex

    @property
    def _most_samples(self) -> int:
        return int(self._settings.routing_strategy_args.get("max_latency_list_size", 10))

    @property
    def _kept_s(self) -> float:
        return float(self._settings.routing_strategy_args.get("ttl", 3600))

    def note(self, model_id: str, measured: Measured) -> None:
        """Take in what an attempt here took, to be told. Of a deployment the last ones count."""
        if not self._wanted():
            return
        with self._lock:
            known = self._untold.get(model_id)
            if known is None:
                most = self._most_samples
                known = self._untold[model_id] = (deque(maxlen=most), deque(maxlen=most))
            for samples, seconds in zip(known, measured, strict=True):
                if seconds is not None:
                    samples.append(seconds)

    def synchronise(self) -> None:
        """Tell the news of this process and learn those of the others; later while Redis fails."""
        if not self._wanted():
            return
        with self._lock:
            names = list(self._untold)[:MOST_TOLD]
            told = {name: self._untold.pop(name) for name in names}
        try:
            messages = self._exchange(told)
        except redis_failures() as error:
            logger.warning("latencies are not shared: %s", error)
            with self._lock:
                self._untold = {**told, **self._untold}
            return
        for number, fields in messages:
            self._read_to = _text(number)
            if _text(fields.get(b"from", fields.get("from", ""))) != self._me:
                self._learn(fields.get(b"took", fields.get("took", "")))

    def _exchange(self, told: Mapping[str, Samples]) -> Any:
        kept_s = self._kept_s
        since = self._read_to or str(int((time.time() - kept_s) * 1000))
        pipe = self._clients.redis_client.pipeline(transaction=False)
        pipe.xrange(self._key, min=f"({since}", count=MOST_MESSAGES)
        if told:
            took = json.dumps({name: [list(samples) for samples in each] for name, each in told.items()})
            pipe.xadd(self._key, {"from": self._me, "took": took}, maxlen=MOST_MESSAGES)
            pipe.pexpire(self._key, max(int(kept_s * 1000), 1))
        return pipe.execute()[0]

    def _learn(self, took: bytes | str) -> None:
        """Take in another process's news; a message that is none is left out."""
        try:
            for model_id, (latencies, first_tokens) in json.loads(took).items():
                self._core.learn(model_id, latencies, first_tokens)
        except (ValueError, TypeError, AttributeError) as error:
            logger.warning("a message about latencies cannot be read: %s", error)


def _text(value: bytes | str) -> str:
    return value.decode(errors="replace") if isinstance(value, bytes) else value
