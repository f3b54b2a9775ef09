"""What guardrails and callbacks note on a request."""

from __future__ import annotations

from typing import Any

from litellm.litellm_core_utils.core_helpers import get_or_create_metadata_bucket


def add_guardrail_to_applied_guardrails_header(request_data: dict[str, Any], guardrail_name: str | None) -> None:
    """Notes that a guardrail ran, in `applied_guardrails` of the request's metadata; once, however often told."""
    if guardrail_name is None:
        return
    _, metadata = get_or_create_metadata_bucket(request_data)
    applied = metadata.setdefault("applied_guardrails", [])
    if guardrail_name not in applied:
        applied.append(guardrail_name)
