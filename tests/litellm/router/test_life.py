"""Deployments that come, change and go while the router is in use."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from litellm import Router
from litellm.types.router import Deployment, LiteLLM_Params

from tests.litellm.router.support import MESSAGES, asked, deployment
from tests.litellm.router.test_selection import picked, row


def test_add_upsert_and_delete() -> None:
    router = Router(model_list=[row("chat", "a")])
    added = router.add_deployment(
        Deployment(model_name="chat", litellm_params=LiteLLM_Params(model="openai/x"), model_info={"id": "b"})
    )
    assert added is not None
    assert router.add_deployment(row("chat", "b")) is None
    assert router.upsert_deployment(row("other", "b")) is not None
    assert router.upsert_deployment(row("other", "b")) is None
    assert router.get_model_ids("chat") == ["a"]
    assert router.model_names == {"chat", "other"}
    removed = router.delete_deployment("b")
    assert removed is not None
    assert removed.model_name == "other"
    assert router.delete_deployment("b") is None
    assert router.model_names == {"chat"}


def test_ids_are_upstreams_hash_of_the_parameters() -> None:
    params = {"model": "openai/gpt-4o", "api_key": "k", "temperature": 0.2, "weight": 2, "rpm": 10}
    router = Router(model_list=[{"model_name": "g", "litellm_params": params}])
    assert router.get_model_ids() == ["b7b31c66a72f943b826f744c7f4c86ac98a0ac5b5f5dffad2006a8f10a2af0aa"]


async def test_a_new_list_keeps_the_state_of_those_that_stay(base: str) -> None:
    rows = [deployment(base, "chat", "a", "status=429"), deployment(base, "chat", "b")]
    router = Router(model_list=rows, cooldown_time=30)
    for _ in range(5):
        await router.acompletion("chat", MESSAGES)
    router.set_model_list([*rows, deployment(base, "chat", "c")])
    before = len(asked(base))
    for _ in range(20):
        await router.acompletion("chat", MESSAGES)
    later = asked(base)[before:]
    assert "c" in later
    if "a" in asked(base)[:before]:
        assert "a" not in later


def test_an_invalid_list_changes_nothing() -> None:
    router = Router(model_list=[row("chat", "a")])
    with pytest.raises(ValueError, match="model_name"):
        router.set_model_list([row("chat", "b"), {"litellm_params": {"model": "m"}}])
    assert router.get_model_ids() == ["a"]
    lenient = Router(model_list=[row("chat", "b"), {"litellm_params": {"model": "m"}}], ignore_invalid_deployments=True)
    assert lenient.get_model_ids() == ["b"]


def test_an_environment_reference_is_resolved(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROUTER_TEST_KEY", "secret")
    router = Router(model_list=[row("chat", "a", api_key="os.environ/ROUTER_TEST_KEY")])
    assert router.model_list[0]["litellm_params"]["api_key"] == "secret"


def test_a_row_may_be_for_another_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [row("chat", "a", model_info={"supported_environments": ["production"]}), row("chat", "b")]
    monkeypatch.setenv("LITELLM_ENVIRONMENT", "staging")
    assert Router(model_list=rows).get_model_ids() == ["b"]
    monkeypatch.setenv("LITELLM_ENVIRONMENT", "production")
    assert Router(model_list=rows).get_model_ids() == ["a", "b"]


async def test_removal_during_a_call_is_harmless(base: str) -> None:
    router = Router(model_list=[deployment(base, "chat", "a", "delay=0.2")])
    call = asyncio.ensure_future(router.acompletion("chat", MESSAGES))
    await asyncio.sleep(0.05)
    router.delete_deployment("a")
    assert (await call)._hidden_params["model_id"] == "a"


def test_ten_thousand_deployments() -> None:
    router = Router(model_list=[row("chat", f"d{index}") for index in range(10_000)])
    assert len(router.get_model_ids()) == 10_000
    assert len(picked(router, "chat", 200)) > 100


def test_settings_are_attributes_and_change_at_run_time() -> None:
    router = Router(model_list=[row("chat", "a")], num_retries=1, allowed_fails=7)
    assert (router.num_retries, router.allowed_fails, router.cooldown_time) == (1, 7, 5)
    router.update_settings(num_retries=4, routing_strategy="least-busy", cooldown_time=9)
    assert (router.num_retries, router.routing_strategy, router.cooldown_time) == (4, "least-busy", 9)
    with pytest.raises(ValueError, match="nope"):
        router.update_settings(routing_strategy="nope")
    assert router.get_settings()["num_retries"] == 4


def test_discard_leaves_nothing() -> None:
    router = Router(model_list=[row("chat", "a")])
    router.discard()
    assert router.model_list == []


async def test_batches_gather_answers_and_errors() -> None:
    router = Router(
        model_list=[row("a", "a"), row("b", "b", mock_response="litellm.InternalServerError")], num_retries=0
    )
    one, other = await router.abatch_completion(["a", "b"], MESSAGES)
    assert one.choices[0].message.content == "from a"
    assert isinstance(other, Exception)
    fastest = await router.abatch_completion_fastest_response("a, b", MESSAGES)
    assert fastest._hidden_params["model_id"] == "a"
    several = await router.abatch_completion_one_model_multiple_requests("a", [MESSAGES, MESSAGES])
    assert [answer._hidden_params["model_id"] for answer in several] == ["a", "a"]


async def test_the_most_urgent_goes_first(base: str) -> None:
    router = Router(model_list=[deployment(base, "chat", "a", "delay=0.05", max_parallel_requests=1)], num_retries=0)
    finished: list[int] = []

    async def call(priority: int) -> None:
        await router.schedule_acompletion("chat", MESSAGES, priority=priority)
        finished.append(priority)

    first = asyncio.ensure_future(call(0))
    await asyncio.sleep(0.02)
    await asyncio.gather(*(call(priority) for priority in (9, 3, 5)))
    await first
    assert finished == [0, 3, 5, 9]


async def test_metadata_tells_callbacks_where_the_call_went() -> None:
    seen: dict[str, Any] = {}

    async def spy(**kwargs: Any) -> Any:
        seen.update(kwargs)
        return {"choices": []}

    router = Router(
        model_list=[row("chat", "a", rpm=5, weight=2)], default_litellm_params={"max_tokens": 3, "metadata": {"z": 1}}
    )
    router._sdk = lambda name: spy  # type: ignore[method-assign]
    own = {"u": 1}
    await router.acompletion("chat", MESSAGES, metadata=own, top_p=0.1)
    metadata = seen["metadata"]
    expected = {"model_group": "chat", "deployment": "openai/gpt-4o", "u": 1, "z": 1, "model_group_size": 1}
    assert {key: metadata[key] for key in expected} == expected
    assert seen["model_info"]["id"] == metadata["model_info"]["id"] == "a"
    assert (seen["max_tokens"], seen["top_p"]) == (3, 0.1)
    assert own == {"u": 1}
    assert not {"rpm", "weight", "num_retries"} & seen.keys()


async def test_a_scheduled_call_keeps_its_arguments() -> None:
    seen: dict[str, Any] = {}

    async def spy(**kwargs: Any) -> Any:
        seen.update(kwargs)
        return {"choices": []}

    router = Router(model_list=[row("chat", "a")])
    router._sdk = lambda name: spy  # type: ignore[method-assign]
    await router.schedule_acompletion("chat", MESSAGES, priority=3, temperature=0, logprobs=False)
    assert (seen["temperature"], seen["logprobs"]) == (0, False)
