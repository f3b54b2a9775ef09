"""Agents over HTTP: made, listed, asked by A2A, paid for, limited, and kept from who may not."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from tests.proxy.management_endpoints.conftest import Admin
from tests.proxy.serving import serving
from tests.support.gateway import Gateway
from tests.support.waiting import eventually

SECRET = "sk-agent-0123456789"


class Remote:
    """An agent that says back what it is told, and what it was sent, newest last."""

    def __init__(self) -> None:
        self.seen: list[dict[str, Any]] = []

    async def __call__(self, request: Request) -> Response:
        if request.method == "GET":
            return JSONResponse({"name": "remote", "url": "http://elsewhere"} if "old" in request.url.path else {}, 200)
        body = json.loads(await request.body())
        self.seen.append({"body": body, "headers": dict(request.headers)})
        if body["method"] not in ("message/send", "message/stream"):
            return self._reply(body, {"kind": "task", "id": "t", "status": {"state": "completed"}})
        text = body["params"]["message"]["parts"][0]["text"]
        if text == "leak":
            return JSONResponse({"error": request.headers.get("x-agent-key")}, 401)
        refused = {"jsonrpc": "2.0", "id": body["id"], "error": {"code": -32603, "message": "cannot"}}
        if text == "refuse" and body["method"] == "message/send":
            return JSONResponse(refused)
        if text == "refuse":
            return StreamingResponse(iter([f"data: {json.dumps(refused)}\n\n"]), media_type="text/event-stream")
        if body["method"] == "message/send":
            return self._reply(body, self._message(f"you said {text}"))
        events = [{"jsonrpc": "2.0", "id": body["id"], "result": self._message(word)} for word in ("one ", "two")]
        return StreamingResponse(
            iter([f"data: {json.dumps(event)}\n\n" for event in events]), media_type="text/event-stream"
        )

    def _message(self, text: str) -> dict[str, Any]:
        return {"kind": "message", "role": "agent", "messageId": "m", "parts": [{"kind": "text", "text": text}]}

    def _reply(self, body: dict[str, Any], result: dict[str, Any]) -> Response:
        return JSONResponse({"jsonrpc": "2.0", "id": body["id"], "result": result})


@pytest.fixture(scope="module")
def remote() -> Remote:
    return Remote()


@pytest.fixture(scope="module")
def remote_url(remote: Remote) -> Iterator[str]:
    async def everything(request: Request) -> Response:
        return await remote(request)

    with serving(Starlette(routes=[Route("/{path:path}", everything, methods=["GET", "POST"])])) as url:
        yield url


def agent(url: str, name: str = "echo", **params: Any) -> dict[str, Any]:
    card = {"name": name, "description": "says it back", "url": f"{url}/rpc", "version": "1.0.0",
            "protocolVersion": "0.3.0", "capabilities": {"streaming": True}, "skills": [],
            "defaultInputModes": ["text"], "defaultOutputModes": ["text"]}  # fmt: skip
    return {"agent_name": name, "agent_card_params": card, "litellm_params": params}


@pytest.fixture(scope="module")
def admin(remote_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Admin]:
    words = {
        "guardrail": "litellm_content_filter",
        "mode": ["pre_call", "post_call"],
        "blocked_words": [{"keyword": "dragon", "action": "BLOCK"}, {"keyword": "orc", "action": "MASK"}],
    }
    config = {
        "agent_list": [agent(remote_url, cost_per_query=0.5)],
        "guardrails": [{"guardrail_name": "words", "litellm_params": {**words, "default_on": True}}],
        "general_settings": {"store_model_in_db": True},
    }
    with Gateway(tmp_path_factory.mktemp("agents"), config) as running:
        yield Admin(running)


def said(text: str, method: str = "message/send") -> dict[str, Any]:
    message = {"role": "user", "messageId": "m1", "parts": [{"kind": "text", "text": text}]}
    return {"jsonrpc": "2.0", "id": "7", "method": method, "params": {"message": message}}


def ask(admin: Admin, name: str, text: str = "hello", *, key: str | None = None, **more: Any) -> httpx.Response:
    asking = admin.acting(key) if key else admin
    return asking.ask("POST", more.pop("path", f"/a2a/{name}"), json=said(text, **more), headers={"x-own": "1"})


def answer_of(answer: httpx.Response) -> str:
    assert answer.status_code == 200, answer.text
    text: str = answer.json()["result"]["parts"][0]["text"]
    return text


def logs(admin: Admin, key: str, count: int) -> list[dict[str, Any]]:
    deadline = time.monotonic() + 20
    while len(found := admin.get("/spend/logs", api_key=key)) < count:
        assert time.monotonic() < deadline, found
        time.sleep(0.05)
    return list(found)


def test_an_agent_of_the_config_is_asked_and_paid_for(admin: Admin, remote: Remote) -> None:
    key = admin.post("/key/generate", max_budget=1.2)["key"]
    for path in ("/a2a/echo", "/v1/a2a/echo/message/send"):
        assert answer_of(ask(admin, "echo", key=key, path=path)) == "you said hello"
        assert remote.seen[-1]["body"] == said("hello")
        assert key not in str(remote.seen[-1])
    refused = ask(admin, "echo", key=key, path="/a2a/echo/message/send")  # it does not fit into the budget
    assert (refused.status_code, refused.json()["id"], refused.json()["error"]["code"]) == (422, "7", -32000)
    first, second = logs(admin, key, 2)
    assert (first["spend"], first["call_type"], first["model"]) == (0.5, "asend_message", "a2a_agent/echo")
    assert first["agent_id"] == second["agent_id"] == admin.get("/v1/agents")[0]["agent_id"]
    assert first["prompt_tokens"] > 0
    assert first["completion_tokens"] > 0


def test_the_id_of_an_agent_of_the_config_is_litellms(admin: Admin, remote_url: str) -> None:
    found = {row["agent_name"]: row["agent_id"] for row in admin.get("/v1/agents")}
    assert found["echo"] == hashlib.sha256(str(agent(remote_url, cost_per_query=0.5)).encode()).hexdigest()


def test_a_stream_comes_as_it_is_and_costs_by_tokens(admin: Admin, remote: Remote, remote_url: str) -> None:
    given = agent(remote_url, "priced", input_cost_per_token=0.01, output_cost_per_token=0.02)
    given |= {"static_headers": {"X-Agent-Key": SECRET}, "extra_headers": ["x-own", "authorization"]}
    made = admin.post("/v1/agents", **given)
    assert made["static_headers"] == {"X-Agent-Key": "********"}
    key = admin.post("/key/generate")["key"]
    eventually(lambda: ask(admin, "priced", method="tasks/get").status_code == 200, "it is not served")
    with httpx.stream("POST", f"{admin.gateway.base}/a2a/{made['agent_id']}", json=said("hi", "message/stream"),
                      headers={"authorization": f"Bearer {key}", "x-own": "1"}) as answer:  # fmt: skip
        events = [json.loads(line[6:]) for line in answer.iter_lines() if line.startswith("data: ")]
    assert [event["result"]["parts"][0]["text"] for event in events] == ["one ", "two"]
    sent = remote.seen[-1]["headers"]
    assert (sent["x-agent-key"], sent["x-own"]) == (SECRET, "1")
    assert "authorization" not in sent
    row = logs(admin, key, 1)[0]
    assert row["spend"] == pytest.approx(row["prompt_tokens"] * 0.01 + row["completion_tokens"] * 0.02)
    assert row["completion_tokens"] == 2
    assert SECRET not in ask(admin, "priced", "leak").text
    spent = admin.get(f"/v1/agents/{made['agent_id']}")["spend"]
    assert spent >= row["spend"]
    admin.ask("DELETE", f"/v1/agents/{made['agent_id']}")


def test_keys_and_teams_name_the_agents_that_they_may_call(admin: Admin, remote_url: str) -> None:
    echo = admin.get("/v1/agents")[0]["agent_id"]
    other = admin.post("/v1/agents", **agent(remote_url, "other"), agent_access_groups=["support"])["agent_id"]
    key = admin.post("/key/generate", object_permission={"agents": [echo]})["key"]
    grouped = admin.post("/key/generate", object_permission={"agent_access_groups": ["support"]})["key"]
    team = admin.post("/team/new", object_permission={"agents": [other]})["team_id"]
    of_team = admin.post("/key/generate", team_id=team)["key"]
    neither = admin.post("/key/generate", team_id=team, object_permission={"agents": [echo]})["key"]
    eventually(lambda: ask(admin, "other").status_code == 200, "it is not served")
    for caller, allowed in ((key, {"echo"}), (grouped, {"other"}), (of_team, {"other"}), (neither, set())):
        asking = admin.acting(caller)
        assert {row["agent_name"] for row in asking.get("/v1/agents")} == allowed
        for name in ("echo", "other"):
            answer = ask(admin, name, key=caller)
            assert answer.status_code == (200 if name in allowed else 403), answer.text
            card = asking.ask("GET", f"/a2a/{name}/.well-known/agent-card.json")
            assert card.status_code == (200 if name in allowed else 404)
    assert "url" not in admin.acting(key).get("/v1/agents")[0]["agent_card_params"]
    assert admin.acting(key).ask("DELETE", f"/v1/agents/{other}").status_code == 401
    shown = admin.get("/key/info", key=key)["info"]["object_permission"]
    assert shown["agents"] == [echo]
    admin.post("/key/update", key=key, object_permission={"agents": [other]})
    eventually(lambda: ask(admin, "other", key=key).status_code == 200, "the change is not followed")
    assert ask(admin, "echo", key=key).status_code == 403
    assert admin.get("/team/info", team_id=team)["team_info"]["object_permission"]["agents"] == [other]
    admin.ask("DELETE", f"/v1/agents/{other}")


def test_an_agent_is_changed_limited_switched_off_and_deleted(admin: Admin, remote_url: str) -> None:
    made = admin.post("/v1/agents", **agent(remote_url, "mine", api_key=SECRET), rpm_limit=2)
    path = f"/v1/agents/{made['agent_id']}"
    assert made["litellm_params"]["api_key"] == "********"
    admin.post("/v1/agents", 400, **agent(remote_url, "mine"))
    for wrong, field in (
        ({"agent_card_params": {"url": "file:///etc/passwd"}}, "agent_card_params.url"),
        ({"litellm_params": {"cost_per_query": -1}}, "litellm_params.cost_per_query"),
        ({"litellm_params": {"custom_llm_provider": "langgraph"}}, "litellm_params.custom_llm_provider"),
        ({"static_headers": {"a": "b\r\nc: d"}}, "static_headers"),
        ({"agent_name": "a/b"}, "agent_name"),
    ):  # fmt: skip
        assert admin.post(path, 400, method="PATCH", **wrong)["error"]["param"] == field
    eventually(lambda: ask(admin, "mine").status_code == 200, "it is not served")
    eventually(lambda: ask(admin, "mine").status_code == 429, "it is not limited")
    admin.post(path, method="PATCH", enabled=False, rpm_limit=None)
    eventually(lambda: ask(admin, "mine").status_code == 403, "it is not switched off")
    admin.post(path, method="PUT", **agent(remote_url, "yours"))
    eventually(lambda: ask(admin, "yours").status_code == 200, "it is not replaced")
    assert ask(admin, "mine").status_code == 404
    audit = admin.get("/audit", table_name="LiteLLM_AgentsTable", object_id=made["agent_id"])["audit_logs"]
    assert {row["action"] for row in audit} == {"created", "updated"}
    assert SECRET not in json.dumps(audit)
    assert admin.ask("DELETE", path).status_code == 200
    eventually(lambda: ask(admin, "yours").status_code == 404, "it is not deleted")
    config_agent = admin.get("/v1/agents/echo")["agent_id"]
    assert admin.ask("DELETE", f"/v1/agents/{config_agent}").status_code == 400


def test_a_card_names_the_gateway_and_public_ones_are_for_anybody(admin: Admin) -> None:
    found = admin.get("/a2a/echo/.well-known/agent.json")
    agent_id = admin.get("/v1/agents/echo")["agent_id"]
    assert found["url"] == f"{admin.gateway.base}/a2a/{agent_id}"
    assert found["security"] == [{"gateway": []}]
    assert admin.gateway.request("GET", "/public/agent_hub", key=None).json() == []
    admin.post(f"/v1/agents/{agent_id}/make_public")
    hub = admin.gateway.request("GET", "/public/agent_hub", key=None).json()
    assert [card["name"] for card in hub] == ["echo"]
    assert admin.get("/v1/agents/echo")["litellm_params"]["is_public"] is True
    admin.post("/v1/agents/make_public", 404, agent_ids=["nobody"])
    admin.post("/v1/agents/make_public", agent_ids=[])
    assert admin.gateway.request("GET", "/public/agent_hub", key=None).json() == []


def test_a_card_is_found_for_admins_alone(admin: Admin, remote_url: str) -> None:
    found = admin.post("/v1/a2a/discover", url=f"{remote_url}/old")
    assert found == {"url": f"{remote_url}/old/.well-known/agent-card.json",
                     "agent_card": {"name": "remote", "url": "http://elsewhere"}}  # fmt: skip
    admin.post("/v1/a2a/discover", 400, url=remote_url)
    for wrong in ("file:///etc/passwd", "http://[", "http:/\t/x", "http://x:65536"):
        admin.post("/v1/a2a/discover", 400, url=wrong)
        admin.post("/v1/agents", 400, agent_name="wrong", agent_card_params={"name": "wrong", "url": wrong})
    assert [row["agent_name"] for row in admin.get("/v1/agents", health_check=True)] == ["echo"]
    admin.get("/v1/agents", 400, query="translate")


def test_guardrails_look_at_what_agents_are_told_and_say(admin: Admin, remote: Remote) -> None:
    refused = ask(admin, "echo", "a dragon")
    assert (refused.status_code, refused.json()["error"]["code"]) == (400, -32000)
    assert answer_of(ask(admin, "echo", "an orc")) == "you said an [KEYWORD_REDACTED]"
    assert "orc" not in str(remote.seen[-1]["body"]["params"])


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"id": 1, "method": "message/send"}, 400, -32600),
        ({"jsonrpc": "2.0", "id": 1}, 400, -32600),
        ({"jsonrpc": "2.0", "id": 1, "method": "message/forward"}, 400, -32601),
        ([], 400, -32600),
    ],
)
def test_what_is_no_call_is_refused(admin: Admin, body: Any, status: int, code: int) -> None:
    answer = admin.ask("POST", "/a2a/echo", json=body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
    assert admin.gateway.request("POST", "/a2a/echo", key=None, json=said("hi")).status_code == 401


def test_a_refusal_in_an_answer_costs_nothing(admin: Admin) -> None:
    key = admin.post("/key/generate")["key"]
    for method in ("message/send", "message/stream"):
        answer = ask(admin, "echo", "refuse", key=key, method=method)
        assert (answer.status_code, "cannot" in answer.text) == (200, True)
    assert [(row["spend"], row["status"]) for row in logs(admin, key, 2)] == [(0, "failure")] * 2
    assert ask(admin, "echo", key=key).status_code == 200
    assert sum(row["spend"] for row in logs(admin, key, 3)) == pytest.approx(0.5)
    today = time.strftime("%Y-%m-%d", time.gmtime())
    echo = next(row["agent_id"] for row in admin.get("/v1/agents") if row["agent_name"] == "echo")
    days = {"start_date": today, "end_date": today}
    told = admin.get("/agent/daily/activity", agent_ids=echo, **days)
    assert told["metadata"]["total_failed_requests"] >= 2
    assert list(told["results"][0]["breakdown"]["entities"]) == [echo]
    assert admin.get("/agent/daily/activity", exclude_agent_ids=echo, agent_ids=echo, **days)["results"] == []
    admin.acting(key).get("/agent/daily/activity", expect=401, **days)
