"""Callbacks, metrics and traces hear of the native front's answers what they hear of Python's."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.e2e.conftest import deployment
from tests.proxy.native.conftest import IN_PYTHON, MESSAGES, NATIVE, PATH, ClientOf, ask, is_native, natively
from tests.support.gateway import Gateway

RECORDER = """
import json, pathlib
from litellm.integrations.custom_logger import CustomLogger

HEARD = pathlib.Path(__file__).with_name("heard.jsonl")

class Recorder(CustomLogger):
    def _note(self, event, kwargs, response, start, end):
        told = {
            "event": event, "kwargs": {k: v for k, v in kwargs.items() if k != "standard_logging_object"},
            "payload": kwargs["standard_logging_object"], "start": start.timestamp(), "end": end.timestamp(),
            "response": response.model_dump() if response is not None else None,
            "hidden": getattr(response, "_hidden_params", None),
        }
        line = json.dumps(told, default=lambda value: getattr(value, "model_dump", lambda: str(value))())
        with HEARD.open("a") as file:
            file.write(line + "\\n")

    async def async_log_success_event(self, kwargs, response_obj, start_time, end_time):
        self._note("success", kwargs, response_obj, start_time, end_time)

    async def async_log_failure_event(self, kwargs, response_obj, start_time, end_time):
        self._note("failure", kwargs, response_obj, start_time, end_time)

recorder = Recorder()
"""
ENVIRONMENT = {**NATIVE, "OTEL_EXPORTER": "console", "OTEL_BSP_SCHEDULE_DELAY": "100", "PYTHONUNBUFFERED": "1"}


@pytest.fixture(scope="module")
def watched(provider_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    """A gateway whose calls are watched by everybody."""
    folder = tmp_path_factory.mktemp("watched")
    (folder / "watching.py").write_text(RECORDER)
    settings = {
        "model_list": [
            deployment("plain", provider_url),
            deployment("no-usage", f"{provider_url}/~no_usage"),
            deployment("cut-late", f"{provider_url}/~cut=4,words=9"),
            deployment("slow", f"{provider_url}/~chunk_delay=0.05,words=100"),
        ],
        "litellm_settings": {"callbacks": ["prometheus", "otel", "watching.recorder"]},
    }
    with Gateway(folder, settings, env=ENVIRONMENT) as running:
        yield running


def heard(gateway: Gateway, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """The first call that the callback has heard of and that is wanted."""
    path = gateway.folder / "heard.jsonl"
    for _ in range(300):
        lines = path.read_text().splitlines() if path.exists() else []
        found = next((told for line in lines if wanted(told := json.loads(line))), None)
        if found is not None:
            return found
        time.sleep(0.05)
    raise AssertionError("never told")


def heard_of(gateway: Gateway, answer: httpx.Response) -> dict[str, Any]:
    """What the callback has heard of the call that got this answer."""
    call_id = answer.headers["x-litellm-call-id"]
    return heard(gateway, lambda told: told["kwargs"]["litellm_call_id"] == call_id)


_OWN = frozenset({
    "litellm_call_id", "litellm_trace_id", "trace_id", "start", "end", "start_time", "end_time", "api_call_start_time",
    "first_api_call_start_time", "completion_start_time", "startTime", "endTime", "completionStartTime",
    "response_time", "_response_ms", "id", "created", "original_response", "user_api_key_spend", "date",
    "llm_provider-date", "traceback_exception", "traceback", "cookie",
})  # fmt: skip
"""Ids, times, and what depends on them."""


def without_own(value: Any) -> Any:
    """What two calls that ask the same have in common."""
    if isinstance(value, dict):
        return {name: without_own(item) for name, item in value.items() if name not in _OWN}
    return [without_own(item) for item in value] if isinstance(value, list) else value


BODIES: list[dict[str, Any]] = [
    {"model": "plain", "temperature": 0.5, "max_tokens": 20},
    {"model": "plain", "stream": True},
    {"model": "plain", "stream": True, "stream_options": {"include_usage": True}, "n": 1},
    {"model": "no-usage", "stream": True},
    {"model": "plain", "messages": [{"role": "user", "content": [{"type": "text", "text": "größe 🙂"}]}]},
    {"model": "plain", "user": "somebody", "metadata": {"tags": ["a", "b"], "x": {"y": 1}, "trace_name": "t"}},
]


@pytest.mark.parametrize("body", BODIES, ids=range(len(BODIES)))
def test_callbacks_hear_the_same_of_both(watched: Gateway, body: dict[str, Any], client_of: ClientOf) -> None:
    client = client_of(watched, key_alias=f"heard {time.time()}", metadata={"a": 1})
    asked = {"messages": MESSAGES, **body}
    mine = natively(lambda: client.post(PATH, json=asked))
    theirs = client.post(PATH, json=asked, headers=IN_PYTHON)
    assert is_native(mine)
    assert not is_native(theirs)
    told, wanted = heard_of(watched, mine), heard_of(watched, theirs)
    assert without_own(told) == without_own(wanted)
    assert told["payload"]["startTime"] <= told["payload"]["completionStartTime"] <= told["payload"]["endTime"]
    assert told["payload"]["response"]["choices"][0]["message"]["content"].startswith("Echo: ")
    assert told["payload"]["response_cost"] > 0


def test_a_stream_that_breaks_off_is_a_failure_to_callbacks(watched: Gateway, client_of: ClientOf) -> None:
    client = client_of(watched)
    asked = {"model": "cut-late", "messages": MESSAGES, "stream": True}
    mine = natively(lambda: client.post(PATH, json=asked))
    theirs = client.post(PATH, json=asked, headers=IN_PYTHON)
    told, wanted = heard_of(watched, mine), heard_of(watched, theirs)
    assert told["event"] == "failure"
    assert without_own(told) == without_own(wanted)


def test_a_stream_that_a_client_leaves_is_told_of(watched: Gateway, client_of: ClientOf) -> None:
    client = client_of(watched)
    natively(lambda: ask(client, "slow"))
    body = {"model": "slow", "messages": MESSAGES, "stream": True}
    with client.stream("POST", PATH, json=body) as answer:
        assert is_native(answer)
        for _ in zip(range(4), answer.iter_lines(), strict=False):
            pass
        told_of = answer
    told = heard_of(watched, told_of)
    assert told["event"] == "success"
    assert told["payload"]["response"]["choices"][0]["message"]["content"].startswith("word0")


def samples(gateway: Gateway, token: str) -> dict[str, float]:
    """A key's samples, without how long anything took."""
    lines = gateway.request("GET", "/metrics").text.splitlines()
    own = [line.rpartition(" ") for line in lines if token in line]
    return {name: float(value) for name, _, value in own if "_bucket{" not in name and "_sum{" not in name}


@pytest.mark.parametrize("body", [{}, {"stream": True}, {"model": "cut-late", "stream": True}], ids=str)
def test_metrics_count_the_same_of_both(watched: Gateway, body: dict[str, Any], client_of: ClientOf) -> None:
    client = client_of(watched)
    key = client.headers["authorization"].removeprefix("Bearer ")
    token = watched.request("GET", f"/key/info?key={key}").json()["key"]
    asked = {"model": "plain", "messages": MESSAGES, **body}
    differences: dict[bool, dict[str, float]] = {}
    for headers in [IN_PYTHON] + [{}] * 20:
        before = settled(lambda: samples(watched, token))
        answer = client.post(PATH, json=asked, headers=headers)
        after = settled(lambda before=before: samples(watched, token), unlike=before)
        changed = {name: round(value - before.get(name, 0.0), 12) for name, value in after.items()}
        differences[is_native(answer)] = {name: change for name, change in changed.items() if change}
        if is_native(answer):
            break
    assert differences[True] == differences[False]
    assert any(name.startswith("litellm_spend_metric") for name in differences[True])


def settled(look: Callable[[], dict[str, float]], unlike: dict[str, float] | None = None) -> dict[str, float]:
    """What is seen twice in a row, once it is not as before."""
    last = look()
    for _ in range(200):
        time.sleep(0.1)
        seen = look()
        if seen == last and seen != unlike:
            return seen
        last = seen
    raise AssertionError("never settled")


def spans(log: Path) -> dict[str, dict[str, Any]]:
    """Spans by their call's id."""
    found, text, decoder = {}, log.read_text(), json.JSONDecoder()
    at = text.find('{\n    "name"')
    while at >= 0:
        try:
            span, end = decoder.raw_decode(text, at)
        except ValueError:  # it is just being written
            break
        found[span["attributes"]["litellm.call_id"]] = span
        at = text.find('{\n    "name"', end)
    return found


def test_spans_say_the_same_of_both(watched: Gateway, client_of: ClientOf) -> None:
    client = client_of(watched)
    mine = natively(lambda: ask(client, stream=True))
    theirs = client.post(PATH, json={"model": "plain", "messages": MESSAGES, "stream": True}, headers=IN_PYTHON)
    ids = [answer.headers["x-litellm-call-id"] for answer in (mine, theirs)]
    for _ in range(300):
        seen = spans(watched.log_path)
        if set(ids) <= seen.keys():
            break
        time.sleep(0.05)
    told, wanted = (seen[call_id] for call_id in ids)
    for span in (told, wanted):
        del span["attributes"]["litellm.call_id"]
    assert told["attributes"] == wanted["attributes"]
    assert (told["name"], told["kind"], told["status"]) == (wanted["name"], wanted["kind"], wanted["status"])
    assert [event["name"] for event in told["events"]] == [event["name"] for event in wanted["events"]]
