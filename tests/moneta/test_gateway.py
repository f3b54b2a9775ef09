"""A gateway that bills, asked over HTTP."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path
from typing import Any

import anthropic
import jwt
import openai
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.e2e.conftest import deployment
from tests.moneta.conftest import MODELS, ask, config
from tests.support.gateway import MASTER_KEY, Gateway
from tests.support.lago import API_KEY, KEY_FILE, LagoProcess


@pytest.fixture(scope="module")
def lago(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LagoProcess]:
    """A stand-in for all tests here: each has customers of its own."""
    with LagoProcess(tmp_path_factory.mktemp("lago")) as running:
        running.set(customers={
            "c1": {"credits": "1000"}, "poor": {"credits": "0.01"}, "many": {"credits": "2.25"},
            "hooked": {"credits": "1000"}, "thinker": {"credits": "1000"}, "team-7": {"credits": "1000"},
        })  # fmt: skip
        yield running


@pytest.fixture(scope="module")
def gateway(lago: LagoProcess, provider_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    """A gateway whose dollar is worth 100 ASKII."""
    currency = {"rates": [{"from": "2026-01-01", "per_usd": 100}]}
    entitlement = {"balance_lag_s": 0.0, "refusal_ttl_s": 0.1}
    settings = config(lago, currency=currency, entitlement=entitlement)
    settings["model_list"] = [*MODELS, deployment("thinks", provider_url, model="openai/gpt-5-mini")]
    with Gateway(tmp_path_factory.mktemp("gateway"), settings) as running:
        yield running


def of(lago: LagoProcess, subscription: str, count: int = 1) -> list[dict[str, Any]]:
    """The events of a subscription, once there are so many."""
    deadline = time.monotonic() + 15
    while True:
        found = [event for event in lago.events() if event["external_subscription_id"] == subscription]
        if len(found) >= count or time.monotonic() > deadline:
            return found
        time.sleep(0.05)


def test_a_call_becomes_an_event(gateway: Gateway, lago: LagoProcess) -> None:
    assert ask(gateway, "c1").status_code == 200
    (event,) = of(lago, "c1")
    properties = event["properties"]
    assert (event["code"], properties["model_group"], properties["status"]) == ("llm_usage", "m", "success")
    assert (properties["cost_usd"], properties["cost_askii"]) == ("0.000225", "0.022500")
    assert (properties["prompt_tokens"], properties["completion_tokens"]) == (10, 20)
    assert properties["end_user_id"] == "c1"
    assert abs(float(event["timestamp"]) - time.time()) < 60
    (row,) = gateway.request("GET", "/spend/logs", params={"request_id": event["transaction_id"]}).json()
    assert row["metadata"]["billing"]["customer"] == "c1"


def test_cached_and_reasoning_tokens_reach_the_log_and_the_event(gateway: Gateway, lago: LagoProcess) -> None:
    for streamed in (False, True):
        body = {"model": "thinks", "reasoning_effort": "low", "stream": streamed}
        assert ask(gateway, "thinker", body=body).status_code == 200
    answer = gateway.request("POST", "/v1/responses", json={"model": "thinks", "input": "hi", "user": "thinker"})
    assert answer.status_code == 200, answer.text
    events = of(lago, "thinker", 3)
    tokens = sorted((event["properties"]["cached_tokens"], event["properties"]["reasoning_tokens"]) for event in events)
    assert tokens == [(1, 1), (1, 1), (2, 3)]
    chat = next(event for event in events if event["properties"]["reasoning_tokens"] == 1)  # they come in any order
    (row,) = gateway.request("GET", "/spend/logs", params={"request_id": chat["transaction_id"]}).json()
    assert row["metadata"]["usage_object"]["completion_tokens_details"] == {"reasoning_tokens": 1}
    assert row["metadata"]["usage_object"]["prompt_tokens_details"] == {"cached_tokens": 1}


def test_refusals_in_both_shapes(gateway: Gateway) -> None:
    body = {"model": "m", "messages": [{"role": "user", "content": "hello"}], "max_tokens": 20}
    with (
        openai.OpenAI(base_url=f"{gateway.base}/v1", api_key=MASTER_KEY, max_retries=0) as client,
        pytest.raises(openai.APIStatusError) as refused,
    ):
        client.chat.completions.create(**body, user="poor")  # type: ignore[call-overload]
    assert refused.value.status_code == 402
    assert (refused.value.type, refused.value.code) == ("insufficient_quota", "insufficient_credits")
    assert "has 0.010000" in str(refused.value)
    with (
        anthropic.Anthropic(base_url=gateway.base, api_key=MASTER_KEY, max_retries=0) as client2,
        pytest.raises(anthropic.APIStatusError) as refused2,
    ):
        client2.messages.create(**body, metadata={"user_id": "poor"})  # type: ignore[call-overload]
    assert refused2.value.status_code == 402
    assert refused2.value.body["error"]["type"] == "billing_error"  # type: ignore[index,call-overload]
    nobody = ask(gateway, None)
    assert (nobody.status_code, nobody.json()["error"]["code"]) == (402, "no_billing_account")


def test_sixty_four_clients_do_not_pass_a_balance(gateway: Gateway, lago: LagoProcess) -> None:
    with ThreadPoolExecutor(64) as clients:
        statuses = list(clients.map(lambda _: ask(gateway, "many").status_code, range(160)))
    assert statuses.count(200) == 100, "2.25 ASKII are 100 calls of 0.0225"
    assert statuses.count(402) == 60
    assert sum(Decimal(event["properties"]["cost_askii"]) for event in of(lago, "many", 100)) == Decimal("2.25")


def test_usage_balance_metrics_and_readiness(gateway: Gateway) -> None:
    balance = gateway.request("GET", "/moneta/balance", params={"end_user_id": "poor"}).json()
    assert balance == {"customer": "poor", "currency": "ASKII", "balance": "0.010000"}
    usage = gateway.request("GET", "/moneta/usage", params={"end_user_id": "poor"}).json()
    assert usage["customer_usage"]["charges_usage"][0]["billable_metric"]["code"] == "llm_usage"
    assert gateway.request("GET", "/moneta/balance", params={"end_user_id": "nobody"}).status_code == 404
    assert gateway.request("GET", "/moneta/balance", key=None).status_code == 401
    assert "litellm_moneta_lago_up 1" in gateway.request("GET", "/moneta/metrics").text
    ready = gateway.request("GET", "/health/readiness").json()
    assert (ready["status"], ready["billing"]["lago"]) == ("healthy", "connected")


def test_metadata_of_a_key_names_the_customer(gateway: Gateway, lago: LagoProcess) -> None:
    metadata = {"lago_customer_id": "team-7", "lago_subscription_id": "sub-7"}
    lago_customers = {"team-7": {"credits": "1000"}, "sub-7": {}}
    lago.set(customers=json.loads((lago.folder / "control.json").read_text())["customers"] | lago_customers)
    key = gateway.request("POST", "/key/generate", json={"metadata": metadata}).json()["key"]
    assert ask(gateway, None, key=key).status_code == 200
    assert len(of(lago, "sub-7")) == 1
    assert gateway.request("GET", "/moneta/balance", key=key).json()["customer"] == "team-7"
    others = gateway.request("GET", "/moneta/balance", key=key, params={"end_user_id": "c1"})
    assert others.status_code == 403
    assert gateway.request("GET", "/moneta/metrics", key=key).status_code in (401, 403)


class Signer:
    """Signs webhooks as Lago does, with a key that the stand-in publishes."""

    def __init__(self, lago: LagoProcess) -> None:
        self._key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        form = serialization.PublicFormat.SubjectPublicKeyInfo
        public = self._key.public_key().public_bytes(serialization.Encoding.PEM, form)
        (lago.folder / KEY_FILE).write_bytes(public)
        self._issuer = lago.base

    def jwt(self, body: str, **claims: Any) -> dict[str, str]:
        token = jwt.encode({"data": body, "iss": self._issuer} | claims, self._key, algorithm="RS256")
        return {"x-lago-signature": token, "x-lago-signature-algorithm": "jwt"}


def signed_hmac(body: str, key: str = API_KEY) -> dict[str, str]:
    digest = hmac.new(key.encode(), body.encode(), hashlib.sha256).digest()
    return {"x-lago-signature": base64.b64encode(digest).decode(), "x-lago-signature-algorithm": "hmac"}


def test_webhooks(gateway: Gateway, lago: LagoProcess) -> None:
    signer = Signer(lago)

    def post(body: str, headers: dict[str, str], unique: str) -> int:
        headers = headers | {"x-lago-unique-key": unique}
        return gateway.request("POST", "/moneta/webhook", key=None, content=body, headers=headers).status_code

    ended = {"external_id": "hooked", "customer": {"external_id": "hooked"}, "status": "terminated"}
    body = json.dumps({
        "webhook_type": "subscription.terminated", "object_type": "subscription", "subscription": ended,
    })  # fmt: skip
    assert ask(gateway, "hooked").status_code == 200
    customers = json.loads((lago.folder / "control.json").read_text())["customers"]
    lago.set(customers=customers | {"hooked": {"credits": "1000", "subscription": "terminated"}})
    assert ask(gateway, "hooked").status_code == 200, "remembered"
    assert post(body, {}, "1") == 401
    assert post(body, signed_hmac(body, "another key"), "1") == 401
    assert post(body + " ", signed_hmac(body), "1") == 401
    assert post(body, signer.jwt("{}"), "1") == 401
    assert post(body, signer.jwt(body, iss="https://elsewhere"), "1") == 401
    assert post(body, signer.jwt(body) | {"x-lago-signature-algorithm": "none"}, "1") == 401
    assert ask(gateway, "hooked").status_code == 200, "nothing changed"
    assert post(body, signer.jwt(body), "1") == 200
    assert ask(gateway, "hooked").status_code == 402
    assert post(body, signer.jwt(body), "1") == 409
    assert post(body, signer.jwt(body), "2") == 409, "the unique key is not signed, the body is"
    wallet = json.dumps({"webhook_type": "wallet.depleted_ongoing_balance", "object_type": "wallet", "wallet": {
        "external_customer_id": "hooked"}})  # fmt: skip
    assert post(wallet, signed_hmac(wallet), "3") == 200
    assert post("[]", signed_hmac("[]"), "4") == 400
    (event,) = of(lago, "c1")
    wrong = {"invalid_code": [event["transaction_id"]], "missing_aggregation_property": [], "invalid_filter_values": []}
    late = json.dumps({"webhook_type": "events.errors", "object_type": "events_errors", "events_errors": wrong})
    assert post(late, signed_hmac(late), "5") == 200
    deadline = time.monotonic() + 15
    while gateway.request("GET", "/health/readiness").json()["billing"]["dead_letters"] != 1:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    seen = lambda path, **query: gateway.request("GET", f"/moneta/{path}", params=query).json()  # noqa: E731
    assert (seen("status")["dead_letters"], seen("status")["currency"]) == (1, "ASKII")
    (letter,) = seen("dead_letters")["dead_letters"]
    assert (letter["transaction_id"], letter["customer"]) == (event["transaction_id"], "c1")
    (row,) = [row for row in seen("customers", search="C1")["customers"] if row["customer"] == "c1"]
    assert (row["spent"], row["dead"], row["dead_letters"]) == (letter["amount"], letter["amount"], 1)
    assert seen("customers", page=2, page_size=1)["page"] == 2
    assert float(seen("wallets", customer="c1")["balance"]) > 0
    assert gateway.request("GET", "/moneta/wallets", params={"customer": "nobody"}).status_code == 404
    key = gateway.request("POST", "/user/new", json={"user_role": "proxy_admin_viewer"}).json()["key"]
    assert gateway.request("GET", "/moneta/dead_letters", key=key).status_code == 200
    assert gateway.request("POST", "/moneta/replay", key=key, json={}).status_code == 401
    assert gateway.request("POST", "/moneta/replay", json={"ids": ["none"]}).json() == {"sent_again": 0}
    assert gateway.request("POST", "/moneta/replay", json={}).json() == {"sent_again": 1}
    assert seen("status")["dead_letters"] == 0


def test_upstreams_settings_on_the_same_outbox(tmp_path: Path) -> None:
    with LagoProcess(tmp_path) as lago:
        settings = {"model_list": MODELS, "litellm_settings": {"success_callback": ["lago"]}}
        env = lago.env | {"LAGO_API_CHARGE_BY": "user_id"}
        with Gateway(tmp_path, settings, env=env) as gateway:
            key = gateway.request("POST", "/key/generate", json={"user_id": "u1"}).json()["key"]
            lago.kill()
            assert ask(gateway, None, key=key).status_code == 200
            time.sleep(0.5)
            gateway.kill()
            lago.start()
            gateway.start()
            (event,) = lago.wait_for_events(1)
    assert event["external_subscription_id"] == "u1"
    assert (event["properties"]["response_cost"], event["properties"]["total_tokens"]) == ("0.000225", 30)


def test_a_wrong_section_stops_the_start(tmp_path: Path) -> None:
    section = {"api_base": "http://x", "event_code": "u", "charge_by": "moon", "outbox": {"batch_size": 101}, "rate": 1}
    gateway = Gateway(tmp_path, {"model_list": MODELS, "moneta": section}, args=("--validate_config",))
    status, said = gateway.run_to_end()
    assert status == 1
    for wrong in (
        "moneta.api_key: is required",
        "moneta.charge_by: ",
        "moneta.outbox.batch_size: ",
        "moneta.rate: unknown",
    ):
        assert wrong in said
