"""What ran natively, what fell back, and how long it took: counters and histograms kept in Rust, one set a feature."""

from __future__ import annotations

from collections import deque
from functools import cache
from typing import Final, TypedDict

from litellm_rust import _native, flags

__all__ = ["FeatureCounts", "Latency", "collect", "feature_metrics", "metrics_text", "recent_differences"]

_MAX_DIFFERENCES: Final = 50


class Latency(TypedDict):
    """Times of native calls in seconds. Of calls shorter than a request every sixteenth is timed.

    A quantile is rounded up to the bound of its bucket; it is infinite beyond the last bound, 0 before the first call.
    """

    count: int
    sum_s: float
    p50_s: float
    p90_s: float
    p99_s: float
    buckets: list[tuple[float, int]]
    """Calls that took up to each bound, in seconds; the last bound is infinite."""


class FeatureCounts(TypedDict):
    """What is counted of one feature in this process; a forked child goes on from its parent's counts."""

    flag: str
    """`on`, `off`, `canary:10`, `shadow`."""
    calls: int
    """Calls of the native functions themselves; one patched call may make several."""
    native_calls: int
    """Calls of patched functions that were answered natively."""
    fallbacks: dict[str, int]
    """Calls of patched functions left to the original, by reason."""
    shadowed: int
    """Calls that ran on both sides."""
    differences: int
    """Of these, those whose answers differed."""
    recent_differences: list[str]
    """The last of them, oldest first, at most 50: which function, and the kinds of the two answers."""
    latency: Latency


@cache
def feature_metrics(feature: str) -> _native.FeatureMetrics:
    """The counters of `feature`; the same object on every call."""
    return _native.feature_metrics(feature)


@cache
def recent_differences(feature: str) -> deque[str]:
    """Where the last differences of `feature` are noted, oldest first; the same object on every call."""
    return deque(maxlen=_MAX_DIFFERENCES)


def collect() -> dict[str, FeatureCounts]:
    """The counts of every feature, by name."""
    return {feature: _counts(feature) for feature in flags.FEATURES}


def _counts(feature: str) -> FeatureCounts:
    metrics = feature_metrics(feature)
    count, sum_s, buckets = metrics.latency()
    p50_s, p90_s, p99_s = map(metrics.quantile_s, (0.5, 0.9, 0.99))
    return {
        "flag": str(flags.flag(feature)),
        "calls": metrics.calls,
        "native_calls": metrics.native.value,
        "fallbacks": metrics.fallbacks(),
        "shadowed": metrics.shadowed.value,
        "differences": metrics.differences.value,
        "recent_differences": list(recent_differences(feature)),
        "latency": {
            "count": count,
            "sum_s": sum_s,
            "p50_s": p50_s,
            "p90_s": p90_s,
            "p99_s": p99_s,
            "buckets": buckets,
        },
    }


def metrics_text() -> str:
    """The same in Prometheus' text format, version 0.0.4; every name starts with `litellm_rust_`."""
    for feature in flags.FEATURES:
        feature_metrics(feature)
    lines = [
        "# HELP litellm_rust_flag The flag of a feature: 1 for its state.",
        "# TYPE litellm_rust_flag gauge",
        *(f'litellm_rust_flag{{feature="{name}",state="{flags.flag(name)}"}} 1' for name in flags.FEATURES),
    ]
    return "\n".join(lines) + "\n" + _native.metrics_text()
