"""Prometheus metrics by upstream's names, over several processes; spans; JSON logs."""

from __future__ import annotations

import json
import logging
import os
import re
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, strategies as st
from litellm.proxy._types import ProxyException, UserAPIKeyAuth
from litellm.proxy.observability import json_logs
from litellm.proxy.observability.budget_gauges import KINDS
from litellm.proxy.observability.prometheus import PrometheusMetrics
from litellm.proxy.observability.records import CallRecord
from litellm.proxy.observability.registry import Registry
from litellm.proxy.observability.traces import Traces
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from tests.support.gateway import Gateway

MOCK = {"model_name": "m", "litellm_params": {"model": "openai/gpt-4o", "mock_response": "hi"}}
AUTH = UserAPIKeyAuth(token="hash", key_alias="a", team_id="t", user_id="u", max_budget=1.0, spend=0.25)
HIDDEN = {"model_id": "id", "litellm_model_name": "openai/gpt-4o", "llm_provider": "openai", "api_base": "http://up"}
USAGE = {"prompt_tokens": 10, "completion_tokens": 20, "total_tokens": 30}


def record(status: str = "success", error: BaseException | None = None, **fields: Any) -> CallRecord:
    given: dict[str, Any] = {"usage": USAGE, "cost_usd": 0.5, "hidden": HIDDEN, "first_piece_at": 101.0}
    return CallRecord(
        AUTH, "acompletion", "m", "/v1/chat/completions", "call", "127.0.0.1", status, 100.0, 103.0, sent_at=100.5,
        error=error, **given | fields,
    )  # fmt: skip


def value(text: str, name: str, **labels: str) -> float:
    found = [
        float(line.rpartition(" ")[2])
        for line in text.splitlines()
        if line.split("{")[0] == name and all(f'{label}="{wanted}"' in line for label, wanted in labels.items())
    ]
    assert len(found) == 1, (name, labels, found)
    return found[0]


def test_calls_are_counted_by_upstreams_names() -> None:
    metrics = PrometheusMetrics(Registry())
    metrics.ended(record())
    metrics.ended(record("failure", ProxyException("no", "x", None, 503), usage={}, cost_usd=0.0))
    metrics.ended(record("refused", ProxyException("no", "x", None, 429), usage={}, cost_usd=0.0, hidden={}))
    text = metrics.text()
    assert value(text, "litellm_proxy_total_requests_metric_total", status_code="200", team="t") == 1
    assert value(text, "litellm_proxy_failed_requests_metric_total", exception_status="429") == 1
    assert value(text, "litellm_spend_metric_total", hashed_api_key="hash", model="openai/gpt-4o") == 0.5
    assert value(text, "litellm_total_tokens_metric_total", requested_model="m") == 30
    assert value(text, "litellm_deployment_failure_responses_total", exception_class="ProxyException") == 1
    assert value(text, "litellm_request_total_latency_metric_bucket", le="2.0") == 0
    assert value(text, "litellm_request_total_latency_metric_bucket", le="5.0") == 1
    assert value(text, "litellm_llm_api_time_to_first_token_metric_sum") == 0.5


def test_details_of_usage_limits_of_providers_and_budgets_are_told() -> None:
    metrics = PrometheusMetrics(Registry())
    usage = USAGE | {
        "prompt_tokens_details": {"cached_tokens": 4, "audio_tokens": 2}, "cache_creation_input_tokens": 3,
        "completion_tokens_details": {"reasoning_tokens": 5, "audio_tokens": 1},
    }  # fmt: skip
    left = {"llm_provider-x-ratelimit-remaining-requests": "99", "llm_provider-x-ratelimit-remaining-tokens": "many"}
    made = record(usage=usage, hidden=HIDDEN | {"additional_headers": left, "cache_hit": True})
    metrics.ended(made)
    text = metrics.text()
    for name, expected in (
        ("input_cached", 4), ("provider_cache_read_input", 4), ("input_cache_creation", 3), ("input_audio", 2),
        ("provider_cache_creation_input", 3), ("output_audio", 1), ("output_reasoning", 5), ("cached", 30),
    ):  # fmt: skip
        assert value(text, f"litellm_{name}_tokens_metric_total", model_id="id") == expected
    assert value(text, "litellm_remaining_requests_metric", model_group="m") == 99
    assert "litellm_remaining_tokens_metric{" not in text


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2), st.floats(0, 700)), max_size=30))
def test_processes_are_added_up_and_taken_over(tmp_path_factory: pytest.TempPathFactory, steps: list[Any]) -> None:
    folder = tmp_path_factory.mktemp("metrics")
    registries = [Registry(folder) for _ in range(3)]
    families = []
    for number, registry in enumerate(registries):
        registry._path = folder / f"{os.getpid() if number == 0 else 2**22 + number}.json"
        histogram = registry.metric("histogram", "h", "", ("l",), (1.0, 10.0))
        families.append((registry.metric("counter", "c", "", ("l",)), histogram))
    for process, label, seconds in steps:
        families[process][0].add((str(label),))
        families[process][1].observe((str(label),), seconds)
    for registry in registries:
        registry.save()
    before = registries[0].text()
    for label in {str(label) for _, label, _ in steps}:
        mine = [seconds for _, other, seconds in steps if str(other) == label]
        assert value(before, "c_total", l=label) == len(mine) == value(before, "h_count", l=label)
        assert value(before, "h_sum", l=label) == pytest.approx(sum(mine))
        assert value(before, "h_bucket", l=label, le="10.0") == sum(seconds <= 10 for seconds in mine)
    registries[0]._path = folder / f"{2**22 + 9}.json"  # a process of another name takes over the ended two
    registries[0].metrics["c"].series.clear()
    registries[0].take_over()
    assert sum(registries[0].metrics["c"].series.values()) == sum(process != 0 for process, _, _ in steps)


def test_a_call_is_a_span_with_the_conventional_attributes() -> None:
    exporter, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    traces = Traces(provider)
    traces.ended(record())
    traces.ended(record("failure", ProxyException("secret text", "x", None, 503)))
    good, bad = exporter.get_finished_spans()
    assert good.name == "chat openai/gpt-4o"
    assert good.attributes is not None
    assert good.attributes["gen_ai.usage.output_tokens"] == 20
    assert good.attributes["litellm.call_id"] == "call"
    assert (good.end_time or 0) - (good.start_time or 0) == 3_000_000_000
    assert not bad.status.is_ok
    assert "secret" not in str(bad.to_json())
    traces.stop()


def test_a_line_of_the_log_is_an_object_with_the_requests_id() -> None:
    token = json_logs.call_id.set("id-1")
    try:
        raise ValueError('a "quoted"\nline')
    except ValueError:
        made = logging.LogRecord("n", logging.ERROR, __file__, 1, "went %s\nwrong", ("all",), sys.exc_info())
    finally:
        line = json_logs.JsonFormatter().format(made)
        json_logs.call_id.reset(token)
    found = json.loads(line)
    assert "\n" not in line
    assert (found["request_id"], found["message"], found["level"]) == ("id-1", "went all\nwrong", "ERROR")
    assert "ValueError" in found["stacktrace"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("prometheus_latency_buckets", [2, 1]), ("prometheus_latency_buckets", ["x"]),
        ("prometheus_exclude_metrics", ["litellm_spent"]), ("prometheus_exclude_labels", ["usr"]),
    ],
)  # fmt: skip
def test_a_wrong_setting_of_metrics_is_named(name: str, value: Any) -> None:
    with pytest.raises(ValueError, match=f"^{name}: "):
        PrometheusMetrics(Registry(), {name: value})


def test_numbers_of_other_labels_are_not_taken_over(tmp_path: Path) -> None:
    old = Registry(tmp_path)
    old.metric("counter", "a", "a", ("x", "y")).add(("1", "2"), 3)
    old.metric("histogram", "b", "b", (), (1.0,)).observe((), 0.5)
    old.save()
    new = Registry(tmp_path)
    new._path = tmp_path / "0.json"
    new.metric("counter", "a", "a", ("x",)).add(("1",), 1)
    new.metric("histogram", "b", "b", (), (1.0, 2.0))
    assert 'a_total{x="1"} 1' in new.text()
    assert "b_" not in new.text()


def test_names_and_labels_are_upstreams() -> None:
    theirs = json.loads(Path(__file__).with_name("upstream_metrics.json").read_text())
    registry = Registry()
    PrometheusMetrics(registry)
    own = {name: set(metric.labels) for name, metric in registry.metrics.items()}
    for kind in KINDS:
        for name in ("litellm_remaining_{}_budget_metric", "litellm_{}_max_budget_metric",
                     "litellm_{}_budget_remaining_hours_metric"):  # fmt: skip
            own[name.format(kind.name)] = set(kind.labels)
    own["litellm_team_members_metric"] = {"team", "team_alias"}
    assert own == {name: set(theirs[name]) for name in own}
    told = (Path(__file__).parents[3] / "docs" / "monitoring.md").read_text()
    assert {name for name in theirs if name not in own} == set(re.findall(r"^- `(litellm_\w+)`$", told, re.MULTILINE))


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_what_is_left_of_budgets(database: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    env = {} if database == "sqlite" else {"DATABASE_URL": request.getfixturevalue("postgres").database()}
    config = {"model_list": [MOCK], "litellm_settings": {"callbacks": ["prometheus"]}}
    budget = {"max_budget": 2.0, "budget_duration": "30d"}
    with Gateway(tmp_path, config, env=env) as gateway:

        def make(path: str, **body: Any) -> Any:
            answer = gateway.request("POST", path, json=body)
            assert answer.status_code == 200, answer.text
            return answer.json()

        org = make("/organization/new", organization_alias="o", **budget)["organization_id"]
        team = make("/team/new", team_alias="t", organization_id=org, **budget)["team_id"]
        make("/user/new", user_id="u", auto_create_key=False, **budget)
        make("/customer/new", user_id="c", **budget)
        key = make("/key/generate", key_alias="k", team_id=team, **budget)["key"]
        own = make("/key/generate", user_id="u")["key"]
        for caller in (key, own):
            body = {"model": "m", "user": "c", "messages": [{"role": "user", "content": "hello"}]}
            answer = gateway.request("POST", "/v1/chat/completions", key=caller, json=body)
            cost = float(answer.headers["x-litellm-response-cost"])
        make("/budget/new", budget_id="flushed")
        gateway.request("GET", "/spend/logs").raise_for_status()  # what was spent is in the database now
        text = gateway.request("GET", "/metrics").text
        for kind, labels, calls in (
            ("api_key", {"api_key_alias": "k"}, 1), ("user", {"user": "u"}, 1),
            ("team", {"team_alias": "t"}, 1), ("org", {"org_alias": "o"}, 1), ("customer", {"end_user": "c"}, 2),
        ):  # fmt: skip
            left = value(text, f"litellm_remaining_{kind}_budget_metric", **labels)
            assert left == pytest.approx(2.0 - calls * cost, abs=1e-9), kind
            assert value(text, f"litellm_{kind}_max_budget_metric", **labels) == 2.0
            assert 0 < value(text, f"litellm_{kind}_budget_remaining_hours_metric", **labels) <= 31 * 24
        assert value(text, "litellm_team_members_metric", team_alias="t") == 0


def test_metrics_of_a_gateway(tmp_path: Path) -> None:
    config: dict[str, Any] = {
        "model_list": [{"model_name": "m", "litellm_params": {"model": "openai/gpt-4o", "mock_response": "hi"}}],
        "litellm_settings": {
            "callbacks": ["prometheus"], "json_logs": True, "prometheus_latency_buckets": [0.5, 30],
            "prometheus_exclude_metrics": ["litellm_total_tokens_metric"], "prometheus_exclude_labels": ["user_email"],
        },
    }  # fmt: skip
    body = {"model": "m", "messages": [{"role": "user", "content": "hello"}]}
    with Gateway(tmp_path, config) as gateway:
        key = gateway.request("POST", "/key/generate", json={"rpm_limit": 2, "key_alias": "k"}).json()["key"]
        codes = [
            gateway.request("POST", "/v1/chat/completions", key=key, json=body | {"stream": stream}).status_code
            for stream in (False, True, False)
        ]
        assert codes == [200, 200, 429]
        assert gateway.request("GET", "/metrics", key=None).status_code == 401
        answer = gateway.request("GET", "/metrics")
        assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
        assert value(answer.text, "litellm_requests_metric_total", api_key_alias="k") == 2
        assert value(answer.text, "litellm_proxy_failed_requests_metric_total", exception_status="429") == 1
        assert value(answer.text, "litellm_llm_api_time_to_first_token_metric_count", api_key_alias="k") == 1
        assert "litellm_rust_calls_total" in answer.text
        bounds = re.findall(r'^litellm_request_total_latency_metric_bucket{.*le="([^"]*)"', answer.text, re.MULTILINE)
        assert bounds == ["0.5", "30.0", "+Inf"] * (len(bounds) // 3)
        assert "litellm_total_tokens_metric" not in answer.text
        assert "user_email" not in answer.text
        lines = [line for line in gateway.log.splitlines() if line.startswith("{")]
        assert all(json.loads(line)["level"] for line in lines)
