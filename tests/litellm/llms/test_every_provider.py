"""Every row of the registry: where it sends a chat, with which key, by which variables, and what it refuses."""

from __future__ import annotations

import json
from typing import Any

import litellm
import pytest
from litellm.llms.formats import CHAT_FORMATS
from litellm.llms.openai.params import OPENAI_CHAT_PARAMS
from litellm.llms.openai_like.profiles import PROFILES, profile_of
from litellm.types.provider_registry import PROVIDERS, ProviderRow

from tests.litellm.llms.samples import OPENAI_REPLY
from tests.support.scripted import Scripted

MESSAGES = [{"role": "user", "content": "Hi"}]
PLAIN = [
    row
    for row in PROVIDERS.values()
    if row.wire == "openai" and row.name not in CHAT_FORMATS and row.name not in ("github_copilot", "chatgpt")
]
"""Rows that are nothing but rows: OpenAI's format with the quirks of a profile."""
UNNAMED = frozenset({"bedrock_mantle", "custom_openai"})
plain = pytest.mark.parametrize("row", PLAIN, ids=lambda row: row.name)


@pytest.fixture(autouse=True)
def _no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for row in PROVIDERS.values():
        for name in (*row.key_env, *row.base_env, *row.required_env):
            monkeypatch.delenv(name, raising=False)


def call(row: ProviderRow, **more: Any) -> Any:
    return litellm.completion(f"{row.name}/m", MESSAGES, max_retries=0, **more)


def key_sent(script: Scripted, row: ProviderRow) -> str | None:
    profile = profile_of(row.name)
    sent = script.asked[-1].headers.get(profile.auth_header)
    return sent.removeprefix(profile.auth_scheme) if sent else None


@plain
def test_the_callers_address_and_key_are_used(script: Scripted, row: ProviderRow) -> None:
    script.will_say(OPENAI_REPLY)
    response = call(row, api_base=f"{script.base}/v9", api_key="from-the-call")
    assert response.choices[0].message.content == "Grüße"
    assert script.asked[-1].path.partition("?")[0].endswith("/chat/completions")
    assert script.asked[-1].path.startswith("/v9/")
    assert key_sent(script, row) == "from-the-call"
    assert script.last["messages"] == MESSAGES
    assert script.last["model"] == "m"


@plain
def test_address_and_key_come_from_the_environment(
    script: Scripted, row: ProviderRow, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not row.base_env or not row.key_env:
        return
    for variable in row.base_env:
        for key_variable in row.key_env:
            monkeypatch.setenv(variable, f"{script.base}/v9")
            monkeypatch.setenv(key_variable, f"by-{key_variable}")
            script.will_say(OPENAI_REPLY)
            call(row)
            assert key_sent(script, row) == f"by-{key_variable}"
            monkeypatch.delenv(variable)
            monkeypatch.delenv(key_variable)


@plain
def test_parameters_are_sent_under_their_names_or_refused(script: Scripted, row: ProviderRow) -> None:
    profile = profile_of(row.name)
    taken = litellm.get_supported_openai_params("m", row.name) or []
    for name, value in {"temperature": 0.5, "max_tokens": 7, "seed": 3, "top_p": 0.5}.items():
        script.will_say(OPENAI_REPLY)
        arguments = {name: value, "api_base": f"{script.base}/v9", "api_key": "k"}
        if taken and name not in taken:
            with pytest.raises(litellm.UnsupportedParamsError, match=name):
                call(row, **arguments)
            continue
        call(row, **arguments)
        assert script.last[profile.renames.get(name, name)] == value


@plain
def test_refusals_name_the_provider(script: Scripted, row: ProviderRow) -> None:
    for status, kind in ((401, litellm.AuthenticationError), (429, litellm.RateLimitError)):
        script.will_say({"error": {"message": "said the provider"}}, status=status)
        with pytest.raises(kind, match="said the provider") as raised:
            call(row, api_base=f"{script.base}/v9", api_key="k")
        assert raised.value.llm_provider == row.name


@pytest.mark.parametrize("row", PROVIDERS.values(), ids=lambda row: row.name)
def test_the_environment_is_checked(row: ProviderRow, monkeypatch: pytest.MonkeyPatch) -> None:
    said = litellm.validate_environment(f"{row.name}/m")
    assert set(said["missing_keys"]) == set(row.required_env)
    assert said["keys_in_environment"] is (not row.required_env)
    for name in row.required_env:
        monkeypatch.setenv(name, "x")
    assert litellm.validate_environment(f"{row.name}/m")["keys_in_environment"] is True


@pytest.mark.parametrize("row", PROVIDERS.values(), ids=lambda row: row.name)
def test_a_name_finds_its_row(row: ProviderRow) -> None:
    name = "chat/7/some-model" if row.name == "ragflow" else "some/model"  # RAGFlow has its own form of names
    model, provider, _, base = litellm.get_llm_provider(f"{row.name}/{name}")
    assert provider in (row.name, "cohere_chat")
    assert model == name
    assert base is None or base.startswith(("http://", "https://"))


def test_profiles_are_of_rows_and_name_what_openai_or_the_provider_has() -> None:
    assert set(PROFILES) <= set(PROVIDERS)
    for name, profile in PROFILES.items():
        assert set(profile.renames) <= {*OPENAI_CHAT_PARAMS, *(profile.params or ())}, name
        json.dumps(dict(profile.fixed_params))


def test_prices_are_under_names_that_find_their_row() -> None:
    lost = [
        name
        for name, entry in litellm.model_cost.items()
        if (owner := entry.get("litellm_provider")) in PROVIDERS and name.startswith(f"{owner}/")
        if litellm.get_llm_provider(name)[1] not in (owner, "cohere_chat", "azure_ai")
    ]
    assert lost == []


def test_a_mocked_vector_is_read_by_name_and_by_key() -> None:
    item = litellm.embedding("text-embedding-3-small", ["a"], mock_response=[0.5]).data[0]
    assert item.embedding == item["embedding"] == [0.5]
