"""Limits of several gateways in one Redis; priorities; limits that hold only while providers fail."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from litellm.proxy._types import ProxyException, UserAPIKeyAuth
from litellm.proxy.spend_tracking.priorities import Priorities
from litellm.proxy.spend_tracking.rate_limits import RateLimit, RateLimiter

from tests.support.gateway import Gateway
from tests.support.postgres import Postgres
from tests.support.redis import RedisServer

CONFIG: dict[str, Any] = {
    "model_list": [{"model_name": "m", "litellm_params": {"model": "openai/gpt-4o", "mock_response": "hi"}}],
}
BODY = {"model": "m", "messages": [{"role": "user", "content": "hello"}], "max_tokens": 20}


@pytest.fixture(scope="module")
def redis() -> Iterator[RedisServer]:
    with RedisServer() as server:
        yield server


def ask(gateway: Gateway, key: str) -> Any:
    return gateway.request("POST", "/v1/chat/completions", key=key, json=BODY)


def test_two_gateways_share_limits_and_keep_to_themselves_without_redis(
    redis: RedisServer, postgres: Postgres, tmp_path: Path
) -> None:
    url = postgres.database()
    config = CONFIG | {"general_settings": {"coordination_redis": {"url": redis.url}, "rate_limit_share": 0.5}}
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    env = {"DATABASE_URL": url}
    with (
        Gateway(tmp_path / "one", config, env=env) as one,
        Gateway(tmp_path / "two", config, env=env) as two,
        ThreadPoolExecutor(8) as pool,
    ):
        key = one.request("POST", "/key/generate", json={"rpm_limit": 10}).json()["key"]
        answers = list(pool.map(lambda turn: ask((one, two)[turn % 2], key), range(24)))
        assert sorted(answer.status_code for answer in answers) == [200] * 10 + [429] * 14
        assert {answer.headers["x-ratelimit-api_key-limit-requests"] for answer in answers if answer.is_success} == {
            "10"
        }
        assert one.request("GET", "/health/readiness", key=None).json()["redis"] == "connected"
        redis.stop()
        other = one.request("POST", "/key/generate", json={"rpm_limit": 4}).json()["key"]
        codes = [ask(gateway, other).status_code for gateway in (one, one, one, two, two, two)]
        assert codes == [200, 200, 429] * 2, "half of the limit each"
        redis.start()


def entry(**limits: int) -> dict[str, Any]:
    return {"litellm_params": {"model": "x", **limits}}


async def admitted(limiter: RateLimiter, priorities: Priorities, auth: UserAPIKeyAuth, *limits: RateLimit) -> bool:
    found = priorities.limits_of(auth, "m", limits)
    try:
        admission = await limiter.admit(found)
    except ProxyException:
        return False
    priorities.admitted(found, admission.remaining)
    limiter.end(admission, 0)
    return True


async def test_priorities_share_a_model_once_half_of_it_is_used() -> None:
    settings = {"priority_reservation": {"prod": 0.75, "dev": 0.25}}
    priorities, limiter = Priorities(settings, lambda _: [entry(rpm=60), entry(rpm=40)]), RateLimiter()
    prod, dev = (UserAPIKeyAuth(metadata={"priority": name}) for name in ("prod", "dev"))
    taken = [await admitted(limiter, priorities, dev) for _ in range(100)]
    assert taken.count(True) == 50, "what is free may be borrowed, until half is used"
    assert [await admitted(limiter, priorities, prod) for _ in range(60)].count(True) == 50
    assert not await admitted(limiter, priorities, UserAPIKeyAuth())


async def test_a_dynamic_limit_holds_while_the_provider_fails() -> None:
    priorities, limiter = Priorities({}, lambda _: []), RateLimiter()
    auth = UserAPIKeyAuth(metadata={"rpm_limit_type": "dynamic"})
    limit = RateLimit("api_key", "k", "requests", 2)
    assert all([await admitted(limiter, priorities, auth, limit) for _ in range(5)])
    priorities.failed("m")
    assert not await admitted(limiter, priorities, auth, limit)
    assert not await admitted(limiter, priorities, UserAPIKeyAuth(), limit)
