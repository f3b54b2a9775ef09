"""Retries, fallbacks and cooldown: who is asked, how often, and what the caller is told."""

from __future__ import annotations

import asyncio
from typing import Any

import litellm
import pytest
from litellm import Router

from tests.litellm.router.support import MESSAGES, asked, deployment, until

# status, attempts on a group of one, attempts on a group of two, ids cooling afterwards (of one, of two)
RULES = [
    (400, 1, 1, 0, 0),
    (401, 1, 2, 1, 2),
    (404, 1, 1, 1, 1),
    (429, 3, 2, 0, 2),
    (500, 3, 3, 0, 0),
    (503, 3, 3, 0, 0),
]

pytestmark = pytest.mark.usefixtures("routing_core")


async def call(router: Router, mode: str, model: str = "chat", **kwargs: Any) -> Any:
    """Call the router, blocking in a thread or on the loop."""
    if mode == "async":
        return await router.acompletion(model, MESSAGES, **kwargs)
    return await asyncio.to_thread(router.completion, model, MESSAGES, **kwargs)


@pytest.mark.parametrize("mode", ["sync", "async"])
@pytest.mark.parametrize(("status", "alone", "paired", "cool_alone", "cool_paired"), RULES)
async def test_attempts_and_cooldown_by_status(
    base: str, mode: str, status: int, alone: int, paired: int, cool_alone: int, cool_paired: int
) -> None:
    for size, attempts, cooling in ((1, alone, cool_alone), (2, paired, cool_paired)):
        before = len(asked(base))
        rows = [deployment(base, "chat", f"d{index}", f"status={status}") for index in range(size)]
        router = Router(model_list=rows, num_retries=2, cooldown_time=30)
        with pytest.raises(litellm.exceptions.APIError if status == 0 else Exception) as caught:
            await call(router, mode)
        assert caught.value.status_code == status  # type: ignore[attr-defined]
        assert len(asked(base)) - before == attempts
        healthy, everyone = router._get_healthy_deployments("chat")
        assert len(everyone) - len(healthy) == cooling


@pytest.mark.parametrize("mode", ["sync", "async"])
async def test_a_retry_goes_to_a_deployment_that_did_not_fail(base: str, mode: str) -> None:
    rows = [deployment(base, "chat", "bad", "status=500"), deployment(base, "chat", "good")]
    router = Router(model_list=rows, num_retries=1)
    for _ in range(10):
        await call(router, mode)
    requests = asked(base)
    assert requests.count("good") == 10
    assert requests.count("bad") <= 10


@pytest.mark.parametrize("mode", ["sync", "async"])
async def test_fallbacks_are_tried_in_order_and_the_first_error_is_raised(base: str, mode: str) -> None:
    rows = [
        deployment(base, "chat", "a", "status=500"),
        deployment(base, "second", "b", "status=503"),
        deployment(base, "third", "c", "status=429"),
    ]
    router = Router(model_list=rows, num_retries=0, fallbacks=[{"chat": ["second", "third"]}])
    with pytest.raises(litellm.InternalServerError) as caught:
        await call(router, mode)
    assert asked(base) == ["a", "b", "c"]
    for tried in ("chat (a)", "second (b)", "third (c)"):
        assert tried in str(caught.value)


@pytest.mark.parametrize("mode", ["sync", "async"])
async def test_a_fallback_answers_and_says_so(base: str, mode: str) -> None:
    rows = [deployment(base, "chat", "a", "status=500"), deployment(base, "spare", "b")]
    router = Router(model_list=rows, num_retries=0, default_fallbacks=["spare"])
    response = await call(router, mode)
    assert response._hidden_params["model_id"] == "b"
    headers = response._hidden_params["additional_headers"]
    assert headers["x-litellm-model-group"] == "spare"
    assert headers["x-litellm-attempted-fallbacks"] == 1


async def test_a_circle_of_fallbacks_ends(base: str) -> None:
    rows = [deployment(base, "a", "a", "status=500"), deployment(base, "b", "b", "status=500")]
    router = Router(model_list=rows, num_retries=0, fallbacks=[{"a": ["b"]}, {"b": ["a"]}])
    with pytest.raises(litellm.InternalServerError):
        await router.acompletion("a", MESSAGES)
    assert asked(base) == ["a", "b"]


async def test_fallbacks_that_change_the_request_are_each_tried_once(base: str) -> None:
    rows = [deployment(base, name, name, "status=500") for name in ("a", "b")]
    router = Router(model_list=rows, num_retries=1)
    own = [{"model": "b", "temperature": 0.1}, {"model": "b", "temperature": 0.2}, {"model": "a", "temperature": 0.3}]
    with pytest.raises(litellm.InternalServerError):
        await router.acompletion("a", MESSAGES, fallbacks=own)
    assert sorted(asked(base)) == ["a"] * 4 + ["b"] * 4


async def test_max_fallbacks_bounds_a_chain(base: str) -> None:
    rows = [deployment(base, f"g{index}", f"d{index}", "status=500") for index in range(6)]
    chain = [{f"g{index}": [f"g{index + 1}"]} for index in range(5)]
    router = Router(model_list=rows, num_retries=0, fallbacks=chain, max_fallbacks=2)
    with pytest.raises(litellm.InternalServerError):
        await router.acompletion("g0", MESSAGES)
    assert asked(base) == ["d0", "d1", "d2"]


async def test_a_request_brings_its_own_fallbacks(base: str) -> None:
    rows = [deployment(base, "chat", "a", "status=500"), deployment(base, "spare", "b")]
    router = Router(model_list=rows, num_retries=0)
    response = await router.acompletion("chat", MESSAGES, fallbacks=["spare"])
    assert response._hidden_params["model_id"] == "b"
    with pytest.raises(litellm.InternalServerError):
        await router.acompletion("chat", MESSAGES, fallbacks=["spare"], disable_fallbacks=True)


async def test_retry_policy_by_error_class_and_group(base: str) -> None:
    rows = [deployment(base, "chat", "a", "status=400"), deployment(base, "other", "b", "status=400")]
    policies = {"other": litellm.types.router.RetryPolicy(BadRequestErrorRetries=3)}
    router = Router(
        model_list=rows, retry_policy={"BadRequestErrorRetries": 1}, model_group_retry_policy=policies, num_retries=0
    )
    for group in ("chat", "other"):
        with pytest.raises(litellm.BadRequestError):
            await router.acompletion(group, MESSAGES)
    assert asked(base) == ["a"] * 2 + ["b"] * 4


async def test_retry_after_is_obeyed(base: str) -> None:
    rows = [deployment(base, "chat", "a", "status=429,retry_after=0.3")]
    router = Router(model_list=rows, num_retries=1)
    started = asyncio.get_running_loop().time()
    with pytest.raises(litellm.RateLimitError):
        await router.acompletion("chat", MESSAGES)
    assert asyncio.get_running_loop().time() - started >= 0.3


async def test_allowed_fails_then_cooldown_then_recovery(base: str) -> None:
    rows = [deployment(base, "chat", "a", "status=500", order=1), deployment(base, "chat", "b", order=2)]
    router = Router(model_list=rows, num_retries=0, allowed_fails=1, cooldown_time=0.5)
    for _ in range(4):
        await router.acompletion("chat", MESSAGES)
    assert asked(base) == ["a", "b", "a", "b", "b", "b"]
    await asyncio.sleep(0.6)
    await router.acompletion("chat", MESSAGES)
    assert asked(base)[-2:] == ["a", "b"]


async def test_everything_cooling_down_says_when_to_come_back(base: str) -> None:
    rows = [deployment(base, "chat", name, "status=429") for name in ("a", "b")]
    router = Router(model_list=rows, num_retries=2, cooldown_time=30)
    with pytest.raises(litellm.RateLimitError):
        await router.acompletion("chat", MESSAGES)
    with pytest.raises(ValueError, match="Try again in") as caught:
        await router.acompletion("chat", MESSAGES)
    assert 0 < caught.value.cooldown_time <= 30  # type: ignore[attr-defined]
    assert len(asked(base)) == 2


@pytest.mark.parametrize("mode", ["sync", "async"])
async def test_a_slow_deployment_times_out(base: str, mode: str) -> None:
    rows = [deployment(base, "chat", "slow", "delay=5", timeout=0.2), deployment(base, "spare", "fast")]
    router = Router(model_list=rows, num_retries=0, fallbacks=[{"chat": ["spare"]}])
    response = await call(router, mode)
    assert response._hidden_params["model_id"] == "fast"


@pytest.mark.parametrize("mode", ["sync", "async"])
async def test_a_stream_that_breaks_before_its_first_token_falls_back(base: str, mode: str) -> None:
    rows = [deployment(base, "chat", "a", "cut=1"), deployment(base, "spare", "b")]
    router = Router(model_list=rows, num_retries=0, fallbacks=[{"chat": ["spare"]}])
    stream = await call(router, mode, stream=True)
    if mode == "async":
        chunks = [chunk async for chunk in stream]
    else:
        chunks = await asyncio.to_thread(list, stream)
    assert asked(base) == ["a", "b"]
    assert len({chunk.id for chunk in chunks}) == 1
    assert router.fail_calls["a"] == router.success_calls["b"] == 1


async def test_a_stream_that_breaks_later_is_not_sent_again(base: str) -> None:
    rows = [deployment(base, "chat", "a", "cut=4,words=20"), deployment(base, "spare", "b")]
    router = Router(model_list=rows, num_retries=2, fallbacks=[{"chat": ["spare"]}])
    stream = await router.acompletion("chat", MESSAGES, stream=True)
    with pytest.raises(Exception):  # noqa: B017, PT011 - the SDK's own class for a broken stream
        async for _ in stream:
            pass
    assert asked(base) == ["a"]
    assert router.fail_calls["a"] == 1


async def test_parallel_requests_wait_for_a_slot(base: str) -> None:
    rows = [deployment(base, "chat", "a", "delay=0.05", max_parallel_requests=2)]
    router = Router(model_list=rows, num_retries=0)
    started = asyncio.get_running_loop().time()
    await asyncio.gather(*(router.acompletion("chat", MESSAGES) for _ in range(6)))
    assert asyncio.get_running_loop().time() - started >= 0.15


@pytest.mark.parametrize("again", [False, True], ids=["first", "later"])
async def test_a_caller_that_leaves_frees_the_deployment(base: str, again: bool) -> None:
    rows = [deployment(base, "chat", "a", "delay=5", max_parallel_requests=1)]
    router = Router(model_list=rows, num_retries=0)
    if again:
        router.get_available_deployment("chat", MESSAGES)
    call = asyncio.ensure_future(router.acompletion("chat", MESSAGES))
    await until(lambda: router.total_calls["a"] == 1)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    assert router.get_available_deployment("chat")["model_info"]["id"] == "a"
