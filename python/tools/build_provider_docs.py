"""Writes docs/providers.md from the provider registry.

    python python/tools/build_provider_docs.py [--check]

`--check` writes nothing and exits with 1 when the page is not what the registry says.
"""

from __future__ import annotations

import sys
from pathlib import Path

from litellm.types.provider_registry import PROVIDERS, ProviderRow

PAGE = Path(__file__).parents[2] / "docs" / "providers.md"
HEAD = """# Providers

Made from `litellm/types/provider_registry.py` by `python/tools/build_provider_docs.py`. A model is named
`<provider>/<model>`. Addresses and keys can always be given by `api_base` and `api_key`; where a cell is empty, nothing
else is known of them. Formats other than `openai` are the provider's own.

| provider | chat format | address | key |
| --- | --- | --- | --- |
"""


def row_of(row: ProviderRow) -> str:
    """One provider as a line of the table."""
    key = " or ".join(f"`{name}`" for name in row.key_env)
    base = f"`{row.api_base}`" if row.api_base else " or ".join(f"`{name}`" for name in row.base_env)
    return f"| `{row.name}` | {row.wire or '–'} | {base} | {key} |\n"


def page() -> str:
    """The whole page."""
    return HEAD + "".join(row_of(row) for row in PROVIDERS.values())


def main() -> None:
    """Writes or checks the page."""
    if "--check" in sys.argv[1:]:
        sys.exit(PAGE.read_text() != page())
    PAGE.write_text(page())


if __name__ == "__main__":
    main()
