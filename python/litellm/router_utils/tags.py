"""Tag-based routing: which deployments a request's tags allow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from litellm.router_utils.deployments import Row
from litellm.types.router import RouterErrors

DEFAULT_TAG = "default"


def request_tags(kwargs: Mapping[str, Any], prefix: str = "") -> list[str]:
    """The tags of a request, from its metadata or its `tags`; with a prefix, only those that have it, without it."""
    found: list[str] = []
    for place in (kwargs.get("metadata"), kwargs.get("litellm_metadata"), kwargs):
        tags = place.get("tags") if isinstance(place, Mapping) else None
        if isinstance(tags, (list, tuple)):
            found += [str(tag) for tag in tags]
    if prefix:
        found = [tag.removeprefix(prefix) for tag in found if tag.startswith(prefix)]
    return list(dict.fromkeys(found))


def _matches(row_tags: Sequence[str], wanted: Sequence[str], match_any: bool) -> bool:
    held = set(row_tags)
    return any(tag in held for tag in wanted) if match_any else all(tag in held for tag in wanted)


def filter_by_tags(rows: Sequence[Row], wanted: Sequence[str], match_any: bool = True) -> list[Row]:
    """The rows that `wanted` allows: those that match, else those tagged `default`; without tags, the defaults or all.

    Raises ValueError when tags are wanted and nothing matches.
    """
    defaults = [row for row in rows if DEFAULT_TAG in (row["litellm_params"].get("tags") or ())]
    if not wanted:
        return defaults or list(rows)
    matching = [row for row in rows if _matches(row["litellm_params"].get("tags") or (), wanted, match_any)]
    if matching or defaults:
        return matching or defaults
    raise ValueError(f"{RouterErrors.no_deployments_with_tag_routing.value}. Passed tags={list(wanted)}")
