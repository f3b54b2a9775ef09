"""What each model can do under Converse: by the catalogue, and by name where that says nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from litellm.llms.bedrock.route import ModelRoute, facts, route_of

BASE_PARAMS: tuple[str, ...] = (
    "max_tokens", "max_completion_tokens", "stream", "stream_options", "stop", "temperature", "top_p",
    "extra_headers", "response_format", "requestMetadata", "service_tier", "parallel_tool_calls",
)  # fmt: skip
_TOOL_VENDORS = ("anthropic.", "cohere.", "mistral.", "amazon.nova", "meta.llama3-1", "arn:")
_EFFORT_WORDS_ONLY = ("deepseek.", "openai.", "xai.")
_ALWAYS_THINKS = ("claude-fable", "claude-mythos")


class ConverseModel:
    """One model, as Converse serves it."""

    __slots__ = ("base", "facts", "route")

    def __init__(self, model: str) -> None:
        self.route: ModelRoute = route_of(model)
        self.base = self.route.base
        self.facts: Mapping[str, Any] = facts(self.route.model_id)

    @property
    def claude(self) -> bool:
        """Whether it is one of Anthropic's."""
        return "anthropic." in self.base or "claude" in self.base

    @property
    def nova(self) -> bool:
        """Whether it is one of Amazon's Nova models."""
        return self.base.startswith("amazon.nova")

    @property
    def openai(self) -> bool:
        """Whether it is one of OpenAI's."""
        return self.base.startswith("openai.")

    @property
    def unknown(self) -> bool:
        """Whether its name does not tell what it is: an ARN of a profile or of a user's own model."""
        return self.route.model_id.startswith("arn:") and not self.facts

    @property
    def tools(self) -> bool:
        """Whether it takes tools."""
        if self.facts.get("supports_function_calling") is not None:
            return bool(self.facts["supports_function_calling"])
        return self.unknown or self.base.startswith(_TOOL_VENDORS)

    @property
    def tool_choice(self) -> bool:
        """Whether it can be told which tool to call."""
        return bool(self.facts.get("supports_tool_choice")) or self.unknown

    @property
    def forced_tool_use(self) -> bool:
        """Whether it can be made to call a tool."""
        return self.facts.get("supports_forced_tool_use", True) is not False

    @property
    def reasons(self) -> bool:
        """Whether it can think before it answers."""
        if "gpt-oss" in self.base:
            return True
        return bool(self.facts.get("supports_reasoning")) and not self.base.startswith("deepseek.r1")

    @property
    def effort_only(self) -> bool:
        """Whether its thinking is asked for by a `reasoning_effort` word of its own."""
        return self.base.startswith(_EFFORT_WORDS_ONLY)

    @property
    def min_tokens(self) -> int:
        """The least that it can be limited to, in tokens."""
        return 16 if self.base.startswith(("openai.gpt-5", "openai.gpt-6", "xai.")) else 1

    @property
    def nova_reasoning(self) -> bool:
        """Whether it takes Nova's `reasoningConfig`."""
        return self.nova and self.reasons

    @property
    def thinks(self) -> bool:
        """Whether it takes Anthropic's `thinking`."""
        if self.effort_only or self.nova:
            return False
        return self.reasons or self.unknown

    @property
    def adaptive(self) -> bool:
        """Whether it decides itself how long to think."""
        return bool(self.facts.get("supports_adaptive_thinking"))

    @property
    def always_thinks(self) -> bool:
        """Whether its thinking cannot be turned off."""
        return not self.forced_tool_use or any(name in self.base for name in _ALWAYS_THINKS)

    @property
    def caching(self) -> bool:
        """Whether it takes cache points: what the catalogue does not know is believed to."""
        if not self.facts:
            return True
        if self.openai:
            return False
        return bool(self.facts.get("supports_prompt_caching")) and "supports_prompt_cache_breakpoint" not in self.facts

    @property
    def cache_ttl(self) -> bool:
        """Whether cache points can say how long they last."""
        name = "cache_creation_input_token_cost_above_1hr"
        return name in self.facts or name in facts(self.base)

    @property
    def strict_tools(self) -> bool:
        """Whether tools can demand exact arguments."""
        return self.claude and self.facts.get("bedrock_converse_supports_strict_tools") is not False

    @property
    def native_schema(self) -> bool:
        """Whether it has structured output of its own."""
        return bool(self.facts.get("supports_native_structured_output"))

    @property
    def sampling(self) -> bool:
        """Whether temperature and the like can be set."""
        return self.facts.get("supports_sampling_params", True) is not False


def supported_params(model: str) -> list[str]:
    """OpenAI parameter names that `model` takes under Converse."""
    found = ConverseModel(model)
    names = list(BASE_PARAMS)
    if found.tools:
        names.append("tools")
    if found.nova:
        names.append("web_search_options")
    if found.tool_choice:
        names.append("tool_choice")
    if found.openai and not found.sampling:
        names.remove("temperature")
        names.remove("top_p")
    if found.thinks:
        names += ["thinking", "reasoning_effort", "output_config"]
    elif found.nova_reasoning or (found.effort_only and found.reasons):
        names.append("reasoning_effort")
    if found.claude:
        names.append("context_management")
    return names
