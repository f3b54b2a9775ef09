"""From a person's groups at the identity provider to a role here and to teams, by `/update/sso_settings`."""

from __future__ import annotations

import ast
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from litellm.proxy.auth.jwt.claims import inside

ROLES = ("proxy_admin", "proxy_admin_viewer", "internal_user", "internal_user_viewer")
"""The roles that signing in can give, the one with most rights first."""
MAX_TEAMS = 1000
_OTHERS = frozenset({"google", "microsoft"})
"""Providers that are not set up by `GENERIC_…`."""


@dataclass(frozen=True, slots=True)
class Mappings:
    """What groups mean here. With `roles`, a person of none of the groups has `default_role`."""

    group_claim: str | None = None
    roles: Mapping[str, frozenset[str]] = field(default_factory=dict)
    default_role: str | None = None
    teams_claim: str | None = None

    def role_of(self, claims: Mapping[str, Any]) -> str | None:
        """The role with most rights that a group of the person has; None where no groups are mapped."""
        if self.group_claim is None:
            return None
        groups = _names(inside(claims, self.group_claim))
        return next((role for role in ROLES if groups & self.roles.get(role, frozenset())), self.default_role)

    def teams_of(self, claims: Mapping[str, Any]) -> list[str]:
        """The ids of the teams that the person's claims name."""
        return sorted(_names(inside(claims, self.teams_claim)))[:MAX_TEAMS]


def mappings_of(settings: Mapping[str, Any], provider: str) -> Mappings:
    """The mappings for a provider of `role_mappings` and `team_mappings`, else of `GENERIC_ROLE_MAPPINGS_…`.

    Raises ValueError for what is not of the right shape, with the field's name first.
    """
    given = settings.get("role_mappings")
    if given is None and settings.get("GENERIC_ROLE_MAPPINGS_ROLES"):
        given = {
            "provider": "generic", "group_claim": settings.get("GENERIC_ROLE_MAPPINGS_GROUP_CLAIM"),
            "roles": _literal(settings["GENERIC_ROLE_MAPPINGS_ROLES"]),
            "default_role": settings.get("GENERIC_ROLE_MAPPINGS_DEFAULT_ROLE"),
        }  # fmt: skip
    roles, teams = given or {}, settings.get("team_mappings") or {}
    teams_claim = _text(teams, "team_mappings", "team_ids_jwt_field")
    if not roles:
        return Mappings(teams_claim=teams_claim)
    claim, default = (_text(roles, "role_mappings", name) for name in ("group_claim", "default_role"))
    if claim is None:
        raise ValueError("role_mappings.group_claim: a text is required: the claim that holds the groups")
    listed = roles.get("roles") or {}
    if not isinstance(listed, Mapping) or not all(isinstance(groups, list) for groups in listed.values()):
        raise ValueError("role_mappings.roles: expected lists of groups by role")
    for name in (*listed, *([default] if default else ())):
        if name not in ROLES:
            raise ValueError(f"role_mappings: {str(name)[:100]!r} is none of {', '.join(ROLES)}")
    meant = str(roles.get("provider") or provider).lower()
    if (meant if meant in _OTHERS else "generic") != provider:
        return Mappings(teams_claim=teams_claim)
    return Mappings(claim, {role: frozenset(map(str, groups)) for role, groups in listed.items()}, default, teams_claim)


def check(values: Mapping[str, Any]) -> None:
    """Raises ValueError for mappings that could not be used."""
    mappings_of({name: values.get(name) for name in ("role_mappings", "team_mappings")}, "generic")


def _names(value: Any) -> frozenset[str]:
    found = value if isinstance(value, (list, tuple)) else [value]
    return frozenset(item for item in found if isinstance(item, str) and item)


def _text(given: Any, place: str, name: str) -> str | None:
    value = given.get(name) if isinstance(given, Mapping) else 0
    if value is not None and not isinstance(value, str):
        raise ValueError(f"{place}.{name}: expected a text")
    return value or None


def _literal(text: Any) -> Any:
    """A mapping as upstream writes it into a variable: JSON, or Python's words for it."""
    try:
        return json.loads(text)
    except ValueError:
        try:
            return ast.literal_eval(text)
        except (ValueError, SyntaxError) as error:
            raise ValueError("GENERIC_ROLE_MAPPINGS_ROLES: expected lists of groups by role, as JSON") from error
