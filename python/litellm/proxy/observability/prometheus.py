"""Prometheus metrics by upstream's names and labels, for `prometheus` among the callbacks."""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from litellm.litellm_core_utils.usage_counts import cached_tokens
from litellm.proxy.config.problems import suggestion
from litellm.proxy.observability.records import CallRecord
from litellm.proxy.observability.registry import Labels, Metric, Registry

BUCKETS = (
    0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 420.0, 600.0,
)  # fmt: skip

_KEY, _TEAM, _ORG = ("hashed_api_key", "api_key_alias"), ("team", "team_alias"), ("org_id", "org_alias")
_MODEL = ("requested_model", "model_id", "api_provider")
_WHO = ("end_user", *_KEY, "model", *_TEAM, "user", "user_email")
_CLIENT = ("client_ip", "user_agent")
_DEPLOYMENT = ("litellm_model_name", "model_id", "api_base", "api_provider")
_TOKENS = (*_WHO, *_MODEL)
_LATENCY = (
    "model_group", "model", *_KEY, *_TEAM, "requested_model", "end_user", "user", "model_id", "api_provider",
    "service_tier", *_ORG,
)  # fmt: skip
_OF_DEPLOYMENT = ("model_group", "requested_model", *_DEPLOYMENT, *_KEY, *_TEAM, *_CLIENT)
_REMAINING = ("model_group", "api_provider", "api_base", "litellm_model_name", *_KEY, "model_id")
_CACHE = ("model", *_KEY, *_TEAM, "end_user", "user", "model_id", "api_provider")

_METRICS: Mapping[str, tuple[str, str, Labels]] = {
    "litellm_proxy_total_requests_metric": ("counter", "Requests to the gateway", (
        "end_user", *_KEY, "requested_model", *_TEAM, "user", "status_code", "user_email", "route", *_CLIENT,
        "model_id", "api_provider", *_ORG)),
    "litellm_proxy_failed_requests_metric": ("counter", "Requests that the client got no answer to", (
        "end_user", *_KEY, "requested_model", *_TEAM, "user", "user_email", "exception_status", "exception_class",
        "route", *_CLIENT, "model_id", "api_provider", *_ORG)),
    "litellm_llm_api_failed_requests_metric": ("counter", "Calls that a provider did not answer", (
        "end_user", *_KEY, "model", *_TEAM, "user", "model_id")),
    "litellm_requests_metric": ("counter", "Calls to models", (*_WHO, *_CLIENT, *_MODEL, *_ORG)),
    "litellm_spend_metric": ("counter", "What calls cost, in USD", (
        *_WHO, *_CLIENT, *_MODEL, "service_tier", *_ORG)),
    "litellm_total_tokens_metric": ("counter", "Tokens read and written", (*_TOKENS, *_ORG)),
    "litellm_input_tokens_metric": ("counter", "Tokens read", (*_TOKENS, *_ORG)),
    "litellm_output_tokens_metric": ("counter", "Tokens written", (*_TOKENS, *_ORG)),
    "litellm_input_cached_tokens_metric": ("counter", "Tokens that the provider had in its cache", _TOKENS),
    "litellm_output_reasoning_tokens_metric": ("counter", "Tokens of reasoning", _TOKENS),
    "litellm_input_cache_creation_tokens_metric": ("counter", "Tokens that the provider put into its cache", _TOKENS),
    "litellm_input_audio_tokens_metric": ("counter", "Tokens of audio read", _TOKENS),
    "litellm_output_audio_tokens_metric": ("counter", "Tokens of audio written", _TOKENS),
    "litellm_provider_cache_read_input_tokens_metric": ("counter", "Tokens that the provider had cached", _CACHE),
    "litellm_provider_cache_creation_input_tokens_metric": ("counter", "Tokens that the provider cached", _CACHE),
    "litellm_cached_tokens_metric": ("counter", "Tokens of calls that were answered from the cache", _CACHE),
    "litellm_deployment_total_requests": ("counter", "Calls to a deployment", _OF_DEPLOYMENT),
    "litellm_deployment_success_responses": ("counter", "Calls that a deployment answered", _OF_DEPLOYMENT),
    "litellm_deployment_failure_responses": ("counter", "Calls that failed at a deployment", (
        "model_group", "requested_model", *_DEPLOYMENT, "exception_status", "exception_class", *_KEY, *_TEAM,
        *_CLIENT)),
    "litellm_cache_hits_metric": ("counter", "Calls answered from the cache", _CACHE),
    "litellm_cache_misses_metric": ("counter", "Calls that the cache did not know", _CACHE),
    "litellm_request_total_latency_metric": ("histogram", "Seconds from a request to its end", (
        "model_group", "end_user", *_KEY, "requested_model", *_TEAM, "user", "model", "model_id", "api_provider",
        "service_tier", *_ORG)),
    "litellm_llm_api_latency_metric": ("histogram", "Seconds that the provider took", _LATENCY),
    "litellm_llm_api_time_to_first_token_metric": ("histogram", "Seconds to the first piece of a stream", _LATENCY),
    "litellm_deployment_latency_per_output_token": ("histogram", "Seconds for each token that was written", (
        "model_group", *_DEPLOYMENT, *_KEY, *_TEAM, *_ORG)),
    "litellm_overhead_latency_metric": ("histogram", "Seconds that the gateway itself took", (
        "model_group", "api_provider", "api_base", "litellm_model_name", *_KEY, "model_id")),
    "litellm_remaining_requests_metric": ("gauge", "Requests that the provider says are left", _REMAINING),
    "litellm_remaining_tokens_metric": ("gauge", "Tokens that the provider says are left", _REMAINING),
    "litellm_deployment_state": ("gauge", "0 when its last call was answered, 1 when it failed", _DEPLOYMENT),
}  # fmt: skip


class PrometheusMetrics:
    """Counts calls as they end."""

    def __init__(self, registry: Registry, settings: Mapping[str, Any] | None = None) -> None:
        """`settings` are `litellm_settings`: other buckets of latencies, metrics and labels that are left out.

        Raises ValueError that names a setting.
        """
        self.registry = registry
        given = settings or {}
        buckets = _buckets(given.get("prometheus_latency_buckets"))
        without = _known("prometheus_exclude_metrics", given, _METRICS)
        labels_without = _known(
            "prometheus_exclude_labels", given, {one for row in _METRICS.values() for one in row[2]}
        )
        self._metrics = {
            name: registry.metric(
                kind, name, help, [label for label in labels if label not in labels_without],
                buckets if kind == "histogram" else (),
            )
            for name, (kind, help, labels) in _METRICS.items() if name not in without
        }  # fmt: skip

    def ended(self, record: CallRecord) -> None:
        """Count a call."""
        values = _values(record)
        self._add("litellm_proxy_total_requests_metric", values)
        if record.failed:
            self._add("litellm_proxy_failed_requests_metric", values)
        if record.status == "refused":
            return
        self._of_deployment(record, values)
        self._of_model(record, values)
        self._latencies(record, values)
        self._remaining(record, values)

    def _add(self, name: str, values: Mapping[str, str], amount: float = 1.0) -> None:
        if (metric := self._metrics.get(name)) is not None:
            metric.add(_of(metric, values), amount)

    def _observe(self, name: str, values: Mapping[str, str], seconds: float) -> None:
        if (metric := self._metrics.get(name)) is not None:
            metric.observe(_of(metric, values), max(seconds, 0.0))

    def _set(self, name: str, values: Mapping[str, str], value: float) -> None:
        if (metric := self._metrics.get(name)) is not None:
            metric.set(_of(metric, values), value)

    def _of_deployment(self, record: CallRecord, values: Mapping[str, str]) -> None:
        if not values["model_id"]:
            return
        self._add("litellm_deployment_total_requests", values)
        answered = "failure" if record.failed else "success"
        self._add(f"litellm_deployment_{answered}_responses", values)
        self._set("litellm_deployment_state", values, float(record.failed))
        if record.failed:
            self._add("litellm_llm_api_failed_requests_metric", values)

    def _of_model(self, record: CallRecord, values: Mapping[str, str]) -> None:
        usage = record.usage
        read = cached_tokens(usage, "cache_read_input_tokens", "cached_tokens")
        made = cached_tokens(usage, "cache_creation_input_tokens", "cache_creation_tokens")
        self._add("litellm_requests_metric", values)
        if record.cost_usd:
            self._add("litellm_spend_metric", values, record.cost_usd)
        for name, amount in (
            ("total_tokens", usage.get("total_tokens")), ("input_tokens", usage.get("prompt_tokens")),
            ("output_tokens", usage.get("completion_tokens")),
            ("input_cached_tokens", read), ("provider_cache_read_input_tokens", read),
            ("input_cache_creation_tokens", made), ("provider_cache_creation_input_tokens", made),
            ("input_audio_tokens", _inside(usage, "prompt_tokens_details", "audio_tokens")),
            ("output_audio_tokens", _inside(usage, "completion_tokens_details", "audio_tokens")),
            ("output_reasoning_tokens", _inside(usage, "completion_tokens_details", "reasoning_tokens")),
            ("cached_tokens", usage.get("total_tokens") if record.hidden.get("cache_hit") else None),
        ):  # fmt: skip
            if amount:
                self._add(f"litellm_{name}_metric", values, float(amount))
        if record.hidden.get("cache_hit") is not None:
            self._add(f"litellm_cache_{'hits' if record.hidden['cache_hit'] else 'misses'}_metric", values)

    def _latencies(self, record: CallRecord, values: Mapping[str, str]) -> None:
        if record.failed:
            return
        self._observe("litellm_request_total_latency_metric", values, record.ended - record.started)
        took = record.ended - (record.sent_at or record.started)
        self._observe("litellm_llm_api_latency_metric", values, took)
        if record.sent_at is not None:
            self._observe("litellm_overhead_latency_metric", values, record.sent_at - record.started)
        if record.first_piece_at is not None:
            since = record.first_piece_at - (record.sent_at or record.started)
            self._observe("litellm_llm_api_time_to_first_token_metric", values, since)
        written = int(record.usage.get("completion_tokens") or 0)
        if written and values["model_id"]:
            self._observe("litellm_deployment_latency_per_output_token", values, took / written)

    def _remaining(self, record: CallRecord, values: Mapping[str, str]) -> None:
        """What the provider's headers say is left of its limits."""
        headers = record.hidden.get("additional_headers") or {}
        for what in ("requests", "tokens"):
            left = str(headers.get(f"llm_provider-x-ratelimit-remaining-{what}", ""))
            if left.isdigit():
                self._set(f"litellm_remaining_{what}_metric", values, float(left))

    def text(self) -> str:
        """What is scraped."""
        return self.registry.text()


def _of(metric: Metric, values: Mapping[str, str]) -> Labels:
    return tuple([values[label] for label in metric.labels])


def _buckets(given: Any) -> Sequence[float]:
    """Upper bounds of histograms, in seconds and in order."""
    if given is None:
        return BUCKETS
    numbers = isinstance(given, list) and all(isinstance(one, (int, float)) and one > 0 for one in given)
    if not given or not numbers or sorted(set(given)) != given:
        raise ValueError("prometheus_latency_buckets: expected seconds, each more than the one before")
    return [float(one) for one in given]


def _known(name: str, settings: Mapping[str, Any], names: Collection[str]) -> frozenset[str]:
    given = settings.get(name) or ()
    for one in given:
        if one not in names:
            raise ValueError(f"{name}: {one!r} is unknown{suggestion(str(one), names)}")
    return frozenset(given)


def _values(record: CallRecord) -> dict[str, str]:
    """Every label that any metric has."""
    auth, hidden = record.auth, record.hidden
    given = {
        "end_user": auth.end_user_id, "hashed_api_key": auth.token, "api_key_alias": auth.key_alias,
        "team": auth.team_id, "team_alias": auth.team_alias, "user": auth.user_id, "user_email": auth.user_email,
        "org_id": auth.org_id, "org_alias": None, "requested_model": record.model, "model_group": record.model,
        "model": hidden.get("litellm_model_name") or record.model,
        "litellm_model_name": hidden.get("litellm_model_name"), "model_id": hidden.get("model_id"),
        "api_base": hidden.get("api_base"), "api_provider": hidden.get("llm_provider"),
        "status_code": record.error_status, "exception_status": record.error_status,
        "exception_class": type(record.error).__name__ if record.error is not None else None,
        "route": record.endpoint, "client_ip": None, "user_agent": None,
        "service_tier": record.usage.get("service_tier"),
    }  # fmt: skip
    return {name: "" if value is None else str(value) for name, value in given.items()}


def _inside(usage: Mapping[str, Any], name: str, key: str) -> Any:
    details = usage.get(name)
    return details.get(key) if isinstance(details, dict) else None


SAVE_EVERY_S = 2.0


class Saver:
    """Leaves the numbers for other workers at most every `SAVE_EVERY_S` seconds."""

    def __init__(self, registry: Registry) -> None:
        self._registry, self._saved = registry, time.monotonic()

    def maybe(self) -> None:
        """Save, if it is time. Raises OSError."""
        if time.monotonic() - self._saved >= SAVE_EVERY_S:
            self._saved = time.monotonic()
            self._registry.save()
