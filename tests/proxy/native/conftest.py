"""A gateway with its native front."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from typing import Any, Protocol, TypeVar

import httpx
import pytest

from tests.e2e.conftest import deployment
from tests.support.gateway import TLS, Gateway
from tests.support.scripted import Scripted, running as scripted_provider

MESSAGES = [{"role": "user", "content": "Hello there"}]
PATH = "/v1/chat/completions"
NATIVE = {"LITELLM_RUST_GATEWAY": "on"}
IN_PYTHON = {"cookie": "a=b"}
"""A header that the front does not read, and that nobody is shown."""


def config(provider_url: str) -> dict[str, Any]:
    """Model groups of every temper."""
    tempers = {
        "plain": "", "slow": "/~chunk_delay=0.05,words=100", "cut-early": "/~cut=1", "cut-late": "/~cut=4,words=9",
        "no-usage": "/~no_usage", "busy": "/~delay=0.3",
    }  # fmt: skip
    models = [deployment(name, f"{provider_url}{temper}") for name, temper in tempers.items()]
    models += [deployment("half", provider_url), deployment("half", f"{provider_url}/~status=500")]
    return {"model_list": models, "router_settings": {"num_retries": 3}}


@pytest.fixture(scope="session")
def script() -> Iterator[Scripted]:
    """The provider of the model `scripted`."""
    with scripted_provider() as script:
        yield script


@pytest.fixture(scope="session")
def native(provider_url: str, script: Scripted, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    """A running gateway."""
    settings = config(provider_url)
    settings["model_list"].append(deployment("scripted", script.base, model="openai/gpt-4o-mini-search-preview"))
    with Gateway(tmp_path_factory.mktemp("native"), settings, env=NATIVE) as running:
        yield running


ClientOf = Callable[..., httpx.Client]


@pytest.fixture
def client_of() -> Iterator[ClientOf]:
    """Makes clients of a gateway, each with a fresh key of the limits that it is given."""
    with contextlib.ExitStack() as stack:
        yield lambda gateway, **limits: stack.enter_context(_client(gateway, limits))


def _client(gateway: Gateway, limits: dict[str, Any]) -> httpx.Client:
    made = gateway.request("POST", "/key/generate", json=limits)
    assert made.status_code == 200, made.text
    headers = {"authorization": f"Bearer {made.json()['key']}"}
    return httpx.Client(base_url=gateway.base, headers=headers, timeout=30, verify=TLS)


class _Headed(Protocol):
    headers: Any


Answer = TypeVar("Answer", bound=_Headed)


def is_native(answer: _Headed) -> bool:
    """Whether Rust gave an answer."""
    return answer.headers.get("x-litellm-served-by") == "rust"


def ask(client: httpx.Client, model: str = "plain", **body: Any) -> httpx.Response:
    """One request, answered by whoever takes it."""
    return client.post(PATH, json={"model": model, "messages": MESSAGES, **body})


def natively(send: Callable[[], Answer]) -> Answer:
    """The first answer that Rust gives. A plan is made after a request, and made anew after each change of the key,
    of which the database tells a moment later.
    """
    for _ in range(300):
        answer = send()
        if is_native(answer):
            return answer
        time.sleep(0.05)
    raise AssertionError("never answered natively")


def learned(client: httpx.Client, model: str = "plain") -> httpx.Client:
    """The client, once its requests to `model` are answered natively."""
    natively(lambda: ask(client, model, max_tokens=1))
    return client


def log_with(gateway: Gateway, client: httpx.Client, status: str) -> dict[str, Any]:
    """The key's log of a request that ended so, once it is there."""
    return _found(gateway, client, lambda row: row["metadata"]["status"] == status)


def log_of_call(gateway: Gateway, client: httpx.Client, call_id: str) -> dict[str, Any]:
    """The key's log of the request with this id, once it is there."""
    return _found(gateway, client, lambda row: row["litellm_call_id"] == call_id)


def _found(gateway: Gateway, client: httpx.Client, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    for _ in range(300):
        found = next(filter(wanted, logs_of(gateway, client, 1)), None)
        if found is not None:
            return found
        time.sleep(0.05)
    raise AssertionError("no such log")


def logs_of(gateway: Gateway, client: httpx.Client, count: int) -> list[dict[str, Any]]:
    """The key's logs of spend, once there are so many."""
    key = client.headers["authorization"].removeprefix("Bearer ")
    for _ in range(300):
        rows: list[dict[str, Any]] = gateway.request("GET", f"/spend/logs?api_key={key}").json()
        if len(rows) >= count:
            return rows
        time.sleep(0.05)
    raise AssertionError(f"{len(rows)} logs of {count}")


def spend_of(gateway: Gateway, client: httpx.Client) -> float:
    """What the database says that the key has spent, in USD."""
    key = client.headers["authorization"].removeprefix("Bearer ")
    return float(gateway.request("GET", f"/key/info?key={key}").json()["info"]["spend"])
