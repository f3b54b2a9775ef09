"""The end of a budget goes to one call at a time: none is refused while its turn can come, one at most passes it."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from collections.abc import AsyncIterator, Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
from litellm.proxy._types import ProxyException, UserAPIKeyAuth
from litellm.proxy.db.database import Database
from litellm.proxy.db.repositories import KeyRepository, UserRepository
from litellm.proxy.estimate import PriceBook
from litellm.proxy.spend_tracking.accounts import Account
from litellm.proxy.spend_tracking.last_money import LastMoney
from litellm.proxy.spend_tracking.ledger import Ledger

from tests.support.gateway import Gateway

KEY, USER = Account("key", "k", 100), Account("user", "u", 1000)
AUTH = UserAPIKeyAuth(token="k", user_id="u")


@contextlib.asynccontextmanager
async def ledger_in(folder: Path, wait_s: float = 5.0) -> AsyncIterator[Ledger]:
    database = Database(f"sqlite:///{folder}/l.db", folder)
    await database.start()
    async with database.write() as transaction:
        await KeyRepository(transaction.connection).add({"token": "k", "user_id": "u"})
        await UserRepository(transaction.connection).add({"user_id": "u", "teams": []})
    ledger = Ledger(database, folder)
    ledger._money = LastMoney(ledger.budgets, wait_s=wait_s)
    await ledger.start()
    try:
        yield ledger
    finally:
        await ledger.stop()
        await database.stop()


def with_ledger(folder: Path, work: Callable[[Ledger], Coroutine[Any, Any, None]], wait_s: float = 5.0) -> None:
    async def run() -> None:
        async with ledger_in(folder, wait_s) as ledger:
            await work(ledger)

    asyncio.run(run())


ids = map(str, itertools.count())


async def reserve(ledger: Ledger, pico: int, least: int | None = None, *accounts: Account) -> Any:
    known = None if least is None else lambda: least
    return await ledger.reserve(AUTH, next(ids), "m", pico, accounts or (KEY, USER), 0, known)


def test_calls_that_wait_for_the_same_money_go_on_together(tmp_path: Path) -> None:
    async def work(ledger: Ledger) -> None:
        turns, ended = 0, []

        async def turn() -> None:
            nonlocal turns
            while len(ended) < 40:
                turns += 1
                await asyncio.sleep(0)

        async def call() -> None:
            await reserve(ledger, 1, None, Account("key", "k", 10_000))
            ended.append(turns)

        await asyncio.gather(turn(), *(call() for _ in range(40)))
        assert max(ended) - min(ended) < 10, "none waits for as many turns of the loop as there are calls before it"

    with_ledger(tmp_path, work)


def test_calls_that_cost_less_than_their_estimate_use_a_small_budget_up_and_do_not_pass_it(tmp_path: Path) -> None:
    async def work(ledger: Ledger) -> None:
        at_once, most = 0, 0

        async def call() -> str:
            nonlocal at_once, most
            try:
                reservation = await reserve(ledger, 400, 10)
            except ProxyException as error:
                return str(error.code)
            at_once += 1
            most = max(most, at_once)
            await asyncio.sleep(0.005)
            at_once -= 1
            await reservation.settle({}, 10)
            return "200"

        codes = await asyncio.gather(*(call() for _ in range(20)))
        assert sorted(codes) == ["200"] * 10 + ["422"] * 10
        assert most == 1

    with_ledger(tmp_path, work)


def test_a_call_with_a_limit_waits_for_one_that_holds_the_rest(tmp_path: Path) -> None:
    async def work(ledger: Ledger) -> None:
        first = await reserve(ledger, 400, 10)
        waiting = asyncio.ensure_future(reserve(ledger, 60))
        await asyncio.sleep(0.3)
        assert not waiting.done()
        await first.settle({}, 30)
        await (await waiting).settle({}, 60)
        with pytest.raises(ProxyException, match="Key=k Current cost"):
            await reserve(ledger, 60)

    with_ledger(tmp_path, work)


def test_whoever_waits_too_long_is_refused_and_leaves_nothing_behind(tmp_path: Path) -> None:
    async def work(ledger: Ledger) -> None:
        first = await reserve(ledger, 400, 10)
        with pytest.raises(ProxyException, match="Budget has been exceeded"):
            await reserve(ledger, 400, 10)
        left = asyncio.ensure_future(reserve(ledger, 400, 10))
        await asyncio.sleep(0.05)
        left.cancel()
        with pytest.raises(asyncio.CancelledError):
            await left
        await first.settle({}, 50)
        await (await reserve(ledger, 50)).settle({}, 50)
        assert not ledger._money._turns
        assert not ledger._money._short

    with_ledger(tmp_path, work, wait_s=0.2)


def test_only_what_is_short_is_reserved_in_part(tmp_path: Path) -> None:
    async def work(ledger: Ledger) -> None:
        other = Account("key", "other", 100)
        open_ones = [await reserve(ledger, 400, 1, KEY, USER), await reserve(ledger, 400, 1, other, USER)]
        with pytest.raises(ProxyException, match="User=u"):
            await reserve(ledger, 201, None, USER)
        for one in open_ones:
            await one.settle({}, 1)

    with_ledger(tmp_path, work)


def test_what_such_calls_used_before_has_to_be_left() -> None:
    entry = {"litellm_params": {"model": "x", "input_cost_per_token": 1e-12, "output_cost_per_token": 2e-12}}
    book = PriceBook(lambda _: [entry | {"model_info": {"max_output_tokens": 1000}}], reserved_output_tokens=500)
    body: dict[str, Any] = {"model": "g", "prompt": [1, 2, 3]}
    estimate = book.estimate("g", body)
    assert (estimate.total_pico, book.least(estimate)) == (3 + 2 * 500, 3 + 2)
    book.saw("g", 90)
    book.saw("g", 9)
    assert 3 + 2 * 80 < book.least(estimate) < 3 + 2 * 90
    limited = book.estimate("g", body | {"max_tokens": 5000, "n": 2})
    assert (limited.total_pico, limited.may_be_partial) == (3 + 2 * 1000 * 2, False)


def test_clients_that_set_no_limit_can_use_a_cent_and_do_not_pass_it(tmp_path: Path) -> None:
    config = {
        "model_list": [{"model_name": "m", "litellm_params": {"model": "openai/gpt-4o", "mock_response": "hi"}}],
    }
    body = {"model": "m", "messages": [{"role": "user", "content": "hello"}]}
    with Gateway(tmp_path, config) as gateway, httpx.Client(timeout=60) as client:
        key = gateway.request("POST", "/key/generate", json={"max_budget": 0.01}).json()["key"]

        def call(_: int) -> int:
            headers = {"authorization": f"Bearer {key}"}
            return client.post(f"{gateway.base}/v1/chat/completions", json=body, headers=headers).status_code

        with ThreadPoolExecutor(64) as pool:
            statuses = list(pool.map(call, range(80)))
        spent = gateway.request("GET", "/key/info", params={"key": key}).json()["info"]["spend"]
    assert set(statuses) == {200, 422}
    assert spent == pytest.approx(statuses.count(200) * (10 * 2.5e-6 + 20 * 10e-6), abs=1e-12)
    assert 0.001 < spent <= 0.01, "the first waits for nobody; how many get their turn is a matter of speed"
