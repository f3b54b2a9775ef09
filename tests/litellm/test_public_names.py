"""Names that applications import are there, and are what they say."""

from __future__ import annotations

import importlib

import litellm
import pytest
from litellm._exports import EXPORTS


@pytest.mark.parametrize("name", sorted(EXPORTS))
def test_every_exported_name_resolves(name: str) -> None:
    assert getattr(litellm, name) is not None


def test_types_are_importable_from_utils_too() -> None:
    utils, types = importlib.import_module("litellm.utils"), importlib.import_module("litellm.types.utils")
    assert utils.ModelResponse is types.ModelResponse
    assert utils.Usage is types.Usage
    with pytest.raises(AttributeError):
        _ = utils.NoSuchThing


def test_lists_of_models_come_from_the_catalogue() -> None:
    assert "gpt-4o" in litellm.open_ai_chat_completion_models
    assert "text-embedding-3-small" in litellm.all_embedding_models
    assert any(name.startswith("groq/") for name in litellm.models_by_provider["groq"])


def test_functions_are_described_for_tools() -> None:
    def weather(city: str, days: int = 1) -> str:
        """The weather of a city."""
        return f"{city} {days}"

    described = importlib.import_module("litellm.utils").function_to_dict(weather)
    assert described["name"] == "weather"
    assert described["description"] == "The weather of a city."
    assert described["parameters"]["properties"] == {"city": {"type": "string"}, "days": {"type": "integer"}}
    assert described["parameters"]["required"] == ["city"]


def test_optional_params_are_mapped_without_a_call() -> None:
    assert litellm.get_optional_params("gpt-5", "openai", max_tokens=7) == {"max_completion_tokens": 7}
    with pytest.raises(litellm.UnsupportedParamsError):
        litellm.get_optional_params("gpt-5", "openai", logit_bias={"1": 2})


@pytest.mark.parametrize("name", ["AllowedFailsPolicy", "CustomRoutingStrategyBase", "RetryPolicy"])
def test_what_routers_are_configured_with_is_beside_the_router(name: str) -> None:
    router, types = importlib.import_module("litellm.router"), importlib.import_module("litellm.types.router")
    assert getattr(router, name) is getattr(types, name)


def test_the_cluster_cache_has_its_own_module() -> None:
    caches = importlib.import_module("litellm.caching.redis_cluster_cache")
    assert issubclass(caches.RedisClusterCache, importlib.import_module("litellm.caching.redis_cache").RedisCache)


@pytest.mark.parametrize(("path", "name"), [
    ("videos.main", "VideoObject"), ("containers.main", "ContainerObject"),
    ("vector_stores", "VectorStoreSearchResponse"),
])  # fmt: skip
def test_responses_are_where_applications_import_them(path: str, name: str) -> None:
    assert getattr(importlib.import_module(f"litellm.types.{path}"), name).__name__ == name


def test_readings_are_where_applications_import_them() -> None:
    found = importlib.import_module("litellm.llms.base_llm.ocr.transformation").OCRResponse
    assert found(pages=[{"index": 0, "markdown": "x"}]).pages[0].markdown == "x"
