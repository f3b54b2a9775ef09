"""What a token's claims say of its holder, by the settings; nothing is looked up here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from litellm.proxy.auth.jwt.verify import Claims
from litellm.proxy.config.jwt_settings import Issuer, JwtSettings

ADMIN, TEAM, USER = "proxy_admin", "team", "internal_user"


@dataclass(frozen=True, slots=True)
class Holder:
    """Who a token says its holder is. `kind` is `proxy_admin`, `team`, `internal_user`, or None for nobody here."""

    kind: str | None
    user_id: str | None = None
    user_email: str | None = None
    team_id: str | None = None
    team_alias: str | None = None
    team_ids: tuple[str, ...] = ()
    organization_id: str | None = None
    organization_alias: str | None = None
    end_user_id: str | None = None
    user_role: str | None = None
    """The user role that `jwt_litellm_role_map` gives."""
    scopes: frozenset[str] = frozenset()
    email_allowed: bool = True
    """Whether the address is of `user_allowed_email_domain`."""
    mapped_value: str | None = None
    """The value of `virtual_key_claim_field`, by which a virtual key may be found."""


def holder_of(claims: Claims, settings: JwtSettings, issuer: Issuer | None = None) -> Holder:
    """Who holds the token. What the settings name no claim for stays None."""

    def text(field: str) -> str | None:
        path = getattr(issuer, field, None) or getattr(settings, field)
        return _text(inside(claims, path))

    team_path = (issuer and issuer.team_ids_jwt_field) or settings.team_ids_jwt_field
    scopes = frozenset(texts(claims.get("scope")))
    user_id, team_id = text("user_id_jwt_field"), text("team_id_jwt_field")
    email = text("user_email_jwt_field")
    kind = _kind(claims, settings, scopes, user_id or email, team_id)
    object_id = _text(inside(claims, settings.object_id_jwt_field))
    if object_id and kind == TEAM:
        team_id = team_id or object_id
    elif object_id and kind == USER:
        user_id = object_id
    return Holder(
        kind=kind,
        user_id=user_id or email,
        user_email=email,
        team_id=team_id,
        team_alias=_text(inside(claims, settings.team_alias_jwt_field)),
        team_ids=tuple(dict.fromkeys(texts(inside(claims, team_path)))),
        organization_id=text("org_id_jwt_field"),
        organization_alias=_text(inside(claims, settings.org_alias_jwt_field)),
        end_user_id=text("end_user_id_jwt_field"),
        user_role=_mapped_role(claims, settings),
        scopes=scopes,
        email_allowed=_is_of_domain(email, settings.user_allowed_email_domain),
        mapped_value=text("virtual_key_claim_field"),
    )


def _kind(
    claims: Claims, settings: JwtSettings, scopes: frozenset[str], user_id: str | None, team_id: str | None
) -> str | None:
    """In this order: an admin's scope, a team, a user, a mapped role."""
    if settings.admin_jwt_scope in scopes:
        return ADMIN
    if team_id is not None:
        return TEAM
    roles = set(texts(inside(claims, settings.user_roles_jwt_field)))
    if user_id is not None or roles & set(settings.user_allowed_roles or ()):
        return USER
    given = set(texts(inside(claims, settings.roles_jwt_field or settings.user_roles_jwt_field)))
    return next((mapping.internal_role for mapping in settings.role_mappings if mapping.role in given), None)


def _mapped_role(claims: Claims, settings: JwtSettings) -> str | None:
    given = {*texts(inside(claims, settings.user_roles_jwt_field)), *texts(inside(claims, settings.roles_jwt_field))}
    return next((pair.litellm_role for pair in settings.jwt_litellm_role_map if pair.jwt_role in given), None)


def _is_of_domain(email: str | None, domain: str | None) -> bool:
    if domain is None:
        return True
    return email is not None and email.rpartition("@")[2].lower() == domain.lower().lstrip("@")


def inside(claims: Claims, path: str | None) -> Any:
    """The value at a path: as it is written, else by its dots; None where there is none."""
    if not path:
        return None
    if path in claims:
        return claims[path]
    found: Any = claims
    for part in path.replace("\\.", "\0").split("."):
        if not isinstance(found, Mapping):
            return None
        found = found.get(part.replace("\0", "."))
    return found


def texts(value: Any) -> list[str]:
    """A claim that is a list of texts, or a text with spaces between them."""
    if isinstance(value, str):
        return value.split()
    return [item for item in value if isinstance(item, str) and item] if isinstance(value, (list, tuple)) else []


def _text(value: Any) -> str | None:
    if isinstance(value, bool) or not isinstance(value, (str, int)) or value == "":
        return None
    return str(value)[:256].replace("\x00", "")
