"""How one OpenAI-compatible provider differs from OpenAI, as data."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class When:
    """What the models of a provider take more, or less, when the catalogue or their name says so."""

    fact: str | None = None
    """The catalogue fact to look at; None for any model."""
    name: str | None = None
    """A regular expression found in the model's name; None for any model."""
    said: Literal["true", "not true", "not true of a known model", "false"] = "true"
    """What the catalogue must say of `fact`."""
    add: tuple[str, ...] = ()
    without: tuple[str, ...] = ()

    def holds(self, model: str, facts: Mapping[str, Any]) -> bool:
        """Whether this is about `model`, of which the catalogue says `facts`."""
        if self.name is not None and re.search(self.name, model) is None:
            return False
        if self.fact is None:
            return True
        value = facts.get(self.fact)
        if self.said == "true":
            return bool(value)
        if self.said == "false":
            return value is False
        return not value and (bool(facts) or self.said == "not true")

    def applied(self, names: list[str]) -> list[str]:
        """`names` with what is added and without what is left out."""
        kept = [name for name in names if name not in self.without]
        return kept + [name for name in self.add if name not in kept]


@dataclass(frozen=True, slots=True)
class Profile:
    """The quirks of one provider. What a profile leaves out is OpenAI's own behaviour."""

    # Parameters

    params: tuple[str, ...] | None = None
    """OpenAI parameter names it takes; None for OpenAI's usual set."""
    when: tuple[When, ...] = ()
    """What differs by model, applied in order."""
    openai_families: bool = False
    """Whether OpenAI's reasoning models are served with OpenAI's own rules for them."""
    tools_need_catalogue: bool = False
    """Takes tools only for models that the catalogue says can call functions."""
    renames: Mapping[str, str] = field(default_factory=dict)
    """OpenAI parameter name → the provider's name for it."""
    fixed_params: Mapping[str, Any] = field(default_factory=dict)
    """Body fields that every request carries unless the caller set them."""
    tool_choice_values: Mapping[str, str] = field(default_factory=dict)
    """`tool_choice` words that the provider calls otherwise."""
    tool_choice_objects: bool = True
    """Whether `tool_choice` may name a function."""
    thinking_switch: bool = False
    """Whether thinking can only be switched on, without a budget or an effort."""
    thinking_as_effort: bool = False
    """Whether a thinking budget is sent as `reasoning_effort`."""
    schema_by_tool: bool = False
    """Whether a JSON schema is asked for by a tool, for models without structured output."""
    streams_usage: bool = False
    """Whether streams are always asked for their usage."""

    # Requests

    path: str = "/chat/completions"
    auth_header: str = "authorization"
    auth_scheme: str = "Bearer "
    headers: Mapping[str, str] = field(default_factory=dict)
    name_roles: frozenset[str] | None = None
    """Roles whose messages may carry a `name`; None for all."""
    left_out: frozenset[str] = frozenset()
    """Fields of messages that the provider does not know."""
    call_index: bool = True
    """Whether tool calls may say their `index`."""
    tool_images: bool = False
    """Whether the result of a tool may hold images."""
    strict_tools: bool = True
    """Whether a function may be `strict`."""
    flattens_content: bool = False
    """Whether a list of text parts is sent as one string."""
    says_stream: bool = False
    """Whether every request says whether it streams."""
    keeps_cache_control: bool | str = False
    """Whether `cache_control` marks reach the provider; a regular expression names the models that take them."""
    refuses_marks_at: str | None = None
    """A host that takes no such marks, though others with this profile do."""
    media_formats: bool = True
    """Whether images and files may carry LiteLLM's `format`, their media type."""
    marks_in_parts: bool = False
    """Whether the mark of a whole message is moved to its content's last part."""
    empty_assistant: bool = True
    """Whether messages of the assistant that say nothing are sent."""
    sdk_retries: bool = True
    """Whether a failed request is sent again as OpenAI's SDK would."""

    # Replies

    names_provider_in_model: bool = False
    """Whether responses name their model `<provider>/<model>`."""
    unreadable_status: int | None = 500
    """Status that an unreadable reply stands for; None for a broken connection."""
    names_empty_reply: bool = True
    """Whether the error for a reply without choices has the provider and the model in its fields, not only its text."""
    choice_fields: bool = True
    """Whether each choice has a `provider_specific_fields`, empty where there are none."""
    message_fields: bool = True
    """Whether each message has one, even an empty one, for the fields that OpenAI does not know."""
    names_itself: bool = True
    """Whether `_hidden_params` names the provider."""
    prompted_choice: str | None = None
    """What the user is made to say where a tool has to be called and `tool_choice` cannot demand it."""
    browser_search: str | None = None
    """Models, by a regular expression, for which `web_search_options` become a tool `browser_search`."""
    reasoning_prompt: str | None = None
    """Models, by a regular expression, that are made to think by `prompt_mode`."""
    known_service_tiers: frozenset[str] | None = None
    """Service tiers that are passed on; others become `auto`. None for all."""

    def keeps_marks(self, model: str, api_base: str | None) -> bool:
        """Whether `cache_control` marks are sent to `model` at `api_base`."""
        keeps = self.keeps_cache_control
        if isinstance(keeps, str):
            return re.search(keeps, model) is not None
        return keeps and (self.refuses_marks_at is None or self.refuses_marks_at not in (api_base or ""))


OPENAI = Profile(keeps_cache_control=True, refuses_marks_at="api.openai.com", media_formats=False)
