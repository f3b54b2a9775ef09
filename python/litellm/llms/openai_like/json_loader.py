"""The registry's OpenAI-compatible providers, under the path and names that LiteLLM users import them by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from litellm.llms.formats import CHAT_FORMATS
from litellm.llms.openai_like.profiles import profile_of
from litellm.llms.responses.native import NATIVE
from litellm.types.provider_registry import PROVIDERS, ProviderRow


@dataclass(frozen=True, slots=True)
class SimpleProviderConfig:
    """One provider's row."""

    slug: str
    base_url: str
    api_key_env: str | None
    api_base_env: str | None
    param_mappings: Mapping[str, str] = field(default_factory=dict)
    """OpenAI parameter name → the provider's."""
    special_handling: Mapping[str, Any] = field(default_factory=dict)
    supported_endpoints: tuple[str, ...] = ()


class JSONProviderRegistry:
    """What is known of the providers that speak OpenAI's format and are no more than a row."""

    @classmethod
    def get(cls, slug: str) -> SimpleProviderConfig | None:
        """The provider of that name; None when there is none."""
        row = PROVIDERS.get(slug)
        if row is None or not _is_plain(row):
            return None
        profile = profile_of(slug)
        return SimpleProviderConfig(
            slug=slug,
            base_url=row.api_base or "",
            api_key_env=next(iter(row.key_env), None),
            api_base_env=next(iter(row.base_env), None),
            param_mappings=profile.renames,
            special_handling={"convert_content_list_to_string": True} if profile.flattens_content else {},
            supported_endpoints=("/v1/responses",) if slug in NATIVE else (),
        )

    @classmethod
    def exists(cls, slug: str) -> bool:
        """Whether there is a provider of that name."""
        return cls.get(slug) is not None

    @classmethod
    def list_providers(cls) -> list[str]:
        """The names of all."""
        return [name for name, row in PROVIDERS.items() if _is_plain(row)]

    @classmethod
    def supports_responses_api(cls, slug: str) -> bool:
        """Whether the provider has a Responses API of its own."""
        return cls.exists(slug) and slug in NATIVE


def _is_plain(row: ProviderRow) -> bool:
    return (
        row.wire == "openai" and row.name not in ("openai", *CHAT_FORMATS) and bool(row.api_base) and bool(row.key_env)
    )
