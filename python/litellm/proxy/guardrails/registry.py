"""The guardrails by name: one row each. `guardrail: <name>` in a config makes one of these, `module.Class` its own."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from litellm.integrations.custom_guardrail import CustomGuardrail
from litellm.proxy.config.problems import ConfigError, suggestion
from litellm.proxy.config.settings import ProxyConfig
from litellm.proxy.guardrails.spec import GuardrailSpec
from litellm.proxy.named_objects import named_object

HOOKS = "litellm.proxy.guardrails.guardrail_hooks"
_PRE, _DURING, _POST, _LOG = "pre_call", "during_call", "post_call", "logging_only"
_ALL = (_PRE, _DURING, _POST, _LOG)


@dataclass(frozen=True, slots=True)
class Row:
    """Where a built-in guardrail's class is, what the UI calls it, and when it can run."""

    module: str
    cls: str
    title: str
    modes: tuple[str, ...] = _ALL


BUILT_IN: Mapping[str, Row] = {
    "litellm_content_filter": Row("content_filter", "ContentFilterGuardrail", "LiteLLM Content Filter"),
    "hide-secrets": Row("hide_secrets", "HideSecrets", "Hide Secrets"),
    "tool_permission": Row("tool_permission", "ToolPermissionGuardrail", "Tool Permission", (_PRE, _POST)),
    "detect_prompt_injection": Row("prompt_injection", "PromptInjection", "Prompt Injection", (_PRE, _DURING)),
    "presidio": Row("presidio", "PresidioGuardrail", "Presidio PII"),
    "openai_moderation": Row("openai_moderation", "OpenAIModerationGuardrail", "OpenAI Moderation"),
    "generic_guardrail_api": Row("generic_guardrail_api", "GenericGuardrailAPI", "Generic Guardrail API"),
    "bedrock": Row("bedrock", "BedrockGuardrail", "Bedrock Guardrail"),
    "azure/text_moderations": Row(
        "azure_content_safety", "AzureTextModeration", "Azure Content Safety Text Moderation"
    ),
    "azure/prompt_shield": Row("azure_content_safety", "AzurePromptShield", "Azure Prompt Shield", (_PRE, _DURING)),
    "lakera_v2": Row("lakera", "LakeraV2Guardrail", "Lakera"),
    "lakera": Row("lakera", "LakeraV2Guardrail", "Lakera"),
    "aporia": Row("aporia", "AporiaGuardrail", "Aporia AI"),
    "model_armor": Row("model_armor", "ModelArmorGuardrail", "Google Cloud Model Armor"),
    "guardrails_ai": Row("guardrails_ai", "GuardrailsAI", "Guardrails AI"),
    "custom_code": Row("custom_code", "CustomCodeGuardrail", "Custom Code"),
    "llm_as_a_judge": Row("llm_as_a_judge", "LLMAsAJudge", "LLM as a Judge"),
}


def build(spec: GuardrailSpec, config: ProxyConfig) -> CustomGuardrail:
    """The guardrail that `spec` describes. Raises ConfigError for one that is unknown or refuses its settings."""
    settings = {name: value for name, value in spec.params.items() if name not in ("guardrail", "mode", "default_on")}
    place = f"guardrails.{spec.guardrail_name}.litellm_params"
    cls = _class_of(spec.kind, config, f"{place}.guardrail")
    try:
        made = cls(
            guardrail_name=spec.guardrail_name, event_hook=spec.event_hook,
            default_on=bool(spec.params.get("default_on")), **settings,
        )  # fmt: skip
    except (TypeError, ValueError, OSError) as error:
        raise ConfigError([config.problem(place, str(error))]) from error
    if not isinstance(made, CustomGuardrail):
        message = f"{spec.kind} is no CustomGuardrail"
        raise ConfigError([config.problem(f"{place}.guardrail", message)])
    made.guardrail_id, made.team_id, made.guardrail_provider = spec.guardrail_id, spec.team_id, spec.kind
    made.guardrail_config = settings
    return made


def _class_of(kind: str, config: ProxyConfig, key: str) -> Any:
    row = BUILT_IN.get(kind)
    if row is not None:
        return getattr(importlib.import_module(f"{HOOKS}.{row.module}"), row.cls)
    if "." not in kind:
        message = f"unknown guardrail {kind!r}{suggestion(kind, BUILT_IN)}"
        raise ConfigError([config.problem(key, message)])
    return named_object(kind, config, key)
