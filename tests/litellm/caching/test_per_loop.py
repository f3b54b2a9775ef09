"""`PerLoop`: a value for each event loop, ended before the loop closes."""

from __future__ import annotations

import asyncio
import weakref

from litellm.caching.per_loop import PerLoop

from tests.litellm.router.support import until


class Value:
    """Something that is to be ended."""


def made() -> tuple[PerLoop[Value], list[Value]]:
    ended: list[Value] = []

    async def end(value: Value) -> None:
        await asyncio.sleep(0)
        ended.append(value)

    return PerLoop(Value, end), ended


def test_a_value_ends_with_its_loop() -> None:
    values, ended = made()

    async def use() -> Value:
        assert values.get() is values.get()
        return values.get()

    assert [asyncio.run(use()), asyncio.run(use())] == ended
    assert len(set(ended)) == 2


async def test_a_value_that_was_ended_is_made_anew() -> None:
    values, ended = made()
    first = values.get()
    await values.finish()
    await values.finish()
    assert ended == [first]
    second = values.get()
    assert second is not first
    await asyncio.to_thread(values.finish_all)
    await until(lambda: ended == [first, second])


def test_a_loop_that_closes_without_a_word_is_forgotten_when_the_next_one_comes() -> None:
    values, ended = made()

    async def use() -> weakref.ref[Value]:
        return weakref.ref(values.get())

    loop = asyncio.new_event_loop()
    left = loop.run_until_complete(use())
    loop.close()
    assert left() is not None
    asyncio.run(use())
    assert left() is None
    assert len(ended) == 1
