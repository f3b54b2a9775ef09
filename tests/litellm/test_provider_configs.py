"""Providers' configuration classes, and what packages ask about a provider."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import litellm
import pytest
from litellm.integrations.custom_logger import CustomLogger
from litellm.litellm_core_utils.api_route_to_call_types import get_call_types_for_route
from litellm.litellm_core_utils.core_helpers import get_or_create_metadata_bucket
from litellm.llms.azure.common_utils import get_azure_ad_token, get_azure_ad_token_from_oidc
from litellm.llms.bedrock.common_utils import BedrockModelInfo
from litellm.llms.provider_config_names import CONFIG_PROVIDERS
from litellm.llms.provider_configs import CHAT_DEFAULTS
from litellm.main import responses_api_bridge_check
from litellm.utils import ProviderConfigManager

from tests.support.provider import running

ASKED = [{"role": "user", "content": "hi"}]


@pytest.fixture
def base() -> Iterator[str]:
    with running() as url:
        yield url


def test_every_name_is_a_class_that_knows_its_parameters() -> None:
    unknown = [
        name for name in CONFIG_PROVIDERS if not getattr(litellm, name)().get_supported_openai_params("some-model")
    ]
    assert set(unknown) <= {"AIMLChatConfig", "LemonadeChatConfig"}  # of whose models nothing is known
    assert litellm.openAIGPT5Config.custom_llm_provider == "openai"
    with pytest.raises(AttributeError):
        litellm.NoSuchConfig  # noqa: B018


def test_a_default_is_sent_until_a_call_says_otherwise(base: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(CHAT_DEFAULTS, "anthropic", {})
    seen: list[Any] = []

    class Sent(CustomLogger):
        def log_pre_api_call(self, model: Any, messages: Any, kwargs: Any) -> None:
            seen.append(json.loads(kwargs["additional_args"]["complete_input_dict"])["max_tokens"])

    monkeypatch.setattr(litellm, "callbacks", [Sent()])
    litellm.AnthropicConfig(max_tokens=77)
    assert litellm.AnthropicConfig.get_config() == {"max_tokens": 77}
    for limit in (None, 5):
        litellm.completion("anthropic/claude-sonnet-4-5", ASKED, max_tokens=limit, api_base=base, api_key="k")
    assert seen == [77, 5]


def test_defaults_of_a_family_on_bedrock_stay_there(monkeypatch: pytest.MonkeyPatch) -> None:
    from litellm.llms.provider_configs import chat_defaults

    monkeypatch.setitem(CHAT_DEFAULTS, "bedrock/titan", {"topP": 1})
    assert chat_defaults("bedrock", "amazon.titan-text-express-v1") == {"topP": 1}
    assert chat_defaults("bedrock", "anthropic.claude-3-5-sonnet-20240620-v1:0") == {}


def test_a_configuration_says_what_is_sent() -> None:
    config = litellm.AnthropicConfig()
    assert config.map_openai_params({"stop": "x", "max_tokens": 3}, {}, "claude-sonnet-4-5", False) == {
        "stop_sequences": ["x"],
        "max_tokens": 3,
    }
    assert config.validate_environment({}, "claude-sonnet-4-5", ASKED, {}, {}, api_key="k")["x-api-key"] == "k"
    assert config.get_complete_url("http://here", "k", "claude-sonnet-4-5", {}, {}) == "http://here/v1/messages"
    assert config.transform_request("claude-sonnet-4-5", ASKED, {"max_tokens": 3})["max_tokens"] == 3


def test_a_provider_lists_its_models(base: str) -> None:
    info = ProviderConfigManager.get_provider_model_info("gpt-4o", litellm.LlmProviders("openai"))
    assert info is not None
    listed = info.get_models(api_key="k", api_base=f"{base}/v1")
    assert listed
    assert all(name.startswith("openai/") for name in listed)
    assert info.get_api_key("given") == "given"
    assert ProviderConfigManager.get_provider_model_info("x", "no-such-provider") is None


def test_who_has_a_responses_api() -> None:
    has = ProviderConfigManager.get_provider_responses_api_config
    assert has(litellm.LlmProviders("openai"), "gpt-4o") is not None
    assert has(litellm.LlmProviders("anthropic"), "claude") is None
    assert responses_api_bridge_check("gpt-4o", "openai")[0]["mode"] == "chat"
    assert responses_api_bridge_check("o1-pro", "openai")[0]["mode"] == "responses"
    assert responses_api_bridge_check("responses/gpt-4o", "openai") == ({**litellm.model_cost["gpt-4o"],
                                                                          "mode": "responses"}, "gpt-4o")  # fmt: skip


def test_azure_tokens_from_assertions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AZURE_AD_TOKEN", raising=False)
    assert get_azure_ad_token({"azure_ad_token": "t"}) == "t"
    assert get_azure_ad_token({"azure_ad_token": lambda: "made"}) == "made"
    monkeypatch.delenv("AZURE_TENANT_ID", raising=False)
    monkeypatch.setenv("ASSERTION", "a")
    with pytest.raises(litellm.AuthenticationError, match="tenant_id"):
        get_azure_ad_token_from_oidc("oidc/env/ASSERTION", "client")
    with pytest.raises(litellm.AuthenticationError, match="oidc/env"):
        get_azure_ad_token_from_oidc("oidc/nonsense", "client", "tenant")


def test_small_helpers() -> None:
    assert [kind.value for kind in get_call_types_for_route("/v1/chat/completions") or ()] == [
        "acompletion",
        "completion",
    ]
    assert get_call_types_for_route("/v1beta/models/g:generateContent") is not None
    assert get_call_types_for_route("/nowhere") is None
    data: dict[str, Any] = {"metadata": None}
    assert get_or_create_metadata_bucket(data) == ("metadata", {})
    assert data == {"metadata": {}}
    assert BedrockModelInfo.get_bedrock_route("converse/x") == "converse"
    assert BedrockModelInfo.get_bedrock_route("amazon.titan-text-express-v1") == "invoke"
    assert "eu-west-1" in litellm.AmazonBedrockGlobalConfig().get_all_regions()


def test_effort_of_a_request_overrides_a_deployments_thinking() -> None:
    params = {"model": "m", "thinking": {"type": "enabled"}}
    made = litellm.Router._deployment_params_with_request_reasoning_override
    assert made(params, {"reasoning_effort": "high"}) == {"model": "m"}
    assert made(params, {}) == params
