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
from litellm.llms.azure.azure import get_azure_ad_token_from_oidc
from litellm.llms.azure.common_utils import get_azure_ad_token
from litellm.llms.azure_ai.chat.transformation import AzureAIStudioConfig
from litellm.llms.bedrock.common_utils import BedrockModelInfo
from litellm.llms.bedrock_mantle.common_utils import MANTLE_HOST_RE
from litellm.llms.fireworks_ai.chat.transformation import FireworksAIConfig
from litellm.llms.fireworks_ai.cost_calculator import cost_per_token
from litellm.llms.openai_like.json_loader import JSONProviderRegistry
from litellm.llms.provider_config_names import CONFIG_PROVIDERS
from litellm.llms.provider_configs import CHAT_DEFAULTS, ProviderConfig
from litellm.llms.ragflow.chat.transformation import RAGFlowConfig
from litellm.llms.vertex_ai.common_utils import _get_gemini_url
from litellm.llms.xai.chat.transformation import XAIChatConfig
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


def test_what_packages_ask_of_providers_that_are_rows() -> None:
    found = JSONProviderRegistry.get("publicai")
    assert found is not None
    assert (found.base_url, found.api_key_env) == ("https://api.publicai.co/v1", "PUBLICAI_API_KEY")
    assert found.param_mappings == {"max_completion_tokens": "max_tokens"}
    assert JSONProviderRegistry.exists("nano-gpt")
    assert not JSONProviderRegistry.exists("anthropic")
    assert JSONProviderRegistry.get("no-such-provider") is None
    listed = JSONProviderRegistry.list_providers()
    assert {name for name in listed if JSONProviderRegistry.supports_responses_api(name)} >= {"meta", "parasail"}
    assert not JSONProviderRegistry.supports_responses_api("publicai")


@pytest.mark.parametrize(
    ("mode", "stream", "expected"),
    [
        ("chat", True, "/models/gemini-2.5-pro:streamGenerateContent?alt=sse"),
        ("chat", None, "/models/gemini-2.5-pro:generateContent"),
        ("batch_embedding", False, "/models/gemini-2.5-pro:batchEmbedContents"),
    ],
)
def test_addresses_of_gemini(mode: str, stream: bool | None, expected: str) -> None:
    url, method = _get_gemini_url(mode=mode, model="gemini-2.5-pro", stream=stream)
    assert url == f"https://generativelanguage.googleapis.com/v1beta{expected}"
    assert f":{method}" in url
    with pytest.raises(ValueError, match="mode"):
        _get_gemini_url(mode="image_generation", model="m", stream=False)


def test_whose_models_azure_serves() -> None:
    config = AzureAIStudioConfig()
    assert config._is_azure_openai_model("gpt-4o", "https://x.services.ai.azure.com")
    assert not config._is_azure_openai_model("grok-4", "https://x.services.ai.azure.com")
    assert not config._is_azure_openai_model("gpt-4o", None)
    assert config.get_complete_url("https://x", None, "grok-4", {}, {}) == "https://x/chat/completions"


def test_addresses_of_bedrock_mantle() -> None:
    found = MANTLE_HOST_RE.match("https://bedrock-mantle.us-east-1.api.aws/v1")
    assert found is not None
    assert found[1] == "us-east-1"
    assert MANTLE_HOST_RE.match("https://bedrock-mantle.us-east-1.api.aws.evil.example") is None


def test_what_fireworks_costs() -> None:
    usage = litellm.Usage(prompt_tokens=1000, completion_tokens=100, total_tokens=1100)
    model = "accounts/fireworks/models/kimi-k2-instruct"
    assert cost_per_token(model, usage) == pytest.approx((0.0006, 0.00025))
    assert FireworksAIConfig().get_supported_openai_params(model)


@pytest.mark.parametrize("config", [XAIChatConfig, FireworksAIConfig])
def test_classes_at_their_own_paths(config: type[ProviderConfig]) -> None:
    body = config().transform_request("m", [{"role": "user", "content": "hi"}], {"temperature": 0.5})
    assert (body["model"], body["temperature"]) == ("m", 0.5)


def test_ragflows_address() -> None:
    url = RAGFlowConfig().get_complete_url("http://rag.example", "k", "chat/c1/m", {}, {})
    assert url == "http://rag.example/api/v1/chats_openai/c1/chat/completions"
