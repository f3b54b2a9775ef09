"""What a single request adds to who asks: its end user and its tags, with the budgets and limits of those."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from litellm.proxy._types import ProxyException, UserAPIKeyAuth
from litellm.proxy.auth.identity_repository import budget_of
from litellm.proxy.db.repositories import EndUserRepository, ObjectPermissionRepository, TagRepository
from litellm.proxy.object_access import Guarded, Lists, allowed_lists, blocked_in, guarded
from litellm.proxy.spend_tracking.accounts import Account, account
from litellm.proxy.spend_tracking.rate_limits import RateLimit, limits_of

if TYPE_CHECKING:
    from starlette.requests import Request

    from litellm.proxy.db.database import Database
    from litellm.proxy.state import GatewayState

_END_USER_HEADERS = ("x-litellm-customer-id", "x-litellm-end-user-id")
_CUSTOMER, _INTERNAL = "customer", "internal_user"
MAX_ID = 256
MAX_TAGS = 64


@dataclass(frozen=True, slots=True)
class Guest:
    """An end user or a tag that the database knows."""

    blocked: bool = False
    models: Lists = ()
    account: Account | None = None
    limits: tuple[RateLimit, ...] = ()
    guarded: Guarded = field(default_factory=Guarded)
    """What it may use beside models."""


@dataclass(frozen=True, slots=True)
class Subject:
    """Whose budgets and limits a request uses."""

    auth: UserAPIKeyAuth
    accounts: Sequence[Account]
    limits: Sequence[RateLimit]
    guests: Mapping[str, Guest | None]
    """The end user and the tags, as `end_user:<name>` and `tag:<name>`, as far as the database knows them."""
    own: tuple[int, int]
    """How many of the accounts and of the limits, the first ones, are not of guests."""


async def subject_of(
    state: GatewayState, auth: UserAPIKeyAuth, body: Mapping[str, Any], headers: Mapping[str, str], field: str,
    forwarded: Request | None = None,
) -> Subject:  # fmt: skip
    """Who is asked for in this request. `field` names the body's metadata.

    Raises ProxyException 403 for an end user that is blocked, and for a vector store or a tool that is not allowed;
    the path of a request that is `forwarded` may name one too.
    """
    model = str(body["model"])
    accounts = [*auth.accounts, *auth.model_accounts.get(model, ()), *state.own_accounts]
    limits = [*auth.limits, *auth.model_limits.get(model, ()), *state.own_limits]
    own = (len(accounts), len(limits))
    guests: dict[str, Guest | None] = {}
    general, told = state.config.general_settings.raw, state.config.litellm_settings
    auth = _by_header(auth, general, headers)
    end_user = auth.end_user_id or _end_user(state, body, headers)
    tags = _tags(auth, _clients_own(general, body.get(field)), headers, told.get("extra_spend_tag_headers"))
    guest: Guest | None = None
    known = await state.end_users.get(end_user) if end_user else None
    if known is None and end_user and not auth.end_user_id and told.get("validate_end_user_id_in_db"):
        end_user = None  # a name that nobody has given: it is counted for nobody
    if end_user:
        guest = known or _default_end_user(state, end_user)
        if guest.blocked:
            raise ProxyException(f"the end user {end_user!r} is blocked", "auth_error", "user", 403)
        if any(model not in allowed for allowed in guest.models):
            message = f"the end user {end_user!r} may not call the model {model[:200]!r}"
            raise ProxyException(message, "key_model_access_denied", "model", 401)
        if told.get("disable_end_user_cost_tracking"):
            end_user = None
        else:
            accounts += [guest.account] if guest.account else []
        limits += guest.limits
        guests[f"end_user:{end_user}"] = guest
    for tag in tags:
        known = guests[f"tag:{tag}"] = await state.tags.get(tag)
        if known is not None:
            accounts += [known.account] if known.account else []
            limits += known.limits
    watched = guarded(auth, general, guest.guarded if guest else None)
    if watched is not None:
        watched.check(body, *((forwarded.scope["path"], forwarded.method) if forwarded is not None else ()))
    if end_user or tags:
        auth = dataclasses.replace(auth, end_user_id=end_user, request_tags=tags)
    return Subject(auth, accounts, limits, guests, own)


def _end_user(state: GatewayState, body: Mapping[str, Any], headers: Mapping[str, str]) -> str | None:
    own = state.config.general_settings.raw.get("user_header_name")
    names = (*_END_USER_HEADERS, own.lower()) if isinstance(own, str) else _END_USER_HEADERS
    names = (*names, *_mapped(state.config.general_settings.raw, _CUSTOMER))
    given: list[Any] = [headers.get(name) for name in names]
    given += [body.get("user"), *(_inside(body, name, "user_id") for name in ("metadata", "litellm_metadata"))]
    found = next((value for value in given if isinstance(value, str) and value), None)
    return found[:MAX_ID].replace("\x00", "") if found else None


def _mapped(general: Mapping[str, Any], role: str) -> list[str]:
    """The headers that `user_header_mappings` gives a role to."""
    given = general.get("user_header_mappings")
    entries = given if isinstance(given, list) else [given]
    return [
        entry["header_name"].lower() for entry in entries
        if isinstance(entry, dict) and entry.get("litellm_user_role") == role
        and isinstance(entry.get("header_name"), str)
    ]  # fmt: skip


def _by_header(auth: UserAPIKeyAuth, general: Mapping[str, Any], headers: Mapping[str, str]) -> UserAPIKeyAuth:
    """The caller as the internal user that a header names, where `user_header_mappings` trusts one to."""
    if not general.get("user_header_mappings"):
        return auth
    found = next((headers[name] for name in _mapped(general, _INTERNAL) if headers.get(name)), None)
    return auth if found is None else dataclasses.replace(auth, user_id=found[:MAX_ID].replace("\x00", ""))


def _clients_own(general: Mapping[str, Any], metadata: Any) -> Any:
    """A body's metadata. Raises ProxyException 400 for tags in it where `reject_clientside_metadata_tags` is set."""
    if general.get("reject_clientside_metadata_tags") and isinstance(metadata, dict) and metadata.get("tags"):
        message = "metadata.tags: only keys and teams have tags, as reject_clientside_metadata_tags is set"
        raise ProxyException(message, "bad_request_error", "metadata.tags", 400)
    return metadata


def _inside(body: Mapping[str, Any], name: str, key: str) -> Any:
    value = body.get(name)
    return value.get(key) if isinstance(value, dict) else None


def _tags(auth: UserAPIKeyAuth, metadata: Any, headers: Mapping[str, str], extra: Any) -> tuple[str, ...]:
    """Of the key, its team and the request; `extra` are headers that are tags too, as `name: value`."""
    lists = [auth.metadata.get("tags"), auth.team_metadata.get("tags")]
    lists += [metadata.get("tags") if isinstance(metadata, dict) else None]
    given = [tag for tags in lists if isinstance(tags, list) for tag in tags if isinstance(tag, str)]
    given += [tag.strip() for tag in headers.get("x-litellm-tags", "").split(",")]
    for name in extra if isinstance(extra, list) else ():
        if found := headers.get(str(name).lower()):
            given.append(f"{name}: {found}")
    cleaned = (tag[:MAX_ID].replace("\x00", "") for tag in given if tag)
    return tuple(dict.fromkeys(cleaned))[:MAX_TAGS]


def _default_end_user(state: GatewayState, end_user: str) -> Guest:
    limit = state.config.litellm_settings.get("max_end_user_budget")
    return Guest(account=account("end_user", end_user, limit))


async def load_end_user(database: Database, name: str, default_budget_id: str | None) -> tuple[Guest, set[str]] | None:
    """An end user with its budget, or with the default one; None for one that the database does not know."""
    async with database.read() as connection:
        row = await EndUserRepository(connection).get(name)
        budget = await budget_of(connection, (row or {}).get("budget_id") or default_budget_id)
        known = (row or {}).get("object_permission_id")
        permission = await ObjectPermissionRepository(connection).get(known) if known else None
    if row is None and budget is None:
        return None
    return _guest("end_user", name, row or {}, budget, permission or {})


async def load_tag(database: Database, name: str) -> tuple[Guest, set[str]] | None:
    """A tag with its budget; None for one that the database does not know."""
    async with database.read() as connection:
        row = await TagRepository(connection).get(name)
        budget = await budget_of(connection, (row or {}).get("budget_id"))
    return None if row is None else _guest("tag", name, {}, budget)


def _guest(
    kind: str, name: str, row: Mapping[str, Any], budget: Mapping[str, Any] | None,
    permission: Mapping[str, Any] | None = None,
) -> tuple[Guest, set[str]]:  # fmt: skip
    permissions = [dict(permission)] if permission else []
    guest = Guest(
        blocked=bool(row.get("blocked")),
        models=allowed_lists([dict(row), *permissions], "models"),
        guarded=Guarded(allowed_lists(permissions, "vector_stores"), blocked_in(permissions)),
        account=account(
            kind, name, (budget or {}).get("max_budget"), soft_budget=(budget or {}).get("soft_budget"), raise_of=budget
        ),
        limits=tuple(limits_of(kind, name, budget)),
    )
    return guest, {f"budget:{budget['budget_id']}"} if budget else set()
