"""Lago's stand-in, and gateways that bill through it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.databases import database_env, postgres
from tests.support.gateway import Gateway
from tests.support.lago import API_KEY, LagoProcess

__all__ = ["database_env", "lago", "postgres"]

MODELS = [
    {"model_name": "m", "litellm_params": {"model": "openai/gpt-4o", "mock_response": "hi"}},
    {"model_name": "other", "litellm_params": {"model": "openai/gpt-4o-mini", "mock_response": "hi"}},
]
CALL = {"model": "m", "messages": [{"role": "user", "content": "hello"}], "max_tokens": 20}
CALL_PICO = 10 * 2_500_000 + 20 * 10_000_000
"""What `CALL` costs: the mock's usage at gpt-4o's prices."""


def config(lago: LagoProcess, **moneta: Any) -> dict[str, Any]:
    """A gateway's config with a section `moneta` for this Lago."""
    section = {
        "api_base": lago.base, "api_key": API_KEY, "event_code": "llm_usage", "charge_by": "end_user_id",
        "outbox": {"flush_interval_s": 0.05, "retry_min_s": 0.05, "retry_max_s": 0.5},
    }  # fmt: skip
    return {"model_list": MODELS, "moneta": section | moneta}


def ask(gateway: Gateway, user: str | None = "c1", **kwargs: Any) -> Any:
    """One call for an end user."""
    body = {**CALL, **kwargs.pop("body", {})} | ({"user": user} if user else {})
    return gateway.request("POST", "/v1/chat/completions", json=body, **kwargs)


@pytest.fixture
def lago(tmp_path: Path) -> Iterator[LagoProcess]:
    """A running stand-in whose customers all have 1,000,000 ASKII."""
    with LagoProcess(tmp_path) as running:
        running.set(customers={"*": {"credits": "1000000"}})
        yield running
