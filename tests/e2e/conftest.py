"""One gateway and one provider, as processes, for all end-to-end tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import anthropic
import openai
import pytest

from tests.support.gateway import MASTER_KEY, Gateway


def deployment(
    name: str, provider_url: str, behaviour: str = "", model: str = "openai/gpt-4o", **params: Any
) -> dict[str, Any]:
    """A model_list entry whose provider misbehaves as `behaviour` says (see `tests.support.provider`)."""
    base = provider_url + (f"/~{behaviour}" if behaviour else "") + ("" if model.startswith("anthropic/") else "/v1")
    return {"model_name": name, "litellm_params": {"model": model, "api_base": base, "api_key": "sk-up", **params}}


def gateway_config(provider_url: str) -> dict[str, Any]:
    """A config.yaml with well-behaved and broken deployments."""
    claude = "anthropic/claude-sonnet-4-5"
    return {
        "model_list": [
            deployment("gpt", provider_url),
            deployment("claude", provider_url, model=claude),
            deployment("embed", provider_url, model="openai/text-embedding-3-small"),
            deployment("long", provider_url, "words=40,chunk_delay=0.1"),
            deployment("long-claude", provider_url, "words=40,chunk_delay=0.1", model=claude),
            deployment("slow", provider_url, "delay=20", timeout=1, num_retries=0),
            deployment("limited", provider_url, "status=429,retry_after=7"),
            deployment("broken", provider_url, "malformed"),
            deployment("html", provider_url, "html"),
            deployment("cut", provider_url, "cut=4"),
            deployment("down", "http://127.0.0.1:9", timeout=5),
            deployment("refused", provider_url, api_key="sk-wrong"),
            {
                "model_name": "mock",
                "litellm_params": {"model": "openai/gpt-4o", "mock_response": "Hello from the mock."},
            },
        ],
        "router_settings": {"num_retries": 0, "disable_cooldowns": True},
        "general_settings": {"max_request_size_mb": 2},
    }


@pytest.fixture(scope="session")
def gateway(provider_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    """A running gateway that no test may kill."""
    with Gateway(tmp_path_factory.mktemp("gateway"), gateway_config(provider_url)) as running:
        yield running


@pytest.fixture
def own_gateway(provider_url: str, tmp_path: Path) -> Iterator[Gateway]:
    """A running gateway of the test's own, to kill and restart."""
    with Gateway(tmp_path, gateway_config(provider_url)) as running:
        yield running


@pytest.fixture
def openai_client(gateway: Gateway) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=f"{gateway.base}/v1", api_key=MASTER_KEY, max_retries=0) as client:
        yield client


@pytest.fixture
def anthropic_client(gateway: Gateway) -> Iterator[anthropic.Anthropic]:
    with anthropic.Anthropic(base_url=gateway.base, api_key=MASTER_KEY, max_retries=0) as client:
        yield client
