"""Cooldowns, usage and limits that routers in several processes have in common, through Redis.

A thread tells Redis what changed here and learns what changed elsewhere, several times a second. An attempt on a
deployment with limits asks Redis itself, in one round trip.
"""

from __future__ import annotations

import logging
import os
import socket
import threading
import time
import uuid
import weakref
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from litellm.litellm_core_utils import accelerator
from litellm.router_utils.effects import Do, Plan
from litellm.router_utils.routing_core import RoutingCore
from litellm.router_utils.shared_counts import Own

logger = logging.getLogger("LiteLLM Router")
SYNC_S = 0.2
HEARTBEAT_S = 2.0
# After Redis was away or lost its data: until every process has told it again what it holds.
CAUTION_S = 3.0
MOST_TOLD = 1_000
MOST_ASKED = 4
PREFIX = "{litellm_router}:"


@dataclass(slots=True)
class _Follower:
    run: Callable[[], None]
    every_s: float
    due: float = 0.0


class SharedState:
    """One router's part in what is shared. `wants_usage` says whether the choice depends on usage elsewhere.

    `clients` has `redis_client` and `init_async_client()`, as `RedisCache` has. Safe between threads.
    """

    def __init__(
        self, clients: Any, core: RoutingCore, wants_usage: Callable[[], bool], namespace: str | None = None
    ) -> None:
        self._clients, self._core, self._wants_usage = clients, core, wants_usage
        self.prefix = f"{PREFIX}{namespace}:" if namespace else PREFIX
        self._held, self._limits = accelerator.deployment_counts()
        self._followers: list[_Follower] = []
        self._start_anew()

    def _start_anew(self) -> None:
        """As at the start; also in the child of a fork, which is another process and holds nothing."""
        self._lock, self._telling = threading.Lock(), threading.Lock()
        self._own: dict[str, Own] = {}
        self._cooled: dict[str, float] = {}
        self._agreed: set[str] = set()
        self._number = 0
        self._offset_s = 0.0
        self._epoch, self._processes = "", 1
        self._lost, self._careful_until = False, 0.0
        process = f"{socket.gethostname()}-{os.getpid()}-{uuid.uuid4().hex[:8]}"
        self._blocking = accelerator.shared_deployments(self._clients.redis_client, process, self.prefix)
        self._last_client: tuple[Any, Any] = (None, None)
        self._wake, self._stopped = threading.Event(), threading.Event()
        self._thread: threading.Thread | None = None

    after_fork = _start_anew

    def start(self) -> None:
        """Begin to tell and to learn, if that has not begun."""
        if self._thread is None and not self._stopped.is_set():
            with self._lock:
                if self._thread is None:
                    arguments = (weakref.ref(self), self._wake, self._stopped)
                    self._thread = threading.Thread(target=_keep_in_step, args=arguments, daemon=True)
                    self._thread.start()

    def follow(self, run: Callable[[], None], every_s: float = 0.0) -> None:
        """Have something else told and learned as well, each time or so often; not while Redis is away."""
        self._followers.append(_Follower(run, every_s))

    def stop(self) -> None:
        """Stop for good; a thread that tells something just now is waited for."""
        self._stopped.set()
        self._wake.set()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(timeout=2)

    def acquire(self, model_id: str, limits: Sequence[int | None], tokens: int, asynchronous: bool) -> Plan:
        """Begin an attempt, if `limits` (requests, tokens, parallel) of all processes allow it.

        Returns which limit refuses it, or None; an attempt that began ends with `ended`.
        """
        self.start()
        with self._lock:
            own = self._own_now(model_id)
            own.begin()
        refused: str | None = "requests"
        try:
            refused = yield from self._asked(model_id, own, limits, tokens, asynchronous)
            return refused
        finally:
            with self._lock:
                own.allowed() if refused is None else own.refused()

    def _asked(self, model_id: str, own: Own, limits: Sequence[int | None], tokens: int, asynchronous: bool) -> Plan:
        if self._is_careful() and (refused := self._alone(own, limits, tokens)) is not None:
            return refused
        ask = self._asynchronous().acquire if asynchronous else self._blocking.acquire
        for _ in range(MOST_ASKED):
            with self._lock:
                self._own_now(model_id)
                held, epoch = self._message(own), self._epoch
            arguments = {
                "deployment_id": model_id,
                "held": held,
                "limits": self._limits(*limits),
                "tokens": tokens,
                "epoch": epoch,
            }
            try:
                answer = yield Do(ask, arguments)
            except ConnectionError:
                self._mark_lost()
                break
            if self._heard(model_id, own, answer):
                return answer.refused
        return self._alone(own, limits, tokens)

    def count(self, model_id: str) -> None:
        """Begin an attempt that no limit is asked about."""
        self.start()
        with self._lock:
            own = self._own_now(model_id)
            own.begin()
            own.allowed()

    def ended(self, model_id: str, tokens: int) -> None:
        """An attempt is over; it took `tokens`."""
        with self._lock:
            self._own_now(model_id).end(tokens)

    def undo(self, model_id: str) -> None:
        """An attempt that began does not take place."""
        with self._lock:
            own = self._own_now(model_id)
            own.requests = max(own.requests - 1, 0)
            own.end(0)

    def cooled(self, model_id: str, seconds: float) -> None:
        """Tell the other processes that a deployment cools down."""
        self.start()
        with self._lock:
            self._cooled[model_id] = time.monotonic() + seconds
        self._wake.set()

    def forget_cooldowns(self) -> None:
        """End every cooldown that Redis knows of, here as well. While Redis fails only those of this process end."""
        with self._telling:  # news that is under way still tells of them
            with self._lock:
                self._cooled.clear()
            try:
                self._blocking.forget_cooldowns()
            except ConnectionError as error:
                logger.warning("cooldowns stay in Redis: %s", error)
            for model_id in self._core.cooling():
                self._core.cool_down(model_id, 0)

    def synchronise(self) -> None:
        """Tell what changed here and learn what changed elsewhere. Does nothing while Redis fails."""
        with self._telling:
            self._tell_and_learn()
        now = time.monotonic()
        for follower in self._followers:
            if now >= follower.due and not self._lost:
                follower.due = now + follower.every_s
                follower.run()

    def _tell_and_learn(self) -> None:
        with self._lock:
            told = self._to_tell()
            now = time.monotonic()
            cooled = {model_id: until for model_id, until in self._cooled.items() if until > now}
            self._cooled.clear()
        try:
            seconds = [(model_id, until - now) for model_id, until in cooled.items()]
            news = self._blocking.sync(told, seconds, self._wants_usage())
        except ConnectionError:
            with self._lock:
                self._cooled = {**cooled, **self._cooled}
                for model_id, _ in told:
                    self._own[model_id].changed = True
            self._mark_lost()
            return
        self._learn(news)

    def _own_now(self, model_id: str) -> Own:
        own = self._own.get(model_id)
        if own is None:
            own = self._own[model_id] = Own()
        own.roll(int((time.time() + self._offset_s) // 60))
        return own

    def _message(self, own: Own) -> Any:
        self._number += 1
        return self._held(own.minute, own.requests, own.tokens, own.in_flight, self._number)

    def _to_tell(self) -> list[tuple[str, Any]]:
        now = time.monotonic()
        told: list[tuple[str, Any]] = []
        for model_id, own in list(self._own.items()):
            due = own.changed or (own.in_flight and now - own.told_at > HEARTBEAT_S)
            if due and len(told) < MOST_TOLD:
                self._own_now(model_id)
                own.changed, own.told_at = False, now
                told.append((model_id, self._message(own)))
            elif own.is_idle(int((time.time() + self._offset_s) // 60)):
                del self._own[model_id]
        return told

    def _asynchronous(self) -> Any:
        client = self._clients.init_async_client()
        last, made = self._last_client
        if last is not client:
            made = accelerator.async_shared_deployments(client, self._blocking)
            self._last_client = client, made
        return made

    def _heard(self, model_id: str, own: Own, answer: Any) -> bool:
        """Take in an answer; False when it only says that another minute or epoch has begun."""
        self._note_epoch(answer.epoch)
        with self._lock:
            if answer.minute != own.minute:
                start = answer.minute * 60.0 + (59.99 if answer.minute < own.minute else 0.0)
                self._offset_s = start - time.time()
            if answer.refused in ("minute", "epoch"):
                return False
            if not self._is_careful():
                own.heard(tuple(answer.others))
            requests, tokens = own.requests + answer.others[0], own.tokens + answer.others[1]
        self._core.raise_usage(model_id, requests, tokens)
        return True

    def _learn(self, news: Any) -> None:
        self._note_epoch(news.epoch)
        with self._lock:
            self._offset_s = news.minute * 60 + news.second - time.time()
            self._processes = news.processes
            totals = []
            for model_id, (requests, tokens, _) in news.used:
                own = self._own.get(model_id)
                mine = own.counts if own is not None and own.minute == news.minute else (0, 0, 0)
                totals.append((model_id, requests + mine[0], tokens + mine[1]))
        for model_id, requests, tokens in totals:
            self._core.raise_usage(model_id, requests, tokens)
        if news.cooling or self._agreed:
            self._learn_of_cooldowns(dict(news.cooling))

    def _learn_of_cooldowns(self, left: dict[str, float]) -> None:
        here = self._core.cooling()
        for model_id, seconds in left.items():
            if seconds - here.get(model_id, 0.0) > SYNC_S / 4:
                self._core.cool_down(model_id, seconds)
        for model_id in self._agreed - left.keys() - self._cooled.keys():
            if model_id in here:  # another process ended it
                self._core.cool_down(model_id, 0)
        self._agreed = set(left)

    def _note_epoch(self, epoch: str) -> None:
        """Take in that Redis answered, perhaps after it was away or without what it held."""
        if epoch == self._epoch and not self._lost:
            return
        with self._lock:
            if self._epoch:
                self._careful_until = time.monotonic() + CAUTION_S
                for own in self._own.values():
                    own.changed = True
            self._epoch, self._lost, self._agreed = epoch, False, set()
        self._wake.set()

    def _mark_lost(self) -> None:
        self._lost = True

    def _is_careful(self) -> bool:
        return self._lost or time.monotonic() < self._careful_until

    def _alone(self, own: Own, limits: Sequence[int | None], tokens: int) -> str | None:
        with self._lock:
            return own.refusal_alone(limits, tokens, self._processes)


def _keep_in_step(reference: weakref.ref[SharedState], wake: threading.Event, stopped: threading.Event) -> None:
    while not stopped.is_set():
        state = reference()
        if state is None:
            return
        state.synchronise()
        del state
        wake.wait(SYNC_S)
        wake.clear()
