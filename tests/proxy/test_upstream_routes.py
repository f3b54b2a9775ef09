"""Which of LiteLLM's LLM and pass-through routes are served. `docs/routes.md` has the gaps, and is checked here."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from litellm.proxy.endpoints.realtime import REALTIME

from tests.proxy.auth.test_route_matrix import ROUTES

UPSTREAM = json.loads(Path(__file__).with_name("upstream_routes.json").read_text())
"""LiteLLM 1.106.2's routes by kind, each with its methods."""
DOCS = Path(__file__).parents[2] / "docs" / "routes.md"
WEBSOCKETS = frozenset(("GET", path) for path in REALTIME.paths)
"""What upstream's document lists as GET and serves as a websocket."""


def nameless(path: str) -> str:
    return re.sub(r"\{[^}]*\}", "{}", path)


def gaps(kind: str) -> list[tuple[str, str]]:
    ours = {(method, nameless(path)) for method, path in ROUTES} | WEBSOCKETS
    theirs = {(method, path) for path, methods in UPSTREAM[kind].items() for method in methods}
    return sorted((path, method) for method, path in theirs if (method, nameless(path)) not in ours)


@pytest.mark.parametrize(("kind", "at_least"), [("llm", 179), ("pass_through", 122)])
def test_upstreams_routes_are_served(kind: str, at_least: int) -> None:
    total = sum(len(methods) for methods in UPSTREAM[kind].values())
    missing = gaps(kind)
    assert total - len(missing) >= at_least, missing


def test_the_documented_gaps_are_the_gaps() -> None:
    documented = {
        (path, method)
        for path, methods in re.findall(r"^\| `(/[^`]*)` \| ([A-Z, ]+) \|", DOCS.read_text(), re.MULTILINE)
        for method in methods.split(", ")
    }
    assert documented == set(gaps("llm")) | set(gaps("pass_through"))
