"""Tag-based routing: which deployments a request's tags allow.

A plain tag chooses the deployments that carry it, `&tag` requires it, `!tag` forbids it. A deployment can also be
chosen by a regular expression over the caller's user agent (`tag_regex`). What nothing matches goes to the deployments
tagged `default`.
"""

from __future__ import annotations

import functools
import logging
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from litellm.router_utils.ask import METADATA_NAMES, Ask, Pool, metadata_value
from litellm.router_utils.deployments import Row
from litellm.router_utils.settings import RouterSettings
from litellm.types.router import RouterErrors, TagsNotAllowed

logger = logging.getLogger("LiteLLM Router")
DEFAULT_TAG = "default"


@dataclass(frozen=True, slots=True)
class Tags:
    """The tags of a request by what they ask for; `certain` are those that the routing prefix marks as meant."""

    chosen: tuple[str, ...] = ()
    required: frozenset[str] = frozenset()
    forbidden: frozenset[str] = frozenset()
    certain: frozenset[str] = frozenset()

    @classmethod
    def of(cls, tags: Iterable[str], prefix: str = "") -> Tags:
        """The tags that a request gave; those that begin with `prefix` lose it."""
        bare = [tag.removeprefix(prefix) for tag in tags]
        certain = {tag.removeprefix(prefix).lstrip("&!") for tag in tags if prefix and tag.startswith(prefix)}
        return cls(
            tuple(tag for tag in bare if not tag.startswith(("&", "!"))),
            frozenset(tag[1:] for tag in bare if tag.startswith("&") and len(tag) > 1),
            frozenset(tag[1:] for tag in bare if tag.startswith("!") and len(tag) > 1),
            frozenset(certain - {""}),
        )

    def allows(self, row: Row) -> bool:
        """Whether the row has all that is required and nothing that is forbidden."""
        held = tags_of(row)
        return self.required.issubset(held) and self.forbidden.isdisjoint(held)


def tags_of(row: Mapping[str, Any]) -> Sequence[str]:
    """The tags of a deployment."""
    return row["litellm_params"].get("tags") or ()


def request_tags(kwargs: Mapping[str, Any]) -> list[str]:
    """The tags of a request, from its metadata or its `tags`."""
    found: list[str] = []
    for place in (*(kwargs.get(name) for name in METADATA_NAMES), kwargs):
        tags = place.get("tags") if isinstance(place, Mapping) else None
        if isinstance(tags, (list, tuple)):
            found += [tag for tag in tags if isinstance(tag, str)]
    return list(dict.fromkeys(found))


get_tags_from_request_kwargs = _get_tags_from_request_kwargs = request_tags


def is_valid_deployment_tag(
    deployment_tags: Sequence[str], request_tags: Sequence[str], match_any: bool = True
) -> bool:
    """Whether a deployment has any (or, without `match_any`, all) of the tags that a request chooses by."""
    held = set(deployment_tags)
    if not request_tags:
        return False
    return any(tag in held for tag in request_tags) if match_any else held.issuperset(request_tags)


@functools.lru_cache(maxsize=1024)
def _expression(pattern: str) -> re.Pattern[str] | None:
    try:
        return re.compile(pattern)
    except re.error as error:
        logger.warning("tag_regex %r is no regular expression: %s", pattern, error)
        return None


def _pattern_of(row: Row, header: str) -> str | None:
    """The `tag_regex` of a deployment that the header matches, or None."""
    for pattern in row["litellm_params"].get("tag_regex") or ():
        expression = _expression(pattern)
        if expression is not None and expression.search(header):
            return str(pattern)
    return None


class TagFilter:
    """Leaves the deployments that the request's tags allow."""

    def __init__(self, settings: RouterSettings) -> None:
        self._settings = settings
        self._said: dict[str, dict[str, bool]] = {}

    def added(self, row: Row) -> None:
        """Note what a deployment says of its group (`model_info.enable_tag_filtering`)."""
        said = row["model_info"].get("enable_tag_filtering")
        if said is not None:
            self._said.setdefault(row["model_name"], {})[row["model_info"]["id"]] = bool(said)

    def removed(self, row: Row) -> None:
        """Forget a deployment."""
        said = self._said.get(row["model_name"])
        if said is not None:
            said.pop(row["model_info"]["id"], None)

    @property
    def is_on(self) -> bool:
        """Whether tags count, for all or for a group."""
        return self._settings.enable_tag_filtering or bool(self._said)

    def applies(self, pool: Pool, ask: Ask) -> bool:
        """Whether tags count: the request, a deployment of the group, or else the router says so."""
        if ask.kwargs.get("enable_tag_filtering") is True:
            return True
        if self._said:
            for name in pool.names:
                if said := self._said.get(name):
                    return next(iter(said.values()))
        return self._settings.enable_tag_filtering

    def narrow(self, rows: Sequence[Row], pool: Pool, ask: Ask) -> Sequence[Row]:
        """The rows that the tags choose. Raises ValueError when a tag that the group knows leaves none."""
        prefix = self._settings.tag_routing_prefix or ""
        given = request_tags(ask.kwargs)
        tags = Tags.of(given, prefix)
        agent = metadata_value(ask.kwargs, "user_agent")
        header = f"User-Agent: {agent}" if agent else ""
        allowed = [row for row in rows if tags.allows(row)]
        by_header = (
            bool(header) and not tags.required and any(row["litellm_params"].get("tag_regex") for row in allowed)
        )
        if tags.chosen or by_header:
            matched = [row for row in allowed if self._matches(row, tags, header, ask)]
            found = matched or ([] if self._known(tags, pool) else _tagged_default(allowed))
        elif tags.required:
            found = allowed
        elif tags.forbidden:
            found = [row for row in _defaults(rows) if tags.allows(row)]
        else:
            return _defaults(rows)
        return found or self._open(rows, tags, ask, given)

    def _matches(self, row: Row, tags: Tags, header: str, ask: Ask) -> bool:
        match_any, held = self._settings.tag_filtering_match_any, tags_of(row)
        if held and is_valid_deployment_tag(held, tags.chosen, match_any):
            value = next((tag for tag in held if tag in tags.chosen), held[0])
            self._record(row, ask, "tags", value)
            return True
        if not header or (held and not match_any):
            return False
        pattern = _pattern_of(row, header)
        if pattern is not None:
            self._record(row, ask, "tag_regex", pattern)
        return pattern is not None

    @staticmethod
    def _record(row: Row, ask: Ask, via: str, value: str) -> None:
        """Say in the request's metadata what matched, for callbacks and spend logs."""
        metadata = next((ask.kwargs[name] for name in METADATA_NAMES if isinstance(ask.kwargs.get(name), dict)), None)
        if metadata is not None:
            metadata.setdefault(
                "tag_routing",
                {
                    "matched_deployment": row["model_name"],
                    "matched_via": via,
                    "matched_value": value,
                    "request_tags": request_tags(ask.kwargs),
                    "user_agent": metadata.get("user_agent", ""),
                },
            )

    @staticmethod
    def _known(tags: Tags, pool: Pool) -> bool:
        """Whether the tags mean this group: a deployment of it carries one, or the routing prefix marks one."""
        chosen = set(tags.chosen)
        return bool(chosen & tags.certain) or any(chosen.intersection(tags_of(row)) for row in pool.rows.values())

    def _open(self, rows: Sequence[Row], tags: Tags, ask: Ask, given: list[str]) -> Sequence[Row]:
        """What is left when nothing matches: nothing, unless a deployment says `model_info.allow_fail_open`.

        Even then a constraint that comes from the caller's key or team (`inherited_tags`) holds.
        """
        if any(row["model_info"].get("allow_fail_open") is True for row in rows):
            inherited = metadata_value(ask.kwargs, "inherited_tags")
            policy = Tags.of(
                inherited if isinstance(inherited, (list, tuple)) else (), self._settings.tag_routing_prefix
            )
            left = [row for row in rows if policy.allows(row)]
            invented = tags.required - {tag for row in rows for tag in tags_of(row)} - tags.certain
            narrower = Tags(required=tags.required - invented, forbidden=tags.forbidden)
            hidden = invented and narrower.required and any(narrower.allows(row) for row in rows)
            if left and not hidden:
                return _defaults(left)
        raise TagsNotAllowed(
            f"{RouterErrors.no_deployments_with_tag_routing.value}. Passed model={ask.model} and tags={given}"
        )


def _tagged_default(rows: Iterable[Row]) -> list[Row]:
    return [row for row in rows if DEFAULT_TAG in tags_of(row)]


def _defaults(rows: Sequence[Row]) -> Sequence[Row]:
    """The rows tagged `default`, or all when none is."""
    return _tagged_default(rows) or rows
