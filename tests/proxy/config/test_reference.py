"""The config reference is what the settings are."""

from __future__ import annotations

from pathlib import Path

from litellm.proxy.config.reference import DESCRIPTIONS, reference
from litellm.proxy.config.schema import KNOWN

PAGE = Path(__file__).parents[3] / "docs" / "config-reference.md"


def test_the_page_is_fresh() -> None:
    assert PAGE.read_text("utf-8") == reference(), "python -m litellm.proxy.config.reference > docs/config-reference.md"


def test_only_settings_that_there_are_are_described() -> None:
    for section, described in DESCRIPTIONS.items():
        assert set(described) <= set(KNOWN[section])
