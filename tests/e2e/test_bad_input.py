"""What a user sees when something is wrong: the right status, the right shape, the name of the field."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.e2e.conftest import gateway_config
from tests.support.gateway import Gateway

HELLO: list[Any] = [{"role": "user", "content": "hi"}]


def error_of(gateway: Gateway, expected: int | tuple[int, ...], **kwargs: Any) -> dict[str, Any]:
    """The `error` object of an answer that has one of the expected statuses."""
    answer = gateway.request("POST", kwargs.pop("path", "/v1/chat/completions"), **kwargs)
    assert answer.status_code in ((expected,) if isinstance(expected, int) else expected), answer.text
    error: dict[str, Any] = answer.json()["error"]
    assert set(error) >= {"message", "type", "param", "code"}
    assert "Traceback" not in answer.text
    return error


def test_an_unknown_model_is_named(gateway: Gateway) -> None:
    assert "nobody" in error_of(gateway, (400, 404), json={"model": "nobody", "messages": HELLO})["message"]


def test_a_missing_key_and_a_wrong_key(gateway: Gateway) -> None:
    body = {"model": "gpt", "messages": HELLO}
    error_of(gateway, 401, key=None, json=body)
    message = error_of(gateway, 401, key="sk-not-a-key-of-ours", json=body)["message"]
    assert "sk-not-a-key-of-ours" not in message


def test_malformed_json(gateway: Gateway) -> None:
    assert "JSON" in error_of(gateway, 400, content=b'{"model": "gpt", ')["message"]
    error_of(gateway, 400, content=b"[1, 2]")
    error_of(gateway, 400, content=b"\xff\xfe")


def test_a_body_over_the_limit(gateway: Gateway) -> None:
    error_of(gateway, 413, json={"model": "gpt", "messages": [{"role": "user", "content": "x" * 3_000_000}]})


@pytest.mark.parametrize(
    ("field", "body"),
    [
        ("messages", {"model": "gpt"}),
        ("messages", {"model": "gpt", "messages": "hi"}),
        ("model", {"model": 7, "messages": HELLO}),
        ("model", {"messages": HELLO}),
    ],
)
def test_a_wrong_type_names_the_field(gateway: Gateway, field: str, body: dict[str, Any]) -> None:
    error = error_of(gateway, (400, 422), json=body)
    assert field in error["message"] or error["param"] == field


def test_a_provider_that_is_down_slow_or_broken(gateway: Gateway) -> None:
    error_of(gateway, (500, 502, 503), json={"model": "down", "messages": HELLO})
    error_of(gateway, (408, 504), json={"model": "slow", "messages": HELLO})
    error_of(gateway, (500, 502, 503), json={"model": "broken", "messages": HELLO})
    error_of(gateway, (500, 502, 503), json={"model": "html", "messages": HELLO})
    assert "sk-wrong" not in error_of(gateway, 401, json={"model": "refused", "messages": HELLO})["message"]


def test_a_provider_that_limits_hands_on_its_retry_after(gateway: Gateway) -> None:
    answer = gateway.request("POST", "/v1/chat/completions", json={"model": "limited", "messages": HELLO})
    assert answer.status_code == 429
    assert answer.headers.get("retry-after") == "7"


def test_a_stream_that_breaks_off_ends_with_an_error_event(gateway: Gateway) -> None:
    answer = gateway.request("POST", "/v1/chat/completions", json={"model": "cut", "messages": HELLO, "stream": True})
    assert answer.status_code == 200
    assert '"error"' in answer.text


MODEL = "model_list:\n  - model_name: a\n    litellm_params: {model: openai/gpt-4o}\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (MODEL + "router_settingz: {}\n", ("4", "router_settingz", "router_settings")),
        (MODEL + "general_settings:\n  master_keyy: x\n", ("5", "master_keyy", "master_key")),
        ("model_list:\n  - model_name: a\n", ("2", "litellm_params")),
        ("model_list: {\n", ("1",)),
    ],
)
def test_a_config_error_stops_the_start_with_its_line(tmp_path: Path, text: str, expected: tuple[str, ...]) -> None:
    status, output = Gateway(tmp_path, text).run_to_end()
    assert status != 0
    assert "Traceback" not in output
    for word in ("config.yaml", *expected):
        assert word in output


def test_a_weak_master_key_is_refused_with_the_reason(tmp_path: Path, provider_url: str) -> None:
    status, output = Gateway(tmp_path, gateway_config(provider_url), env={"LITELLM_MASTER_KEY": "sk-1234"}).run_to_end()
    assert status != 0
    assert "LITELLM_MASTER_KEY" in output
    assert "sk-1234" not in output
