"""The waiting of a routed call, apart from its logic.

A routed call is a generator: it yields what it waits for and is sent what came of it, or has the error thrown in. Two
drivers run the same generator, one blocking, one on an event loop; a stream keeps its generator until its first token,
so that an error before it is retried like any other.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Any

from litellm.router_utils.slots import Waiter


@dataclass(slots=True)
class Do:
    """Call `function` with `kwargs` and wait for what it returns, if that is a coroutine."""

    function: Callable[..., Any]
    kwargs: dict[str, Any]


@dataclass(slots=True)
class Sleep:
    """Wait for `seconds`."""

    seconds: float


@dataclass(slots=True)
class Opened:
    """A stream is open; answered when its first token arrived, or by the error that came instead."""

    stream: Any


@dataclass(slots=True)
class Await:
    """Wait for a free deployment, for at most `seconds`."""

    waiter: Waiter
    seconds: float


Effect = Do | Sleep | Await | Opened
Plan = Generator[Effect, Any, Any]


def advance(plan: Plan, result: Any = None, error: Exception | None = None) -> tuple[Effect | None, Any]:
    """The plan's next effect, or (None, its result) when it is done. Raises what the plan raises."""
    try:
        return (plan.send(result) if error is None else plan.throw(error)), None
    except StopIteration as stop:
        return None, stop.value


def run_sync(plan: Plan, result: Any = None, error: Exception | None = None) -> tuple[Any, bool]:
    """Run a plan, blocking. Returns (its result, True), or (an open stream, False) with the plan still waiting."""
    open_stream = False
    try:
        effect, value = advance(plan, result, error)
        while effect is not None:
            if isinstance(effect, Opened):
                open_stream = True
                return effect.stream, False
            try:
                result = _perform(effect)
            except Exception as failure:  # noqa: BLE001 - the plan raises it again, or has an answer to it
                effect, value = advance(plan, error=failure)
            else:
                effect, value = advance(plan, result)
        return value, True
    finally:
        if not open_stream:
            plan.close()


async def run_async(plan: Plan, result: Any = None, error: Exception | None = None) -> tuple[Any, bool]:
    """Run a plan on the running event loop. Returns as `run_sync` does."""
    open_stream = False
    try:
        effect, value = advance(plan, result, error)
        while effect is not None:
            if isinstance(effect, Opened):
                open_stream = True
                return effect.stream, False
            try:
                if isinstance(effect, Do):
                    result = effect.function(**effect.kwargs)
                    if hasattr(result, "__await__"):
                        result = await result
                else:
                    result = await _pause(effect)
            except Exception as failure:  # noqa: BLE001 - the plan raises it again, or has an answer to it
                effect, value = advance(plan, error=failure)
            else:
                effect, value = advance(plan, result)
        return value, True
    finally:
        if not open_stream:
            plan.close()


def _perform(effect: Do | Sleep | Await) -> Any:
    if isinstance(effect, Await):
        return effect.waiter.wait(effect.seconds)
    if isinstance(effect, Sleep):
        time.sleep(effect.seconds)
        return None
    return effect.function(**effect.kwargs)


async def _pause(effect: Sleep | Await) -> Any:
    if isinstance(effect, Await):
        return await effect.waiter.wait_async(effect.seconds)
    await asyncio.sleep(effect.seconds)
    return None
