"""How one OpenAI-compatible provider differs from OpenAI, as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Profile:
    """The quirks of one provider. What a profile leaves out is OpenAI's own behaviour."""

    params: tuple[str, ...] | None = None
    """OpenAI parameter names it takes; None for OpenAI's usual set."""
    tools_need_catalogue: bool = False
    """Takes tools only for models that the catalogue says can call functions."""
    renames: Mapping[str, str] = field(default_factory=dict)
    """OpenAI parameter name → the provider's name for it."""
    fixed_params: Mapping[str, Any] = field(default_factory=dict)
    """Body fields that every request carries unless the caller set them."""
    path: str = "/chat/completions"
    path_if_missing_v1: bool = False
    """Whether a base URL without a version gets `/v1` before the path."""
    auth_header: str = "authorization"
    auth_scheme: str = "Bearer "
    headers: Mapping[str, str] = field(default_factory=dict)
    names_provider_in_model: bool = False
    """Whether responses name their model `<provider>/<model>`."""
    choice_fields: bool = True
    """Whether each choice has a `provider_specific_fields`, empty where there are none."""
    message_fields: bool = True
    """Whether each message has one, with the fields that OpenAI does not know."""
    names_itself: bool = True
    """Whether `_hidden_params` names the provider."""
    strips_message_names: bool = False
    flattens_content: bool = False
    """Whether a list of text parts is sent as one string."""
    tool_choice_values: Mapping[str, str] = field(default_factory=dict)
    """`tool_choice` words that the provider calls otherwise."""
    stream_options: bool = True
    sdk_retries: bool = True
    """Whether a failed request is sent again as OpenAI's SDK would."""


OPENAI = Profile()
