"""What custom guardrails of LiteLLM's docs import. Which guardrail runs for a request is the gateway's decision."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


async def should_proceed_based_on_metadata(data: Mapping[str, Any], guardrail_name: str) -> bool:
    """Whether a request that names its guardrails in `metadata.guardrails` wants this one; True when it names none.

    `guardrails` is a mapping from names to yes or no. A list of names was read before a guardrail is called at all.
    """
    metadata = data.get("metadata")
    wanted = metadata.get("guardrails") if isinstance(metadata, Mapping) else None
    if isinstance(wanted, Mapping):
        return any(on is not False and name == guardrail_name for name, on in wanted.items())
    return True
