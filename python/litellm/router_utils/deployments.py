"""The deployments of a router: added, changed and removed one by one, found by id, group, alias or pattern."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from pydantic import BaseModel

from litellm.router_utils.pattern_match_deployments import PatternMatchRouter
from litellm.secret_managers.main import resolved

Row = dict[str, Any]
INTEGERS = ("rpm", "tpm", "max_parallel_requests", "order", "max_retries", "itpm", "otpm")
NUMBERS = ("weight", "input_cost_per_token", "output_cost_per_token", "max_budget")
DEFAULT_GROUP = "*"


def generate_model_id(model_group: str, litellm_params: Mapping[str, Any]) -> str:
    """The id of a deployment without one: SHA-256 over the group and its parameters, as upstream's ids are."""
    parts = [model_group]
    for key, value in litellm_params.items():
        parts += [str(key), json.dumps(value) if isinstance(value, dict) else str(value)]
    return hashlib.sha256("".join(parts).encode()).hexdigest()


def _as_dict(value: Any) -> dict[str, Any]:
    return value.model_dump(exclude_none=True) if isinstance(value, BaseModel) else dict(value)


def _check_numbers(name: str, params: dict[str, Any]) -> None:
    for keys, kind in ((INTEGERS, int), (NUMBERS, float)):
        for key in keys:
            value = params.get(key)
            if value is None or type(value) in (int, float):
                continue
            try:
                params[key] = kind(value)
            except (TypeError, ValueError):
                raise ValueError(
                    f"model_list: {name!r}: litellm_params.{key} must be a number, got {value!r}"
                ) from None


def normalise(raw: Any) -> Row:
    """A row of `model_list` as the router keeps it: environment references resolved, numbers checked, with an id.

    Takes a dict or a `Deployment`. Raises ValueError naming the field that is missing or wrong.
    """
    if not isinstance(raw, (Mapping, BaseModel)):
        raise ValueError(f"model_list: each entry must be a dictionary, got {type(raw).__name__}")
    row = _as_dict(raw)
    name = row.get("model_name")
    if not isinstance(name, str) or not name:
        raise ValueError("model_list: 'model_name' is missing")
    if not row.get("litellm_params"):
        raise ValueError(f"model_list: {name!r}: 'litellm_params' is missing")
    params = {key: resolved(value) for key, value in _as_dict(row["litellm_params"]).items()}
    if not isinstance(params.get("model"), str):
        raise ValueError(f"model_list: {name!r}: litellm_params.model must be a string, got {params.get('model')!r}")
    info = _as_dict(row.get("model_info") or params.get("model_info") or {})
    if info.get("id") is None:
        info["id"] = generate_model_id(name, params)
    info["id"] = str(info["id"])
    info.setdefault("db_model", False)
    for limit in ("rpm", "tpm"):  # after the id, which the row's own limits are no part of
        if params.get(limit) is None and row.get(limit) is not None:
            params[limit] = row[limit]
    _check_numbers(name, params)
    row["litellm_params"] = {key: value for key, value in params.items() if value is not None}
    row["model_info"] = info
    return row


def is_active(row: Row) -> bool:
    """Whether the row is meant for this process's LITELLM_ENVIRONMENT; a row that names none always is."""
    environments = row["model_info"].get("supported_environments")
    return environments is None or os.environ.get("LITELLM_ENVIRONMENT") in environments


class DeploymentStore:
    """Every deployment of one router.

    `on_add` and `on_remove` are told of each change, so that other state follows without a rebuild.
    Rows are never changed in place: a changed deployment is a new row, and calls under way keep theirs.
    """

    def __init__(self, on_add: Callable[[Row], None], on_remove: Callable[[Row], None]) -> None:
        self._on_add, self._on_remove = on_add, on_remove
        self._list: list[Row] | None = None
        self.version = 0
        self.by_id: dict[str, Row] = {}
        self.groups: dict[str, dict[str, Row]] = {}
        self.patterns = PatternMatchRouter()
        self.aliases: dict[str, Any] = {}

    def as_list(self) -> list[Row]:
        """Every row, in the order added."""
        if self._list is None:
            self._list = list(self.by_id.values())
        return self._list

    def replace_all(self, rows: Iterable[Row]) -> None:
        """Make `rows` the whole list; a deployment that did not change keeps its state."""
        wanted = {row["model_info"]["id"]: row for row in rows}
        for model_id in [known for known in self.by_id if known not in wanted]:
            self.remove(model_id)
        for row in wanted.values():
            self.put(row)

    def put(self, row: Row) -> bool:
        """Add `row`, or replace the deployment of the same id. False when nothing changed."""
        model_id, group = row["model_info"]["id"], row["model_name"]
        known = self.by_id.get(model_id)
        if known == row:
            return False
        if known is not None:
            self.remove(model_id)
        self.by_id[model_id] = row
        members = self.groups.setdefault(group, {})
        members[model_id] = row
        if len(members) == 1 and "*" in group and group != DEFAULT_GROUP:
            self.patterns.add_pattern(group)
        self._list = None
        self.version += 1
        self._on_add(row)
        return True

    def remove(self, model_id: str) -> Row | None:
        """Take a deployment out and return its row, or None when the id is unknown."""
        row = self.by_id.pop(model_id, None)
        if row is None:
            return None
        group = row["model_name"]
        members = self.groups[group]
        del members[model_id]
        if not members:
            del self.groups[group]
            self.patterns.remove_pattern(group)
        self._list = None
        self.version += 1
        self._on_remove(row)
        return row

    def alias_of(self, model: str) -> str | None:
        """The group that the alias `model` stands for, or None."""
        target = self.aliases.get(model)
        if target is None:
            return None
        return str(target["model"] if isinstance(target, Mapping) else target)

    def group_of(self, model: str) -> str | None:
        """The group that answers for `model`: an alias's, the exact one, or the best pattern's."""
        model = self.alias_of(model) or model
        if model in self.groups:
            return model
        if (pattern := self.patterns.match(model)) is not None:
            return pattern
        return DEFAULT_GROUP if DEFAULT_GROUP in self.groups else None

    def rows_of(self, model: str) -> list[Row]:
        """The rows that answer for `model`; empty when none does."""
        group = self.group_of(model)
        return [] if group is None else list(self.groups[group].values())

    def visible_aliases(self) -> list[str]:
        """The aliases that listings show."""
        return [name for name, to in self.aliases.items() if not (isinstance(to, Mapping) and to.get("hidden"))]
