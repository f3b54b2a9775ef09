"""Upstream gives the same with acceleration and without: what it returns, raises, logs and sends."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.upstream import Upstream

pytestmark = pytest.mark.timeout(540)
# Of those that run in shadow too: the least that is compared.
SHADOWED: dict[str, dict[str, int]] = {
    "calls": {"completion": 40},
    "replies": {"completion": 10},
    "streams": {"streaming": 20},
    "costs": {"cost_calculation": 20},
    "choices": {"router": 100},
}
PROXY = "litellm.proxy.proxy_server"
# The least that is answered natively, by feature: without it nothing would be compared.
SCENARIOS: dict[str, dict[str, int]] = {
    "proxy_requests": {"proxy": 40},
    "proxy_limits": {"rate_limiting": 20},
    "calls": {"completion": 20},
    "replies": {"completion": 8},
    "errors": {"completion": 5},
    "turned": {"completion": 2},
    "streams": {"streaming": 20},
    "whole_streams": {"streaming": 140, "completion": 12},
    "counted_streams": {"streaming": 100, "completion": 20},
    "interrupted_streams": {"completion": 5},
    "breaking_streams": {"streaming": 20},
    "breaking_replies": {"completion": 8},
    "mocked": {"completion": 20},
    "callbacks": {"completion": 10},
    "routers": {"completion": 5, "router": 6},
    "failing_router": {"router": 2},
    "choices": {"router": 800},
    "replaced": {"completion": 2},
    "replaced_methods": {"router": 8},
    "cancelled": {"completion": 1},
    "costs": {"cost_calculation": 20},
    "handlers": {"transport": 50},
    "handler_calls": {"transport": 10},
}


def differences(one: Any, other: Any, path: str = "") -> list[str]:
    """Where two observations differ."""
    if isinstance(one, dict) and isinstance(other, dict):
        keys = [*one, *[key for key in other if key not in one]]
        found = [] if list(one) == list(other) else [f"{path}: keys {list(one)} and {list(other)}"]
        return found + [d for key in keys for d in differences(one.get(key), other.get(key), f"{path}.{key}")]
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        return [d for i, pair in enumerate(zip(one, other, strict=True)) for d in differences(*pair, f"{path}[{i}]")]
    return [] if one == other else [f"{path}: {one!r:.300} and {other!r:.300}"]


def observations(upstream: Upstream) -> dict[tuple[str, str], Any]:
    """What each scenario gives, by name and whether it is accelerated."""
    pairs = [(name, mode) for name in SCENARIOS for mode in ("off", "on")] + [(name, "shadow") for name in SHADOWED]
    proxied = [pair for pair in pairs if pair[0].startswith("proxy")]
    found: dict[tuple[str, str], Any] = {}
    # The proxy registers callbacks as it is loaded: last.
    for group, modules in (([pair for pair in pairs if pair not in proxied], ()), (proxied, (PROXY,))):
        scripts = [f"import observe; observe.main({name!r}, {mode!r})" for name, mode in group]
        found |= zip(group, upstream.run(scripts, *modules), strict=True)
    return found


def test_nothing_differs(upstream: Upstream) -> None:
    """Every scenario, with acceleration and without; one test, so that upstream is imported once."""
    outcomes = observations(upstream)
    for name, least in SCENARIOS.items():
        off, on = outcomes[name, "off"], outcomes[name, "on"]
        found = [
            difference
            for part in ("observed", "seen")
            for difference in differences(off[part], on[part], f"{name}: {part}")
        ]
        assert not found, "\n" + "\n".join(found[:10])
        native = on["native"]
        assert all(native[feature] >= count for feature, count in least.items()), (name, native)
    for name, least in SHADOWED.items():
        off, both = outcomes[name, "off"], outcomes[name, "shadow"]
        found = [*differences(off["observed"], both["observed"]), *differences(off["seen"], both["seen"])]
        assert not both["differing"] + found, (name, both["differing"], found[:10])
        shadowed = both["shadowed"]
        assert all(shadowed[feature] >= count for feature, count in least.items()), (name, shadowed)
