"""From a token to who asks: the user, the team whose budget counts, what the token's scopes and roles leave."""

from __future__ import annotations

import dataclasses
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Protocol

from litellm.proxy._types import ProxyException, UserAPIKeyAuth
from litellm.proxy.auth.identity import NO_DEFAULT_MODELS
from litellm.proxy.auth.identity_cache import IdentityCache
from litellm.proxy.auth.jwt.claims import ADMIN, TEAM, Holder, holder_of
from litellm.proxy.auth.jwt.identities import Asked, Identities, Known
from litellm.proxy.auth.jwt.verify import Claims, Trusted, Verifier, is_jwt
from litellm.proxy.config.jwt_settings import JwtSettings

log = logging.getLogger("litellm.proxy.auth.jwt")

TEAM_HEADER = "x-litellm-team-id"


class Provision(Protocol):
    """Makes what a token names and the database does not have yet."""

    async def user(self, user_id: str, email: str | None) -> None:
        """An internal user."""

    async def team(self, team_id: str) -> None:
        """A team."""

    async def membership(self, user_id: str, join: Sequence[str], leave: Sequence[str], role: str | None) -> None:
        """Put a user into teams and out of others, and give it a role."""


def _forbidden(message: str) -> ProxyException:
    return ProxyException(message, "auth_error", None, 403)


class JwtAuth:
    """Knows the holders of tokens. `role_permissions` is `general_settings.role_permissions`."""

    def __init__(
        self, settings: JwtSettings, identities: Identities, keys: IdentityCache[UserAPIKeyAuth],
        provision: Provision, role_permissions: Sequence[Mapping[str, Any]] = (),
        custom_validate: Callable[[Claims], Any] | None = None,
    ) -> None:  # fmt: skip
        self._settings, self._identities, self._keys, self._provision = settings, identities, keys, provision
        self._permissions = {item.get("role"): item for item in role_permissions}
        self._custom_validate = custom_validate
        self._verifier = Verifier(settings)

    def close(self) -> None:
        """Other settings take this one's place: it is told of changes no more."""
        self._identities.close()

    def takes(self, token: str) -> bool:
        """Whether the token is of an identity provider rather than a virtual key."""
        return is_jwt(token) or (self._settings.oidc_userinfo_enabled and not token.startswith("sk-"))

    async def authenticate(self, token: str, headers: Mapping[str, str]) -> UserAPIKeyAuth:
        """Who holds the token.

        Raises ProxyException: 401 for a token that is not valid or names an unknown user, 403 for a holder without
        rights here, 503 while the identity provider is away.
        """
        trusted = await (self._verifier.trust(token) if is_jwt(token) else self._verifier.userinfo(token))
        if self._custom_validate is not None and not self._custom_validate(trusted.claims):
            raise _forbidden("the token is refused by custom_validate")
        holder = holder_of(trusted.claims, self._settings, trusted.issuer)
        mapped = await self._mapped_key(holder, trusted)
        if mapped is not None:
            return mapped
        if self._settings.enforce_rbac and holder.kind is None:
            raise _forbidden("the token belongs to no proxy admin, team or user (litellm_jwtauth.enforce_rbac)")
        if holder.kind == ADMIN:
            return await self._admin(holder)
        return self._restricted(await self._governed(holder, headers), holder)

    async def _mapped_key(self, holder: Holder, trusted: Trusted) -> UserAPIKeyAuth | None:
        """The identity of the virtual key that a claim is mapped to."""
        issuer = trusted.issuer
        field = (issuer and issuer.virtual_key_claim_field) or self._settings.virtual_key_claim_field
        if not field:
            return None
        if holder.mapped_value is not None:
            name = str(trusted.claims.get("iss") or "")
            token = await self._identities.mapped_key(field, holder.mapped_value, name)
            if token is not None and (found := await self._keys.get(token)) is not None:
                return _with_end_user(found, holder)
        own = issuer.unregistered_jwt_client_behavior if issuer else None
        if (own or self._settings.unregistered_jwt_client_behavior) == "reject":
            raise _forbidden(f"no virtual key is mapped to the token's {field}")
        return None

    async def _admin(self, holder: Holder) -> UserAPIKeyAuth:
        known = await self._identities.get(Asked(holder.user_id, holder.user_email))
        return dataclasses.replace(
            known.auth, user_role=ADMIN, user_id=known.auth.user_id or holder.user_id, user_email=holder.user_email,
            allowed_routes=list(self._settings.admin_allowed_routes), end_user_id=holder.end_user_id,
        )  # fmt: skip

    async def _governed(self, holder: Holder, headers: Mapping[str, str]) -> UserAPIKeyAuth:
        """A user's or a team's identity; where it may act for several teams, the others are its alternatives."""
        settings = self._settings
        user = await self._user(holder)
        wanted = await self._teams(holder, user, headers.get(TEAM_HEADER))
        found = [await self._identity(holder, asked) for asked in wanted]
        teams = [item for item in found if item.team_known]
        if wanted and not teams and holder.team_id and not settings.team_claim_fallback:
            raise _forbidden(f"there is no team {holder.team_id!r}")
        if holder.user_id and user.user_known:
            teams = await self._sync(holder, user, teams)
        usable = [self._in_team(item, holder) for item in teams if not item.auth.team_blocked] or [
            self._in_team(item, holder) for item in teams
        ]
        if usable:
            return dataclasses.replace(usable[0], alternatives=tuple(usable[1:]))
        if settings.enforce_team_based_model_access:
            nothing = (*user.auth.allowed_models, frozenset({NO_DEFAULT_MODELS}))
            return dataclasses.replace(user.auth, allowed_models=nothing)
        if not holder.user_id and holder.kind is None:
            raise _forbidden("the token names no user and no team that is known here")
        return _with_end_user(user.auth, holder)

    async def _user(self, holder: Holder) -> Known:
        asked = Asked(holder.user_id, holder.user_email, None, None, holder.organization_id, holder.organization_alias)
        known = await self._identities.get(asked)
        if known.user_known or not holder.user_id:
            return known
        if not self._settings.user_id_upsert or not holder.email_allowed:
            message = f"there is no user {holder.user_id!r}; make it by /user/new"
            raise ProxyException(message, "auth_error", "user_id", 401)
        await self._provision.user(holder.user_id, holder.user_email)
        return await self._identities.get(asked)

    async def _teams(self, holder: Holder, user: Known, header: str | None) -> list[Asked]:
        """The teams that the token lets its holder act for, the wanted one alone when a header names it."""
        settings = self._settings
        ids = [holder.team_id] if holder.team_id else list(holder.team_ids)
        if not ids and not holder.team_alias:
            if settings.team_id_default:
                ids = [settings.team_id_default]
            elif settings.fallback_to_db_teams or settings.team_claim_fallback:
                ids = sorted(user.auth.teams)
            elif settings.team_id_jwt_field and not settings.team_ids_jwt_field and not holder.user_id:
                raise _forbidden(f"the token names no team in {settings.team_id_jwt_field!r}")
        allowed = {*ids, *([holder.team_id] if holder.team_id else ()), *holder.team_ids}
        if header:
            if header not in allowed:
                raise _forbidden(f"{TEAM_HEADER}: the token does not belong to the team {header[:200]!r}")
            ids = [header]
        asked = [self._asked(holder, team) for team in ids]
        if holder.team_alias and not ids:
            asked.append(dataclasses.replace(self._asked(holder, None), team_alias=holder.team_alias))
        return asked

    def _asked(self, holder: Holder, team: str | None) -> Asked:
        return Asked(holder.user_id, holder.user_email, team, None, holder.organization_id, holder.organization_alias)

    async def _identity(self, holder: Holder, asked: Asked) -> Known:
        known = await self._identities.get(asked)
        if not known.team_known and asked.team and asked.team == holder.team_id and self._settings.team_id_upsert:
            await self._provision.team(asked.team)
            known = await self._identities.get(asked)
        return known

    async def _sync(self, holder: Holder, user: Known, teams: list[Known]) -> list[Known]:
        """Bring the user's role and teams in the database in step with the token, where the settings ask for it."""
        settings, user_id = self._settings, user.auth.user_id or ""
        ids = [item.auth.team_id for item in teams if item.auth.team_id]
        joins = settings.upsert_sso_user_to_team or settings.sync_user_role_and_teams
        join = [team for team in ids if team not in user.auth.teams] if joins else []
        leave, role = [], None
        if settings.sync_user_role_and_teams:
            leave = sorted(user.auth.teams - set(ids)) if settings.team_ids_jwt_field or holder.team_id else []
            role = holder.user_role if holder.user_role != user.auth.user_role else None
        if not (join or leave or role):
            return teams
        await self._provision.membership(user_id, join, leave, role)
        return [await self._identities.get(self._asked(holder, team)) for team in ids]

    def _in_team(self, known: Known, holder: Holder) -> UserAPIKeyAuth:
        auth = _with_end_user(known.auth, holder)
        role = auth.user_role or (TEAM if holder.kind == TEAM or not known.user_known else None)
        routes = [] if role == ADMIN else list(self._settings.team_allowed_routes)
        return dataclasses.replace(auth, user_role=role, allowed_routes=routes)

    def _restricted(self, auth: UserAPIKeyAuth, holder: Holder) -> UserAPIKeyAuth:
        """What the token's role and scopes leave of an identity and its alternatives."""
        models: list[frozenset[str]] = []
        routes: list[str] = []
        if self._settings.enforce_rbac:
            permission = self._permissions.get(holder.kind) or {}
            models += _listed(permission.get("models"))
            routes = list(permission.get("routes") or ())
        if self._settings.enforce_scope_based_access and self._settings.scope_mappings:
            granted = [item for item in self._settings.scope_mappings if item.scope in holder.scopes]
            models.append(frozenset(name for item in granted for name in item.models or ()) or _NOTHING)
            routes += [route for item in granted for route in item.routes or ()]
        if not models and not routes:
            return auth

        def limited(one: UserAPIKeyAuth) -> UserAPIKeyAuth:
            return dataclasses.replace(
                one, allowed_models=(*one.allowed_models, *models), allowed_routes=routes or one.allowed_routes
            )

        return dataclasses.replace(limited(auth), alternatives=tuple(limited(one) for one in auth.alternatives))


_NOTHING = frozenset({NO_DEFAULT_MODELS})


def _listed(models: Any) -> Iterable[frozenset[str]]:
    return [frozenset(models)] if isinstance(models, list) and models else []


def _with_end_user(auth: UserAPIKeyAuth, holder: Holder) -> UserAPIKeyAuth:
    return dataclasses.replace(auth, end_user_id=holder.end_user_id) if holder.end_user_id else auth
