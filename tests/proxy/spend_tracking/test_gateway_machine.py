"""Any order of calls, blocks, expiries and budgets over HTTP: who may call may, nobody else, and it adds up."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any, ClassVar

import httpx
import pytest
from hypothesis import HealthCheck, settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test

from tests.support.gateway import MASTER_KEY, Gateway

CALL_PICO = 10 * 2_500_000 + 20 * 10_000_000
"""What a mock answer of gpt-4o costs; a call of `BODY` reserves a token of the prompt less or more."""
BODY = {"model": "m", "messages": [{"role": "user", "content": "hello"}], "max_tokens": 20}
SLACK_PICO = 5 * 2_500_000
EXPIRES_S = 1.0
PICO = 10**12


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    config: dict[str, Any] = {
        "model_list": [{"model_name": "m", "litellm_params": {"model": "openai/gpt-4o", "mock_response": "hi"}}],
    }
    with (
        Gateway(tmp_path_factory.mktemp("machine"), config) as gateway,
        httpx.Client(base_url=gateway.base, headers={"authorization": f"Bearer {MASTER_KEY}"}, timeout=30) as client,
    ):
        yield client


class Entity:
    """What the model knows of a key, a team or a user. `budget` is in calls."""

    def __init__(self, name: str, budget: int | None) -> None:
        self.name, self.budget, self.spent, self.blocked, self.expires = name, budget, 0, False, float("inf")

    @property
    def limit(self) -> float:
        """Its budget in pico-dollars."""
        return float("inf") if self.budget is None else self.budget * CALL_PICO + SLACK_PICO


class GatewayMachine(RuleBasedStateMachine):
    """Keys of two teams and two users, on one running gateway."""

    client: ClassVar[httpx.Client]

    def __init__(self) -> None:
        super().__init__()
        self.keys: list[tuple[Entity, list[Entity]]] = []
        self.teams = [self._new("team", "team_id", budget) for budget in (3, None)]
        self.users = [self._new("user", "user_id", budget) for budget in (4, None)]

    def post(self, path: str, **body: Any) -> dict[str, Any]:
        answer = self.client.post(path, json=body)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def _new(self, kind: str, key: str, budget: int | None) -> Entity:
        made = Entity("", budget)
        limit = None if budget is None else made.limit / PICO
        made.name = self.post(
            f"/{kind}/new", max_budget=limit, **({"auto_create_key": False} if kind == "user" else {})
        )[key]
        return made

    @rule(
        team=st.none() | st.integers(0, 1), user=st.none() | st.integers(0, 1), budget=st.none() | st.integers(0, 3),
        expires=st.booleans(),
    )  # fmt: skip
    def make(self, team: int | None, user: int | None, budget: int | None, expires: bool) -> None:
        made, owners = Entity("", budget), []
        fields: dict[str, Any] = {} if budget is None else {"max_budget": made.limit / PICO}
        if team is not None:
            owners.append(self.teams[team])
            fields["team_id"] = self.teams[team].name
        elif user is not None:
            owners.append(self.users[user])
            fields["user_id"] = self.users[user].name
        if expires:
            made.expires = time.time() + EXPIRES_S
            fields["duration"] = f"{EXPIRES_S:.0f}s"
        made.name = self.post("/key/generate", **fields)["key"]
        self.keys.append((made, owners))

    @precondition(lambda self: self.keys)
    @rule(which=st.integers(0, 20))
    def call(self, which: int) -> None:
        key, owners = self.keys[which % len(self.keys)]
        began = time.time()
        answer = self.client.post(
            "/v1/chat/completions", json=BODY, headers={"authorization": f"Bearer {key.name}"}
        ).status_code
        if began > key.expires + 0.5:
            assert answer == 401, "an expired key goes on"
            return
        if key.blocked or any(owner.blocked for owner in owners):
            assert answer == 401, "a blocked key goes on"
            return
        if answer == 401:
            assert time.time() > key.expires - 0.5, "a good key is refused"
            return
        counted = [key, *owners]
        fits = all(entity.spent + CALL_PICO <= entity.limit for entity in counted)
        assert answer == (200 if fits else 422), [(entity.spent, entity.limit) for entity in counted]
        for entity in counted if answer == 200 else ():
            entity.spent += CALL_PICO

    @precondition(lambda self: self.keys)
    @rule(which=st.integers(0, 20), blocked=st.booleans())
    def block_key(self, which: int, blocked: bool) -> None:
        key = self.keys[which % len(self.keys)][0]
        self.post("/key/block" if blocked else "/key/unblock", key=key.name)
        key.blocked = blocked

    @rule(which=st.integers(0, 1), blocked=st.booleans())
    def block_team(self, which: int, blocked: bool) -> None:
        team = self.teams[which]
        self.post("/team/block" if blocked else "/team/unblock", team_id=team.name)
        team.blocked = blocked

    @precondition(lambda self: self.keys)
    @rule(which=st.integers(0, 20), budget=st.integers(0, 5))
    def set_budget(self, which: int, budget: int) -> None:
        key = self.keys[which % len(self.keys)][0]
        key.budget = budget
        self.post("/key/update", key=key.name, max_budget=key.limit / PICO)

    def teardown(self) -> None:
        for key, _ in self.keys:
            info = self.client.get("/key/info", params={"key": key.name}).json()["info"]
            logs = self.client.get("/spend/logs", params={"api_key": key.name, "limit": 1000}).json()
            assert round(info["spend"] * PICO) == key.spent == round(sum(row["spend"] for row in logs) * PICO)
        for team in self.teams:
            found = self.client.get("/team/info", params={"team_id": team.name}).json()["team_info"]["spend"]
            assert round(found * PICO) == team.spent
        for user in self.users:
            found = self.client.get("/user/info", params={"user_id": user.name}).json()["user_info"]["spend"]
            assert round(found * PICO) == user.spent


def test_whoever_may_call_may_and_it_adds_up(client: httpx.Client) -> None:
    GatewayMachine.client = client
    run_state_machine_as_test(
        GatewayMachine,
        settings=settings(
            max_examples=10, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
