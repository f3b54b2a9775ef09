"""What Lago's answers to a batch mean, without any I/O."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from litellm.proxy._types import UserAPIKeyAuth
from moneta.charging import Charge, Charging
from moneta.errors import LagoNotFound, LagoRejected, LagoUnauthorized, LagoUnavailable, MonetaError
from moneta.settings import Settings
from moneta.wire import answer_of, verdict

TAKEN = {"transaction_id": ["value_already_exist"]}
WRONG = {"properties": ["value_is_not_valid_number"]}


def rejected(details: Any) -> LagoRejected:
    return LagoRejected("Lago answers 422", 422, {"error_details": details})


def test_a_batch_that_arrived() -> None:
    assert verdict(None, 3).arrived == [0, 1, 2]


def test_taken_is_as_good_as_arrived_and_the_rest_is_sent_again() -> None:
    found = verdict(rejected({"1": TAKEN, "3": WRONG}), 4)
    assert (found.arrived, list(found.refused), found.again) == ([1], [3], [[0, 2]])
    assert "value_is_not_valid_number" in found.refused[3]


def test_taken_and_wrong_is_wrong() -> None:
    assert list(verdict(rejected({"0": TAKEN | WRONG}), 1).refused) == [0]


@pytest.mark.parametrize(
    "details", [None, {}, "no", {"events": ["too_many_events"]}, {"7": TAKEN}, {"0": TAKEN, "x": 1}]
)
def test_an_answer_that_names_none_halves_the_batch(details: Any) -> None:
    found = verdict(rejected(details), 5)
    assert (found.arrived, found.refused, found.again) == ((), {}, [[0, 1], [2, 3, 4]])
    assert list(verdict(rejected(details), 1).refused) == [0]


def test_a_single_event_is_named_without_its_place() -> None:
    assert verdict(rejected(TAKEN), 1).arrived == [0]


@pytest.mark.parametrize(
    ("status", "kind"),
    [(401, LagoUnauthorized), (403, LagoUnauthorized), (404, LagoNotFound), (422, LagoRejected), (400, LagoRejected),
     (429, LagoUnavailable), (500, LagoUnavailable), (504, LagoUnavailable)],
)  # fmt: skip
def test_errors_by_status(status: int, kind: type[MonetaError]) -> None:
    with pytest.raises(kind) as error:
        answer_of(httpx.Response(status, headers={"x-ratelimit-reset": "7"}, json={"code": "why"}))
    assert "why" in str(error.value)
    assert error.value.retry_after_s == (7.0 if kind is LagoUnavailable else None)


def settings(**more: Any) -> Settings:
    return Settings.model_validate({"api_base": "http://x", "api_key": "k", "event_code": "u"} | more)


async def test_who_is_billed() -> None:
    auth = UserAPIKeyAuth(token="t", user_id="u", team_id="m", org_id="o", end_user_id="e")
    for charge_by, name in [("api_key", "t"), ("user_id", "u"), ("team_id", "m"), ("organization_id", "o")]:
        assert await Charging(settings(charge_by=charge_by)).charge(auth) == Charge(name, name)
    named = settings(customer="cust-{id}", subscription="sub-{id}")
    assert await Charging(named).charge(auth) == Charge("cust-e", "sub-e")
    auth.team_metadata = {"lago_customer_id": "by-team"}
    assert await Charging(named).charge(auth) == Charge("by-team", "sub-e")
    auth.metadata = {"lago_customer_id": "by-key", "lago_subscription_id": "of-key"}
    assert await Charging(named).charge(auth) == Charge("by-key", "of-key")
    assert await Charging(named).charge(UserAPIKeyAuth()) is None


async def test_a_mapping_of_ones_own() -> None:
    async def mapper(auth: UserAPIKeyAuth) -> Any:
        return {"a": {"customer": "c", "subscription": "s"}, "b": "both", "c": None, "d": 7}[str(auth.user_id)]

    charging = Charging(settings(), mapper)
    assert await charging.charge(UserAPIKeyAuth(user_id="a")) == Charge("c", "s")
    assert await charging.charge(UserAPIKeyAuth(user_id="b")) == Charge("both", "both")
    assert await charging.charge(UserAPIKeyAuth(user_id="c")) is None
    assert await Charging(settings(), lambda _: "a\x00\ud800b").charge(UserAPIKeyAuth()) == Charge("a?b", "a?b")
    with pytest.raises(ValueError, match="must answer a customer"):
        await charging.charge(UserAPIKeyAuth(user_id="d"))
