"""Small conversions that many places share."""

from __future__ import annotations

from typing import Any, Literal

from litellm.types.finish_reasons import FINISH_REASONS as _FINISH_REASON_MAP, map_finish_reason

__all__ = ["_FINISH_REASON_MAP", "get_or_create_metadata_bucket", "map_finish_reason"]

Bucket = Literal["metadata", "litellm_metadata"]


def get_or_create_metadata_bucket(request_data: dict[str, Any]) -> tuple[Bucket, dict[str, Any]]:
    """Where a request keeps LiteLLM's metadata, by name, and it; made in `request_data` where it is missing.

    `litellm_metadata` where the request has that field: routes whose own `metadata` goes to the provider do.
    """
    name: Bucket = "litellm_metadata" if "litellm_metadata" in request_data else "metadata"
    bucket = request_data.get(name)
    if not isinstance(bucket, dict):
        bucket = request_data[name] = {}
    return name, bucket
