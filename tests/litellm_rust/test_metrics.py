"""`litellm_rust.metrics()` and `metrics_text()`, and what `doctor` finds."""

from __future__ import annotations

import re
import threading

import pytest

import litellm_rust
from litellm_rust import _native
from litellm_rust.commands import twin_checks
from litellm_rust.commands.doctor import print_doctor
from litellm_rust.counters import feature_metrics
from litellm_rust.limits import LimitTable


def test_native_calls_are_counted_and_a_sample_is_timed() -> None:
    before = litellm_rust.metrics()["rate_limiting"]
    table = LimitTable()
    for _ in range(160):
        table.check([("k", 10**6, 60, 1)])
    after = litellm_rust.metrics()["rate_limiting"]
    assert after["calls"] - before["calls"] == 160
    assert after["latency"]["count"] - before["latency"]["count"] == 10
    assert 0 < after["latency"]["p50_s"] < 0.01
    assert after["latency"]["sum_s"] > before["latency"]["sum_s"]
    bounds = [bound for bound, _ in after["latency"]["buckets"]]
    assert bounds == sorted(bounds)
    assert bounds[-1] == float("inf")


def test_counters_are_exact_under_threads() -> None:
    metrics = _native.feature_metrics("a-test")

    def work() -> None:
        for _ in range(1000):
            metrics.native.add()
            metrics.fallback("a reason")

    threads = [threading.Thread(target=work) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert metrics.native.value == 16_000
    assert metrics.fallbacks() == {"a reason": 16_000}
    assert feature_metrics("a-test").native.value == 16_000


def test_the_text_is_prometheus() -> None:
    feature_metrics("routing").fallback('a "reason"\n')
    text = litellm_rust.metrics_text()
    line = re.compile(r'[a-z_]+\{feature="[^"]+"(,[a-z]+="(\\.|[^"\\\n])*")?\} [0-9.e+-]+|# (HELP|TYPE) [a-z_]+ .+')
    lines = text.splitlines()
    assert [one for one in lines if not line.fullmatch(one)] == []
    assert 'litellm_rust_flag{feature="routing",state="on"} 1' in lines
    families = [one.split()[2] for one in lines if one.startswith("# TYPE")]
    assert len(families) == len(set(families)) == 7
    assert text.endswith("\n")


@pytest.mark.parametrize("feature", twin_checks.CHECKS)
def test_every_feature_equals_its_twin_here(feature: str) -> None:
    assert twin_checks.CHECKS[feature]()


def test_doctor_says_what_to_switch_off(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    class Wrong(twin_checks.limits_twin.LimitTable):
        def used(self, key: str, window_s: float) -> int:
            return super().used(key, window_s) + 1

    monkeypatch.setattr(twin_checks.limits_twin, "LimitTable", Wrong)
    assert print_doctor() == 1
    printed = capsys.readouterr().out
    assert "problem rate_limiting differs from its twin: Wrong.used gave 0, the twin 1" in printed
    assert "LITELLM_RUST_RATE_LIMITING=off" in printed
    assert "ok      routing equals its twin" in printed
