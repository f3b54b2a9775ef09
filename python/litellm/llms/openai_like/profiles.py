"""The quirks of OpenAI-compatible providers, by name. A provider that is not listed has none."""

from __future__ import annotations

from collections.abc import Mapping

from litellm.llms.openai_like.profile import OPENAI, Profile

PROFILES: Mapping[str, Profile] = {}


def profile_of(provider: str) -> Profile:
    """The quirks of `provider`."""
    return PROFILES.get(provider, OPENAI)
