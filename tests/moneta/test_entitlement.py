"""What is asked of Lago before a call, and what follows from the answer."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest
from litellm.proxy._types import ProxyException

from tests.moneta.rig import Rig, running, section
from tests.support.lago import LagoProcess

PRIVILEGES = [
    {"code": "m", "value": True}, {"code": "other", "value": False}, {"code": "patterns", "value": "gpt-*, claude-*"},
]  # fmt: skip


async def refusal(rig: Rig, customer: str, **call: str) -> tuple[str, str, str]:
    """(status, code, message) of a call that is refused."""
    with pytest.raises(ProxyException) as refused:
        await rig.call(customer, **call)
    return refused.value.code, getattr(refused.value, "openai_code", ""), refused.value.message


async def test_a_refusal_says_what_is_missing(lago: LagoProcess, tmp_path: Path) -> None:
    features = [{"code": "models", "name": None, "privileges": PRIVILEGES}]
    lago.set(customers={
        "poor": {"credits": "1.5", "entitlements": features},
        "rich": {"credits": "100", "entitlements": features},
        "gone": {"credits": "5", "subscription": "terminated"},
        "walletless": {"entitlements": features},
        "expired": {"credits": "5", "wallet": "terminated", "entitlements": features},
        "other-plan": {"credits": "5", "entitlements": [{"code": "seats", "privileges": PRIVILEGES}]},
    })  # fmt: skip
    async with running(tmp_path, section(lago.base, entitlement={"model_feature": "models"})) as rig:
        status, code, message = await refusal(rig, "poor", may_cost="2")
        assert (status, code) == ("402", "insufficient_credits")
        assert "has 1.500000" in message
        assert "may cost 2.000000" in message
        assert "0.500000 ASKII are missing" in message
        assert (await refusal(rig, "gone"))[:2] == ("402", "no_active_subscription")
        assert (await refusal(rig, "unknown"))[:2] == ("402", "no_active_subscription")
        assert (await refusal(rig, "walletless"))[:2] == ("402", "no_wallet")
        assert (await refusal(rig, "expired"))[:2] == ("402", "no_wallet")
        assert (await refusal(rig, "other-plan"))[:2] == ("402", "model_not_in_plan")
        assert (await refusal(rig, "rich", model="other"))[:2] == ("402", "model_not_in_plan")
        for model in ("m", "gpt-4o", "claude-x"):
            await rig.call("rich", model=model)
        assert (await refusal(rig, ""))[:2] == ("402", "no_billing_account")
        assert rig.moneta.metrics.calls_refused == 8


async def test_sixty_four_clients_do_not_pass_a_balance(lago: LagoProcess, tmp_path: Path) -> None:
    lago.set(customers={"c1": {"credits": "10.05"}})
    answers: Counter[str] = Counter()

    async def client(rig: Rig) -> None:
        for _ in range(4):
            try:
                await rig.call(may_cost="0.1", costs="0.1")
                answers["made"] += 1
            except ProxyException as error:
                answers[error.code] += 1

    async with running(tmp_path, section(lago.base)) as rig:
        await asyncio.gather(*(client(rig) for _ in range(64)))
        assert answers["made"] == 100
        assert answers["402"] == 156
        await asyncio.to_thread(lago.wait_for_events, 100)
    spent = sum(Decimal(event["properties"]["cost_askii"]) for event in lago.events())
    assert spent == Decimal("10.000000")


async def test_two_processes_share_a_balance(lago: LagoProcess, tmp_path: Path) -> None:
    lago.set(customers={"c1": {"credits": "5"}})
    made = 0

    async def client(rig: Rig) -> None:
        nonlocal made
        for _ in range(3):
            with contextlib.suppress(ProxyException):
                await rig.call(may_cost="0.5", costs="0.5")
                made += 1

    async with running(tmp_path, section(lago.base)) as one, running(tmp_path, section(lago.base)) as two:
        await asyncio.gather(*(client(rig) for rig in (one, two) for _ in range(4)))
    assert made == 10


async def test_a_cheaper_call_gives_back_what_it_did_not_use(lago: LagoProcess, tmp_path: Path) -> None:
    lago.set(customers={"c1": {"credits": "1"}})
    async with running(tmp_path, section(lago.base)) as rig:
        for _ in range(9):
            await rig.call(may_cost="0.2", costs="0.1")
        assert (await refusal(rig, "c1", may_cost="0.2"))[1] == "insufficient_credits"
        await rig.call(may_cost="0.1", costs="0.1")
        lago.set(customers={"c1": {"credits": "2"}})  # a top-up is seen before the next refusal
        await rig.call(may_cost="1", costs="0")


async def test_one_question_for_many_calls_and_none_while_the_answer_is_fresh(
    lago: LagoProcess, tmp_path: Path
) -> None:
    async with running(tmp_path, section(lago.base)) as rig:
        lago.set(delay=0.1)
        await asyncio.gather(*(rig.call() for _ in range(20)))
        await rig.call()
        calls = lago.set(delay=0)["calls"]
        assert calls["customers/wallets"] == calls["subscriptions"] == 1


async def test_an_old_answer_is_used_while_lago_is_asked_again(lago: LagoProcess, tmp_path: Path) -> None:
    async with running(tmp_path, section(lago.base, entitlement={"ttl_s": 0.05})) as rig:
        await rig.call()
        await asyncio.sleep(0.1)
        lago.set(customers={}, delay=0.3)
        await asyncio.wait_for(rig.call(), 0.25)
        lago.set(delay=0)
        await asyncio.sleep(0.5)
        assert (await refusal(rig, "c1"))[1] == "no_active_subscription"


@pytest.mark.parametrize(("mode", "unknown"), [("fail_open", "made"), ("fail_closed", "503")])
async def test_when_lago_is_away(lago: LagoProcess, tmp_path: Path, mode: str, unknown: str) -> None:
    settings = section(lago.base, entitlement={"when_unavailable": mode, "ttl_s": 0.01, "stale_s": 0.0})
    lago.set(customers={"c1": {"credits": "2"}})
    async with running(tmp_path, settings) as rig:
        await rig.call()
        lago.set(away=True)
        await asyncio.sleep(0.05)
        try:
            await rig.call("c2")
            answer = "made"
        except ProxyException as error:
            answer = error.code
        assert answer == unknown
        if mode == "fail_open":  # a balance that was known limits on
            await rig.call("c1")
            assert (await refusal(rig, "c1"))[1] == "insufficient_credits"
        report = rig.moneta.readiness()
        assert (report["lago"], report["when_unavailable"]) == ("unavailable", mode)
        counted = rig.moneta.metrics.calls_unchecked if mode == "fail_open" else rig.moneta.metrics.calls_unavailable
        assert counted == 1
        lago.set(away=False)


async def test_a_postpaid_customer_needs_no_wallet(lago: LagoProcess, tmp_path: Path) -> None:
    lago.set(customers={"c1": {}})
    async with running(tmp_path, section(lago.base, entitlement={"without_wallet": "allow"})) as rig:
        await rig.call(may_cost="1000000")


async def test_the_other_profile_reads_the_paths_of_its_own(lago: LagoProcess, tmp_path: Path) -> None:
    lago.set(customers={"c1": {"credits": "2"}})
    async with running(tmp_path, section(lago.base, paths="direct", entitlement={"balance": "balance"})) as rig:
        assert (await refusal(rig, "c1", may_cost="3"))[1] == "insufficient_credits"
        assert await rig.moneta.client.abalance("c1") == Decimal(2)
        assert "customer_usage" in await rig.moneta.client.ausage("c1", "c1")
        calls = lago.set()["calls"]
    assert calls["customers/balance"] >= 1
    assert calls["subscriptions/usage"] == 1
    assert "customers/wallets" not in calls


def test_the_blocking_client_asks_the_same(lago: LagoProcess) -> None:
    from moneta import MonetaClient
    from moneta.events import Event
    from moneta.settings import Settings

    lago.set(customers={"c1": {"credits": "2"}})
    client = MonetaClient(Settings.model_validate(section(lago.base)))
    assert client.check_entitlement("c1", "m", "1.5").allowed
    assert client.check_entitlement("c1", "m", "2.5").code == "insufficient_credits"
    assert client.check_entitlement("nobody", "m", "1").code == "no_active_subscription"
    assert client.balance("c1") == Decimal(2)
    event = Event("t1", "c1", "c1", "llm_usage", "1763700000.000", {"cost_askii": "0.5"}, 500_000)
    assert client.report_usage(event).arrived == [0]
    assert client.report_usage(event).arrived == [0], "taken already, which is as good"
    assert client.balance("c1") == Decimal("1.5")
    assert client.usage("c1", "c1")["customer_usage"]["charges_usage"][0]["units"] == "0.5"
