"""The gateway's cache of responses, as its config has it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import litellm
import pytest
from litellm.caching.semantic_cache import SemanticCache
from litellm.proxy.config.problems import ConfigError
from litellm.proxy.config.settings import ProxyConfig
from litellm.proxy.response_cache import configured_cache
from litellm.proxy.startup import apply_litellm_settings, build_router

MODELS = [
    {"model_name": "chat", "litellm_params": {"model": "openai/gpt-4o", "mock_response": "hi"}},
    {"model_name": "embedder", "litellm_params": {"model": "openai/e", "mock_response": [0.5, 0.5]}},
]
SEMANTIC = {
    "type": "qdrant-semantic", "similarity_threshold": 0.8, "qdrant_collection_name": "c", "qdrant_api_base": "http://q",
    "qdrant_semantic_cache_embedding_model": "embedder",
}  # fmt: skip


def config(**settings: Any) -> ProxyConfig:
    return ProxyConfig(model_list=MODELS, litellm_settings=settings)


@pytest.fixture(autouse=True)
def no_cache() -> Iterator[None]:
    yield
    litellm.cache = None


async def test_a_cache_answers_the_second_time_and_can_be_switched_off() -> None:
    given = config(cache=True, cache_params={"type": "local", "ttl": 60})
    apply_litellm_settings(given)
    assert litellm.cache is not None
    router = build_router(given)
    question = [{"role": "user", "content": "Hi"}]
    first, second = [await router.acompletion_data("chat", question) for _ in range(2)]
    assert second.id == first.id
    assert second._hidden_params["cache_hit"] is True
    apply_litellm_settings(config(cache=False))
    assert litellm.cache is None


def test_no_cache_is_no_cache() -> None:
    assert configured_cache(config()) is None
    assert configured_cache(config(cache_params={"type": "local"})) is None


@pytest.mark.parametrize("params", [{"type": "nowhere"}, {"type": "qdrant-semantic"}, {"type": "disk", "mode": "odd"}])
def test_a_wrong_setting_is_named(params: dict[str, Any]) -> None:
    with pytest.raises(ConfigError, match=r"litellm_settings\.cache_params"):
        apply_litellm_settings(config(cache=True, cache_params=params))


def test_a_semantic_cache_embeds_by_a_model_of_the_gateway() -> None:
    given = config(cache=True, cache_params=SEMANTIC)
    apply_litellm_settings(given)
    build_router(given)
    assert litellm.cache is not None
    backend = litellm.cache.cache
    assert isinstance(backend, SemanticCache)
    assert len(backend._embedded("What is this?")) == 2
