"""Commands to Redis: scripts that survive a flush, failures that are noticed, one code path for sync and async.

An operation is a generator that yields a `Command` and is sent the reply, or thrown `RedisUnavailable`.
"""

from __future__ import annotations

import functools
import hashlib
import logging
import threading
import time
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal, Protocol, TypeAlias, TypeVar, get_args

from litellm_rust._twins.arguments import real
from litellm_rust.counters import feature_metrics

_T = TypeVar("_T")
OnFailure: TypeAlias = Literal["fail_open", "fail_closed", "local_share"]
FEATURE: Final = "rate_limiting"
_CLOSED: Final = "the handler is closed"
"""What uvloop says, in a RuntimeError, of a connection that is closed while something is written to it."""
_log: Final = logging.getLogger("litellm_rust")


class RedisUnavailable(ConnectionError):
    """Redis did not answer, in time or at all; the message names the cause."""


class Client(Protocol):
    """What is used of `redis.Redis` and `redis.asyncio.Redis`, whose methods return awaitables."""

    connection_pool: Any

    def evalsha(self, sha: str, numkeys: int, *keys_and_args: Any) -> Any: ...
    def eval(self, script: str, numkeys: int, *keys_and_args: Any) -> Any: ...


@dataclass(frozen=True)
class Script:
    """A Lua script beside this file."""

    text: str
    sha: str

    @classmethod
    def load(cls, name: str) -> Script:
        """Read `name` from this folder."""
        text = (Path(__file__).parent / name).read_text(encoding="utf-8")
        return cls(text, hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest())


@dataclass(frozen=True)
class Command:
    """One call of a script."""

    script: Script
    keys: list[str]
    arguments: list[str | int]


Steps: TypeAlias = Generator[Command, Any, _T]


@functools.cache
def _errors() -> tuple[tuple[type[Exception], ...], type[Exception], type[Exception]]:
    """What a Redis that fails raises, and what one that lacks a script, or is a replica that takes no writes."""
    from redis.exceptions import NoScriptError, ReadOnlyError, RedisClusterException, RedisError

    return (RedisError, RedisClusterException, OSError), NoScriptError, ReadOnlyError


@dataclass
class Health:
    """Whether Redis is asked at all: after a failure only one call in `pause_s` seconds tries, until one succeeds."""

    pause_s: float
    _asked_again_at: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def is_asked(self) -> bool:
        """Whether this call goes to Redis."""
        if self._asked_again_at == 0.0:
            return True
        with self._lock:
            now = time.monotonic()
            if now < self._asked_again_at:
                return False
            self._asked_again_at = now + self.pause_s
            return True

    def failed(self, error: Exception) -> None:
        """Take in a failure: logged once, counted always."""
        feature_metrics(FEATURE).fallback("redis unavailable")
        with self._lock:
            if self._asked_again_at == 0.0:
                _log.warning("limits go on without Redis: %s", _shown(error))
            self._asked_again_at = time.monotonic() + self.pause_s

    def succeeded(self) -> None:
        """Take in an answer."""
        if self._asked_again_at != 0.0:
            with self._lock:
                self._asked_again_at = 0.0
            _log.warning("limits are in Redis again")


def _connection_settings(client: Any) -> dict[str, Any]:
    """How a client connects: a plain one, or one of a cluster, blocking or not."""
    for holder in (getattr(client, "connection_pool", None), getattr(client, "nodes_manager", None), client):
        settings: dict[str, Any] | None = getattr(holder, "connection_kwargs", None)
        if settings is not None:
            return settings
    return {}


def _shown(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"


class Backend:
    """A client, how its keys start, and what happens while it fails."""

    def __init__(
        self,
        client: Client,
        *,
        prefix: str,
        on_failure: OnFailure,
        share: float,
        pause_s: float,
        clock: Callable[[], float] | None,
    ) -> None:
        if on_failure not in get_args(OnFailure):
            raise ValueError(f"on_failure: expected one of {', '.join(get_args(OnFailure))}, got {on_failure!r}")
        if not 0 < real("share", share) <= 1:
            raise ValueError(f"share: expected more than 0, up to 1, got {share}")
        if not 0 < real("pause_s", pause_s) < float("inf"):
            raise ValueError(f"pause_s: expected seconds > 0, got {pause_s}")
        if _connection_settings(client).get("socket_timeout") is None:
            raise ValueError("client: expected a socket_timeout; without one a slow Redis holds every request")
        self.client, self.prefix, self.on_failure, self.share = client, prefix, on_failure, share
        self.health = Health(pause_s)
        self.clock = clock

    def call(self, script: Script, keys: list[str], arguments: list[str | int]) -> Steps[Any]:
        """Run a script. Raises RedisUnavailable, also without asking, shortly after a failure."""
        if not self.health.is_asked():
            raise RedisUnavailable("Redis failed a moment ago")
        reply = yield Command(script, keys, arguments)
        self.health.succeeded()
        return reply

    def run(self, steps: Steps[_T]) -> _T:
        """Go through `steps` with a blocking client."""
        try:
            command = next(steps)
            while True:
                try:
                    reply = self._ask(command)
                except _errors()[0] as error:
                    if self._is_stale(error):
                        self.client.connection_pool.disconnect()
                    command = steps.throw(RedisUnavailable(_shown(error)))
                else:
                    command = steps.send(reply)
        except StopIteration as stop:
            result: _T = stop.value
            return result
        finally:
            steps.close()

    async def arun(self, steps: Steps[_T]) -> _T:
        """Go through `steps` with an asyncio client."""
        try:
            command = next(steps)
            while True:
                try:
                    reply = await self._aask(command)
                except _errors()[0] as error:
                    if self._is_stale(error):
                        await self.client.connection_pool.disconnect()
                    command = steps.throw(RedisUnavailable(_shown(error)))
                else:
                    command = steps.send(reply)
        except StopIteration as stop:
            result: _T = stop.value
            return result
        finally:
            steps.close()

    def _ask(self, command: Command) -> Any:
        number, given = len(command.keys), (*command.keys, *command.arguments)
        try:
            return self.client.evalsha(command.script.sha, number, *given)
        except _errors()[1]:
            return self.client.eval(command.script.text, number, *given)

    async def _aask(self, command: Command) -> Any:
        number, given = len(command.keys), (*command.keys, *command.arguments)
        try:
            return await self.client.evalsha(command.script.sha, number, *given)
        except _errors()[1]:
            return await self.client.eval(command.script.text, number, *given)
        except RuntimeError as error:
            if _CLOSED not in str(error):
                raise
            raise ConnectionError("Redis closed a connection as it was opened") from error

    def _is_stale(self, error: Exception) -> bool:
        """Take in a failure; whether connections lead to a master that became a replica, so that they must be anew."""
        self.health.failed(error)
        return isinstance(error, _errors()[2])
