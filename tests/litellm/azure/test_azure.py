"""Azure: deployments, versions, keys and tokens."""

from __future__ import annotations

import sys
import types
from typing import Any

import litellm
import pytest
from litellm.secret_managers.azure import signer

from tests.litellm.support import last

MESSAGES = [{"role": "user", "content": "Hi"}]


def complete(base: str, **kwargs: Any) -> Any:
    return litellm.completion(**{"model": "azure/mine", "messages": MESSAGES, "api_base": base, **kwargs})


def test_a_key(provider_url: str) -> None:
    complete(provider_url, api_key="k", api_version="2024-10-21")
    asked = last(provider_url)
    assert asked["path"] == "/openai/deployments/mine/chat/completions"
    assert asked["query"] == "api-version=2024-10-21"
    assert asked["headers"]["api-key"] == "k"


def test_the_version_less_api(provider_url: str) -> None:
    complete(provider_url, api_key="k", api_version="v1")
    asked = last(provider_url)
    assert asked["path"] == "/openai/v1/chat/completions"
    assert asked["headers"]["authorization"] == "Bearer k"


def test_a_token(provider_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    complete(provider_url, azure_ad_token="t")
    assert last(provider_url)["headers"]["authorization"] == "Bearer t"
    monkeypatch.setenv("AZURE_AD_TOKEN", "from the environment")
    complete(provider_url)
    assert last(provider_url)["headers"]["authorization"] == "Bearer from the environment"


async def test_a_token_provider(provider_url: str) -> None:
    async def awaited() -> str:
        return "awaited"

    complete(provider_url, azure_ad_token_provider=lambda: "called")
    assert last(provider_url)["headers"]["authorization"] == "Bearer called"
    asked = {"model": "azure/mine", "messages": MESSAGES, "api_base": provider_url}
    await litellm.acompletion(azure_ad_token_provider=awaited, **asked)
    assert last(provider_url)["headers"]["authorization"] == "Bearer awaited"
    await litellm.aembedding("azure/mine", "x", api_base=provider_url, azure_ad_token_provider=lambda: "called")
    assert last(provider_url)["headers"]["authorization"] == "Bearer called"
    await litellm.aresponses("x", "azure/mine", api_base=provider_url, azure_ad_token_provider=lambda: "called")
    assert last(provider_url)["headers"]["authorization"] == "Bearer called"


def test_a_token_provider_without_a_token(provider_url: str) -> None:
    with pytest.raises(litellm.AuthenticationError, match="azure_ad_token_provider"):
        complete(provider_url, azure_ad_token_provider=lambda: None)


@pytest.fixture
def identity(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """azure-identity, as far as it is used; what was asked of it."""
    asked: list[Any] = []

    def credential(kind: str) -> Any:
        def make(*args: Any, **kwargs: Any) -> Any:
            asked.append((kind, args))
            return kind

        return make

    kinds = ("ClientSecretCredential", "UsernamePasswordCredential", "DefaultAzureCredential")
    module = types.SimpleNamespace(**{kind: credential(kind) for kind in kinds})
    module.get_bearer_token_provider = lambda made, scope: lambda: f"{made}@{scope}"
    monkeypatch.setitem(sys.modules, "azure", types.SimpleNamespace(identity=module))
    signer.token_source.cache_clear()
    return asked


def test_a_service_principal(provider_url: str, identity: list[Any]) -> None:
    principal = {"tenant_id": "t", "client_id": "c", "client_secret": "s"}
    for _ in range(2):
        complete(provider_url, **principal)
    sent = last(provider_url)["headers"]["authorization"]
    assert sent == "Bearer ClientSecretCredential@https://cognitiveservices.azure.com/.default"
    assert identity == [("ClientSecretCredential", ("t", "c", "s"))]
    assert "client_secret" not in str(last(provider_url)["body"])


def test_the_default_chain_only_when_asked_for(
    provider_url: str, identity: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    complete(provider_url)
    assert identity == []
    monkeypatch.setattr(litellm, "enable_azure_ad_token_refresh", True)
    complete(provider_url)
    assert [kind for kind, _ in identity] == ["DefaultAzureCredential"]


def test_a_missing_package_is_named(provider_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "azure", None)
    signer.token_source.cache_clear()
    with pytest.raises(litellm.AuthenticationError, match="azure-identity"):
        complete(provider_url, tenant_id="t", client_id="c", client_secret="other")


def test_embeddings_travel_as_base64(provider_url: str) -> None:
    from litellm.llms.openai.embeddings import as_floats

    answer = litellm.embedding("azure/mine", ["a"], api_base=provider_url, api_key="k")
    assert last(provider_url)["body"]["encoding_format"] == "base64"
    assert answer.data[0]["embedding"][0] == 0.1
    assert as_floats("AACAPwAAAEA=") == [1.0, 2.0]


def test_claude_on_azure_ai(provider_url: str) -> None:
    answer = complete(provider_url, model="azure_ai/claude-sonnet-4-5", api_key="k")
    asked = last(provider_url)
    assert asked["path"] == "/anthropic/v1/messages"
    assert asked["headers"]["api-key"] == asked["headers"]["x-api-key"] == "k"
    assert answer.choices[0].message.content


@pytest.mark.parametrize(
    ("base", "kwargs", "path", "version"),
    [
        ("", {"api_version": "2024-10-21"}, "/openai/deployments/mine/chat/completions", "2024-10-21"),
        ("/openai/deployments/other", {}, "/openai/deployments/other/chat/completions", "2025-02-01-preview"),
        (
            "/openai/deployments/other/chat/completions?api-version=2024-06-01",
            {},
            "/openai/deployments/other/chat/completions",
            "2024-06-01",
        ),
        ("", {"model": "azure/o_series/mine"}, "/openai/deployments/mine/chat/completions", "2025-02-01-preview"),
    ],
)
def test_addresses(provider_url: str, base: str, kwargs: dict[str, Any], path: str, version: str) -> None:
    complete(provider_url + base, api_key="k", **kwargs)
    asked = last(provider_url)
    assert (asked["path"], asked["query"]) == (path, f"api-version={version}")


def test_versions_of_the_settings_and_the_environment(provider_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AZURE_API_VERSION", "2024-02-01")
    complete(provider_url, api_key="k")
    assert last(provider_url)["query"] == "api-version=2024-02-01"
    monkeypatch.setattr(litellm, "api_version", "2024-06-01")
    complete(provider_url, api_key="k")
    assert last(provider_url)["query"] == "api-version=2024-06-01"


def test_old_versions_get_what_they_know(provider_url: str) -> None:
    schema = {"type": "json_schema", "json_schema": {"name": "a", "schema": {"type": "object"}}}
    complete(provider_url, api_key="k", api_version="2024-02-01", response_format=schema)
    body = last(provider_url)["body"]
    assert "response_format" not in body
    assert body["tool_choice"]["function"]["name"] == body["tools"][0]["function"]["name"]


@pytest.mark.parametrize("model", ["azure/o_series/mine", "azure/gpt5_series/mine"])
def test_families_told_by_a_prefix(provider_url: str, model: str) -> None:
    complete(provider_url, model=model, api_key="k", max_tokens=5, temperature=0.5, drop_params=True)
    body = last(provider_url)["body"]
    assert body["model"] == "mine"
    assert body["max_completion_tokens"] == 5
    assert "temperature" not in body


def test_a_base_model_is_what_a_deployment_costs(provider_url: str) -> None:
    answer = complete(provider_url, api_key="k", base_model="azure/gpt-4o")
    usage = answer.usage
    expected = usage.prompt_tokens * 2.5e-6 + usage.completion_tokens * 1e-5
    assert answer._hidden_params["response_cost"] == pytest.approx(expected)


def test_extra_query(provider_url: str) -> None:
    complete(provider_url, api_key="k", api_version="2024-10-21", extra_query={"trace": "1"})
    assert last(provider_url)["query"] == "api-version=2024-10-21&trace=1"
