"""Which observers a config asks for."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from litellm.proxy.config.problems import ConfigError
from litellm.proxy.config.settings import ProxyConfig
from litellm.proxy.db.database import Database
from litellm.proxy.observability.budget_gauges import BudgetGauges
from litellm.proxy.observability.json_logs import use_json_logs
from litellm.proxy.observability.prometheus import PrometheusMetrics, Saver
from litellm.proxy.observability.records import CallRecord, Observer
from litellm.proxy.observability.registry import Registry
from litellm.proxy.observability.traces import Traces, open_traces

OWN = frozenset({"prometheus", "otel", "opentelemetry"})
"""Callbacks that the gateway itself is."""
_LISTS = ("callbacks", "success_callback", "failure_callback", "service_callback", "service_callbacks")


class Observability:
    """The observers of this process."""

    def __init__(self, metrics: PrometheusMetrics | None = None, traces: Traces | None = None) -> None:
        self.metrics, self._traces = metrics, traces
        self._observers: list[Observer] = [item for item in (metrics, traces) if item is not None]
        self._saver = Saver(metrics.registry) if metrics is not None else None
        self._gauges: BudgetGauges | None = None
        self.active = bool(self._observers)

    async def budgets(self, database: Database) -> str:
        """What is left of every budget, as it is scraped."""
        if self._gauges is None:
            self._gauges = BudgetGauges(database)
        return await self._gauges.text()

    def ended(self, record: CallRecord) -> None:
        """A call has ended."""
        for observer in self._observers:
            observer.ended(record)
        if self._saver is not None:
            self._saver.maybe()

    def stop(self) -> None:
        """Give away what waits."""
        if self.metrics is not None:
            self.metrics.registry.save()
        if self._traces is not None:
            self._traces.stop()


def names_of(config: ProxyConfig) -> set[str]:
    """The callbacks of `OWN` that are asked for."""
    found: set[str] = set()
    for name in _LISTS:
        given: Any = config.litellm_settings.get(name) or ()
        found |= {item for item in (given if isinstance(given, list) else [given]) if isinstance(item, str)} & OWN
    if config.general_settings.raw.get("otel"):
        found.add("otel")
    return found


def open_observability(config: ProxyConfig, folder: Path) -> Observability:
    """The observers that `config` asks for. Raises ConfigError where a package is missing."""
    if config.litellm_settings.get("json_logs") or os.environ.get("JSON_LOGS"):
        use_json_logs()
    names = names_of(config)
    try:
        metrics = (
            PrometheusMetrics(Registry(folder / "metrics"), config.litellm_settings) if "prometheus" in names else None
        )
    except ValueError as error:
        name, _, remedy = str(error).partition(": ")
        raise ConfigError([config.problem(f"litellm_settings.{name}", remedy)]) from error
    if metrics is not None:
        metrics.registry.take_over()
    try:
        traces = open_traces() if names & {"otel", "opentelemetry"} else None
    except ImportError as error:
        remedy = f"otel needs litellm-rust-gateway[otel]: {error}"
        raise ConfigError([config.problem("litellm_settings.callbacks", remedy)]) from error
    return Observability(metrics, traces)
