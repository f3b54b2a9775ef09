"""Budgets that are raised for a while, soft ones that only warn, members of organizations, the whole gateway's."""

from __future__ import annotations

import datetime
import http.server
import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import litellm
import pytest
from hypothesis import given, strategies as st
from litellm.proxy.spend_tracking.accounts import account
from litellm.proxy.spend_tracking.budget_windows import FOREVER, next_reset, reset_offset, window_start

from tests.support.gateway import Gateway

CALL_USD = 10 * 2.5e-6 + 20 * 10e-6
BODY = {"model": "m", "messages": [{"role": "user", "content": "hello"}], "max_tokens": 20}
RESERVED_USD = 20 * 10e-6 + 11 * 2.5e-6


class Hook:
    """A webhook that keeps what it is sent."""

    def __init__(self) -> None:
        received: list[dict[str, Any]] = []
        self.received = received

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                received.append(json.loads(self.rfile.read(int(self.headers["content-length"]))))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}/"


@pytest.fixture(scope="module")
def hook() -> Iterator[Hook]:
    made = Hook()
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture(scope="module")
def gateway(hook: Hook, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    config: dict[str, Any] = {
        "model_list": [{"model_name": "m", "litellm_params": {"model": "openai/gpt-4o", "mock_response": "hi"}}],
        "general_settings": {"alerting": ["webhook"]},
        "litellm_settings": {"max_budget": 1.0, "budget_duration": "2d"},
    }
    folder = tmp_path_factory.mktemp("kinds")
    with Gateway(folder, config, env={"WEBHOOK_URL": hook.url}) as running:
        yield running


def post(gateway: Gateway, path: str, **body: Any) -> Any:
    answer = gateway.request("POST", path, json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


def codes(gateway: Gateway, key: str, calls: int) -> list[int]:
    asked = [gateway.request("POST", "/v1/chat/completions", key=key, json=BODY) for _ in range(calls)]
    return [answer.status_code for answer in asked]


def test_a_soft_budget_warns_once_and_refuses_nothing(gateway: Gateway, hook: Hook) -> None:
    key = post(gateway, "/key/generate", soft_budget=CALL_USD / 2)["key"]
    assert codes(gateway, key, 3) == [200] * 3
    deadline = time.monotonic() + 15
    while not hook.received and time.monotonic() < deadline:
        time.sleep(0.05)
    codes(gateway, key, 1)
    time.sleep(0.5)
    (event,) = [event for event in hook.received if event["event"] == "soft_budget_crossed"]
    assert (event["event_group"], event["soft_budget"]) == ("key", pytest.approx(CALL_USD / 2))
    assert event["spend"] >= CALL_USD * 0.99


def test_a_raise_lasts_until_it_expires(gateway: Gateway) -> None:
    end = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=1)
    raised = {"temp_budget_increase": RESERVED_USD * 2, "temp_budget_expiry": end.isoformat()}
    key = post(gateway, "/key/generate", max_budget=RESERVED_USD)["key"]
    assert codes(gateway, key, 2) == [200, 422]
    post(gateway, "/key/update", key=key, **raised)
    assert codes(gateway, key, 3) == [200, 200, 422]
    late = account(
        "key", "k", 1.0, raise_of={"temp_budget_increase": 5.0, "temp_budget_expiry": "2020-01-01T00:00:00Z"}
    )
    assert late is not None
    assert late.limit_pico == 10**12


def test_a_member_of_an_organization_has_a_budget_of_its_own(gateway: Gateway) -> None:
    organization = post(gateway, "/organization/new", organization_alias="o")["organization_id"]
    user = post(gateway, "/user/new", user_id="member", auto_create_key=False)["user_id"]
    member = {"user_id": user, "role": "internal_user"}
    post(
        gateway, "/organization/member_add", organization_id=organization, member=member,
        max_budget_in_organization=RESERVED_USD,
    )  # fmt: skip
    key = post(gateway, "/key/generate", user_id=user, organization_id=organization)["key"]
    answers = codes(gateway, key, 2)
    assert answers == [200, 422]


def test_the_gateway_has_a_budget_of_its_own(tmp_path: Path) -> None:
    config: dict[str, Any] = {
        "model_list": [{"model_name": "m", "litellm_params": {"model": "openai/gpt-4o", "mock_response": "hi"}}],
        "litellm_settings": {"max_budget": RESERVED_USD},
    }
    with Gateway(tmp_path, config) as gateway:
        key = post(gateway, "/key/generate")["key"]
        assert codes(gateway, key, 2) == [200, 422]
        assert "proxy litellm-proxy-budget" in gateway.request("POST", "/v1/chat/completions", json=BODY).text


moments = st.datetimes(datetime.datetime(1990, 1, 1), datetime.datetime(2080, 1, 1))
durations = st.tuples(st.integers(1, 60), st.sampled_from(["s", "m", "h", "d", "w", "mo"])).map(
    lambda p: f"{p[0]}{p[1]}"
)


@given(moments, durations)
def test_a_window_has_begun_and_stays_the_same_for_its_length(now: datetime.datetime, duration: str) -> None:
    start = window_start(now, duration)
    assert start <= now < next_reset(now, duration)
    assert window_start(start, duration) == start


@pytest.mark.parametrize(
    ("duration", "start", "end"),
    [
        ("1d", "2026-03-14T17:00", "2026-03-15T17:00"),
        ("7d", "2026-03-08T17:00", "2026-03-15T17:00"),
        ("1mo", "2026-02-28T17:00", "2026-03-31T17:00"),
        ("1h", "2026-03-14T18:00", "2026-03-14T19:00"),
        (FOREVER, "1970-01-01T00:00", ""),
    ],
)
def test_days_end_where_the_operator_is(monkeypatch: pytest.MonkeyPatch, duration: str, start: str, end: str) -> None:
    monkeypatch.setattr(litellm, "timezone", "Asia/Bangkok", raising=False)  # seven hours ahead
    now = datetime.datetime(2026, 3, 14, 18, 30)
    assert window_start(now, duration).isoformat(timespec="minutes") == start
    if duration != FOREVER:
        assert next_reset(now, duration).isoformat(timespec="minutes") == end


@given(moments, durations, st.times().map(lambda time: time.strftime("%H:%M:%S")))
def test_days_begin_when_the_operator_says(now: datetime.datetime, duration: str, time: str) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(litellm, "budget_reset_time", time, raising=False)
        start, end = window_start(now, duration), next_reset(now, duration)
        assert start <= now < end
        assert window_start(start, duration) == start
        if duration in ("1d", "7d", "1mo"):
            assert {start.strftime("%H:%M:%S"), end.strftime("%H:%M:%S")} == {time}
    for wrong in ("25:00", "noon", 720):
        with pytest.raises(ValueError, match="a time of the day"):
            reset_offset(wrong)  # type: ignore[arg-type]


def test_windows_that_the_calendar_does_not_have_last_as_long_as_they_say() -> None:
    days = [datetime.datetime(2026, 1, 1) + datetime.timedelta(days=number) for number in range(60)]
    for duration, most in (("2d", 2), ("14d", 14), ("2w", 14)):
        starts = [window_start(day, duration) for day in days]
        assert max(starts.count(start) for start in starts) == most
    assert len({window_start(datetime.datetime(2026, month, 1), "3mo") for month in range(1, 13)}) == 4
