"""What the native front does when a provider fails, a client leaves, or the process is killed: nothing is lost."""

from __future__ import annotations

import json
import time
from pathlib import Path

import httpx
import pytest

from tests.proxy.native.conftest import (
    MESSAGES,
    NATIVE,
    PATH,
    ClientOf,
    ask,
    config,
    is_native,
    learned,
    log_of_call,
    log_with,
    logs_of,
    natively,
    spend_of,
)
from tests.support.gateway import Gateway


def asked(provider_url: str, text: str) -> int:
    """How often the provider was asked this."""
    records = httpx.get(f"{provider_url}/_requests").json()
    return sum(text in json.dumps(record["body"]) for record in records)


def test_a_failed_attempt_is_the_first_of_the_routers(native: Gateway, provider_url: str, client_of: ClientOf) -> None:
    client = client_of(native)
    learned(client, "half")
    for number in range(20):
        text = f"attempt {number} of half"
        answer = client.post(PATH, json={"model": "half", "messages": [{"role": "user", "content": text}]})
        assert answer.status_code == 200, answer.text
        assert asked(provider_url, text) in (1, 2)  # never the same deployment twice while another is free
    natively(lambda: ask(client, "half"))


def test_an_error_is_told_as_python_tells_it(native: Gateway, client_of: ClientOf) -> None:
    client = learned(client_of(native), "cut-late")
    body = {"model": "cut-early", "messages": MESSAGES, "stream": True, "num_retries": 0}
    answers = [client.post(PATH, json=body) for _ in range(2)]
    assert all(answer.status_code >= 500 for answer in answers)


def test_a_stream_that_breaks_off_ends_with_an_error_and_is_billed(native: Gateway, client_of: ClientOf) -> None:
    client = learned(client_of(native), "cut-late")
    answer = natively(lambda: ask(client, "cut-late", stream=True))
    last = json.loads(answer.text.split("data: ")[-1])
    assert last["error"]["code"] == "503"
    assert "broke off" in last["error"]["message"]
    broken = log_of_call(native, client, answer.headers["x-litellm-call-id"])
    assert (broken["metadata"]["status"], broken["spend"] > 0) == ("failure", True)
    assert broken["metadata"]["error_information"]["error_class"] == "RemoteProtocolError"


def test_a_client_that_leaves_is_billed_for_what_was_produced(native: Gateway, client_of: ClientOf) -> None:
    client = learned(client_of(native, max_parallel_requests=1), "slow")
    time.sleep(0.5)  # until the key's own making is told of
    learned(client, "slow")
    with client.stream("POST", PATH, json={"model": "slow", "messages": MESSAGES, "stream": True}) as answer:
        assert is_native(answer)
        for _ in zip(range(4), answer.iter_lines(), strict=False):
            pass
    left = log_with(native, client, "client_gone")
    assert left["spend"] > 0
    assert 0 < left["completion_tokens"] < 60
    assert ask(client, "plain").status_code == 200  # its place is free again


def test_what_is_under_way_ends_before_the_gateway_does(provider_url: str, tmp_path: Path, client_of: ClientOf) -> None:
    with Gateway(tmp_path, config(provider_url), env=NATIVE) as gateway:
        client = learned(client_of(gateway), "slow")
        with client.stream("POST", PATH, json={"model": "slow", "messages": MESSAGES, "stream": True}) as answer:
            lines = answer.iter_lines()
            next(lines)
            assert gateway.process is not None
            gateway.process.terminate()
            assert "data: [DONE]" in list(lines)
        assert gateway.process.wait(60) == 0
        gateway.start()
        assert len(logs_of(gateway, client, 2)) == len(logs_of(gateway, client, 2))
        assert not list(tmp_path.rglob("journal-*-a.log"))[1:]


@pytest.mark.parametrize("rounds", [3])
def test_nothing_is_lost_when_the_gateway_is_killed(
    provider_url: str, tmp_path: Path, rounds: int, client_of: ClientOf
) -> None:
    gateway = Gateway(tmp_path, config(provider_url), env=NATIVE)
    answered, client = 0, None
    try:
        for _ in range(rounds):
            gateway.start()
            client = client or client_of(gateway, max_budget=10.0)
            while not is_native(answer := ask(client)):
                answered += answer.status_code == 200
                time.sleep(0.05)
            answered += 1
            for _ in range(20):
                answered += ask(client).status_code == 200
            gateway.kill()
        gateway.start()
        assert client is not None
        rows = logs_of(gateway, client, answered)
        assert len(rows) == answered
        assert all(row["status"] == "success" for row in rows)
        assert spend_of(gateway, client) == pytest.approx(sum(row["spend"] for row in rows))
    finally:
        gateway.kill()
