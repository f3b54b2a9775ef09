"""Whose deployments are whose: paused ones, teams' own, and those of access groups."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from litellm.router_utils.ask import Ask, Pool, metadata_value, team_of
from litellm.router_utils.deployments import Row

EVERY_MODEL = frozenset({"*", "all-proxy-models"})


def is_blocked(row: Mapping[str, Any]) -> bool:
    """Whether an administrator paused the deployment (`model_info.blocked`)."""
    return row["model_info"].get("blocked") is True or row.get("blocked") is True


def owner_of(row: Mapping[str, Any]) -> str | None:
    """The team that the deployment is kept for; None when it is everybody's."""
    owner: str | None = row["model_info"].get("team_id")
    return owner


def usable_by_team(row: Mapping[str, Any], team_id: str | None) -> bool:
    """Whether the deployment is everybody's, or this team's."""
    owner = owner_of(row)
    return owner is None or owner == team_id


def _granted(kwargs: Mapping[str, Any]) -> set[str]:
    """The models and access groups that the caller's key and team grant; empty when all are granted."""
    auth = metadata_value(kwargs, "user_api_key_auth")
    if auth is None:
        return set()
    granted: set[str] = set()
    for name in ("models", "team_models"):
        granted.update((auth.get(name) if isinstance(auth, Mapping) else getattr(auth, name, None)) or ())
    return granted


class AccessFilter:
    """Leaves out paused deployments, those of other teams, and those whose access groups the caller was not granted.

    Access groups count only for a caller whose key comes with `user_api_key_auth` and does not name the model itself.
    """

    def __init__(self) -> None:
        self._groups: Counter[str] = Counter()

    def _restricted(self, row: Row) -> bool:
        info = row["model_info"]
        return is_blocked(row) or info.get("team_id") is not None or bool(info.get("access_groups"))

    def added(self, row: Row) -> None:
        """Note a deployment."""
        if self._restricted(row):
            self._groups[row["model_name"]] += 1

    def removed(self, row: Row) -> None:
        """Forget a deployment."""
        if self._restricted(row):
            self._groups[row["model_name"]] -= 1

    @property
    def is_on(self) -> bool:
        """Whether any deployment is not everybody's."""
        return any(self._groups.values())

    def applies(self, pool: Pool, ask: Ask) -> bool:
        """Whether any of the groups has a deployment that is not everybody's."""
        return any(self._groups.get(name) for name in pool.names)

    def narrow(self, rows: Sequence[Row], pool: Pool, ask: Ask) -> Sequence[Row]:
        """The rows that the caller may use."""
        team = team_of(ask.kwargs)
        rows = [row for row in rows if usable_by_team(row, team) and not is_blocked(row)]
        granted = _granted(ask.kwargs)
        if not granted or ask.model in granted or granted & EVERY_MODEL:
            return rows
        allowed = granted & set(access_groups(rows))
        return [row for row in rows if allowed & set(access_groups([row]))] if allowed else rows


def access_groups(rows: Iterable[Mapping[str, Any]]) -> list[str]:
    """The access groups of rows, in order."""
    return list(dict.fromkeys(name for row in rows for name in row["model_info"].get("access_groups") or ()))
