"""What routers in several processes hold of each deployment, in Redis: `RedisDeployments`, `AsyncRedisDeployments`.

Each process tells its own counts as they are, never changes of them, so whatever is lost is made good by telling again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

from litellm_rust.redis_limits.commands import Backend, Client, Health, Script, Steps

_SCRIPT: Final = Script.load("deployments.lua")
DEFAULT_PREFIX: Final = "{litellm_router}:"
Refusal = Literal["requests", "tokens", "parallel", "minute", "epoch"]
_REFUSALS: Final[tuple[Refusal | None, ...]] = (None, "requests", "tokens", "parallel", "minute", "epoch")


class Held(NamedTuple):
    """What one process has used of a deployment in a minute (since 1970), and has in flight; `number` grows always."""

    minute: int
    requests: int
    tokens: int
    in_flight: int
    number: int


class Limits(NamedTuple):
    """The limits of a deployment; None where there is none."""

    rpm: int | None
    tpm: int | None
    max_parallel_requests: int | None


class Used(NamedTuple):
    """What the other processes have used of a deployment in the running minute, and have in flight."""

    requests: int
    tokens: int
    in_flight: int


@dataclass(frozen=True)
class Answer:
    """Whether an attempt may begin. `minute` and `epoch` are the server's; a new epoch means that it lost its data."""

    refused: Refusal | None
    minute: int
    epoch: str
    others: Used


@dataclass(frozen=True)
class News:
    """What the processes know together: seconds left of each cooldown, and what the others have used."""

    minute: int
    second: float
    epoch: str
    processes: int
    cooling: list[tuple[str, float]]
    used: list[tuple[str, Used]]


def _text(value: object) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)


class _Operations:
    """Each operation as steps, for both clients."""

    def __init__(
        self,
        client: Client,
        *,
        process: str,
        prefix: str = DEFAULT_PREFIX,
        pause_s: float = 1.0,
        health: Health | None = None,
    ) -> None:
        """`process` names this process. While Redis fails it is asked again every `pause_s` seconds.

        Clients of one process share a `health`. Raises ValueError for a client without `socket_timeout`.
        """
        self._backend = Backend(client, prefix=prefix, on_failure="fail_open", share=1.0, pause_s=pause_s, clock=None)
        if health is not None:
            self._backend.health = health
        self._process, self._prefix = process, prefix
        self._shared = [f"{prefix}{name}" for name in ("epoch", "processes", "cooling", "active")]

    def _key(self, deployment_id: str) -> str:
        return f"{self._prefix}d:{deployment_id}"

    def _acquire(self, deployment_id: str, held: Held, limits: Limits, tokens: int, epoch: str) -> Steps[Answer]:
        arguments: list[str | int] = ["acquire", self._process, epoch, deployment_id, *held]
        arguments += ["" if limit is None else limit for limit in limits]
        reply = yield from self._backend.call(_SCRIPT, [*self._shared, self._key(deployment_id)], [*arguments, tokens])
        return Answer(_REFUSALS[reply[0]], reply[1], _text(reply[2]), Used(*reply[3:6]))

    def _sync(
        self,
        held: Sequence[tuple[str, Held]],
        cooled: Sequence[tuple[str, float]],
        wants_usage: bool,
    ) -> Steps[News]:
        arguments: list[str | int] = ["sync", self._process, "", f"{self._prefix}d:", int(wants_usage), len(cooled)]
        for deployment_id, seconds in cooled:
            arguments += (deployment_id, max(int(seconds * 1000), 1))
        for deployment_id, own in held:
            arguments += (deployment_id, *own)
        keys = [*self._shared, *(self._key(deployment_id) for deployment_id, _ in held)]
        minute, ms, epoch, processes, cooling, used = yield from self._backend.call(_SCRIPT, keys, arguments)
        return News(
            minute=minute,
            second=ms / 1000,
            epoch=_text(epoch),
            processes=processes,
            cooling=[(_text(name), left / 1000) for name, left in cooling],
            used=[(_text(name), Used(*counts)) for name, *counts in used],
        )

    def _forget(self) -> Steps[None]:
        yield from self._backend.call(_SCRIPT, self._shared, ["forget", self._process, ""])


class RedisDeployments(_Operations):
    """Over a `redis.Redis`. Every method raises RedisUnavailable while Redis fails."""

    def acquire(self, deployment_id: str, held: Held, limits: Limits, tokens: int, epoch: str) -> Answer:
        """Begin an attempt that `held` already counts and that needs `tokens`, if the limits of all processes allow."""
        return self._backend.run(self._acquire(deployment_id, held, limits, tokens, epoch))

    def sync(
        self,
        held: Sequence[tuple[str, Held]],
        cooled: Sequence[tuple[str, float]],
        wants_usage: bool,
    ) -> News:
        """Tell what this process holds and which deployments cool down for how many seconds; learn of the others."""
        return self._backend.run(self._sync(held, cooled, wants_usage))

    def forget_cooldowns(self) -> None:
        """End every cooldown, for all processes."""
        self._backend.run(self._forget())


class AsyncRedisDeployments(_Operations):
    """Over a `redis.asyncio.Redis`."""

    @classmethod
    def sharing(cls, other: RedisDeployments, client: Client) -> AsyncRedisDeployments:
        """The same process's, over `client`: either knows when the other finds Redis failing."""
        return cls(client, process=other._process, prefix=other._prefix, health=other._backend.health)

    async def acquire(self, deployment_id: str, held: Held, limits: Limits, tokens: int, epoch: str) -> Answer:
        """As `RedisDeployments.acquire`."""
        return await self._backend.arun(self._acquire(deployment_id, held, limits, tokens, epoch))
