"""Invitations: a link with which a user chooses a password, once and within a week."""

from __future__ import annotations

import asyncio
import datetime
import secrets
from dataclasses import dataclass

from litellm.proxy._types import UserAPIKeyAuth
from litellm.proxy.auth.route_access import is_admin
from litellm.proxy.auth.session_cookie import sign, signed_claims
from litellm.proxy.db.database import Transaction
from litellm.proxy.db.repositories import InvitationRepository, OrganizationMemberRepository, UserRepository
from litellm.proxy.db.repository import Row
from litellm.proxy.management_endpoints.common.context import Context, bad_request, forbidden, not_found, plain
from litellm.proxy.management_endpoints.user.service import TABLE as USERS
from litellm.proxy.sign_in.flow import refused
from litellm.proxy.sign_in.password_hash import hashed, matches, problem_of
from litellm.proxy.sign_in.session import end_sessions
from litellm.proxy.spend_tracking.budget_windows import utc_now
from litellm.proxy.state import GatewayState

TABLE = "LiteLLM_InvitationLink"
LIFETIME = datetime.timedelta(days=7)
ONBOARDING = "litellm_onboarding"
ONBOARDING_LIFETIME = datetime.timedelta(minutes=15)
_ADMIN_ROLES = ("proxy_admin", "proxy_admin_viewer")


@dataclass(frozen=True, slots=True)
class Invited:
    """Who an invitation is for, and the short-lived token with which the password can be set."""

    user: Row
    token: str


class InvitationService:
    """Makes invitations, and takes them back. An id is as good as the user's password: whoever has it can set one."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def new(self, user_id: str) -> Row:
        """A new invitation for a user."""
        context = self._context
        async with context.write() as transaction:
            user = await UserRepository(transaction.connection).get(user_id)
            if user is None:
                raise not_found("user", "user_id")
            await self._check(transaction, user)
            made = await InvitationRepository(transaction.connection).add({
                "id": secrets.token_urlsafe(32), "user_id": user_id, "expires_at": utc_now() + LIFETIME,
                "created_by": context.actor, "updated_by": context.actor,
            })  # fmt: skip
            await context.audit(transaction, "created", TABLE, user_id, None, {"user_id": user_id})
        return plain(made)

    async def info(self, invitation_id: str) -> Row:
        """An invitation."""
        async with self._context.write() as transaction:
            return plain(await self._own(transaction, invitation_id))

    async def update(self, invitation_id: str, *, is_accepted: bool) -> Row:
        """Mark an invitation as used, or as not used."""
        async with self._context.write() as transaction:
            before = await self._own(transaction, invitation_id)
            accepted_at = utc_now() if is_accepted else None
            changes: Row = {"is_accepted": is_accepted, "accepted_at": accepted_at, "updated_by": self._context.actor}
            after = await InvitationRepository(transaction.connection).change(invitation_id, changes)
        return plain(after or before)

    async def delete(self, invitation_id: str) -> Row:
        """Take an invitation back."""
        async with self._context.write() as transaction:
            row = await self._own(transaction, invitation_id)
            await InvitationRepository(transaction.connection).remove([invitation_id])
            await self._context.audit(transaction, "deleted", TABLE, row["user_id"], {"user_id": row["user_id"]})
        return plain(row)

    async def _own(self, transaction: Transaction, invitation_id: str) -> Row:
        row = await InvitationRepository(transaction.connection).get(invitation_id, lock=True)
        caller = self._context.caller
        if row is None or not (is_admin(caller) or row["created_by"] == caller.user_id):
            raise not_found("invitation", "invitation_id")
        return row

    async def _check(self, transaction: Transaction, user: Row) -> None:
        """An organisation's admin invites its plain users, and only those that cannot sign in yet."""
        caller = self._context.caller
        if is_admin(caller):
            return
        members = OrganizationMemberRepository(transaction.connection)
        rows = await members.find(members.table.c.user_id == user["user_id"])
        own = bool(rows) and all(row["organization_id"] in caller.admin_of_organizations for row in rows)
        if not own or user["user_role"] in _ADMIN_ROLES or user["password"] or user["sso_user_id"]:
            raise forbidden("only new users of your organizations can be invited by you", "user_id")


async def invited(state: GatewayState, invitation_id: str) -> Invited:
    """Who an invitation is for. Raises ProxyException 401 for one that is not there, was used, or is over."""
    async with _nobody(state).read() as connection:
        row = _usable(await InvitationRepository(connection).get(invitation_id))
        user = await UserRepository(connection).get(row["user_id"])
    if user is None:
        raise refused("the invitation's user is gone")
    claims = {
        "token_type": ONBOARDING, "invitation_link": invitation_id, "user_id": user["user_id"],
        "exp": datetime.datetime.now(datetime.timezone.utc) + ONBOARDING_LIFETIME,
    }  # fmt: skip
    return Invited(user, sign(claims, state.master_key))


async def claim(state: GatewayState, invitation_id: str, user_id: str, token: str, password: str) -> Row:
    """Set the invited user's password; its other sessions end. Raises ProxyException 401 or 400."""
    _check_token(state, token, invitation_id, user_id)
    stored = await _checked(state, password, "password")
    context = _nobody(state)
    async with context.write() as transaction:
        invitations = InvitationRepository(transaction.connection)
        row = _usable(await invitations.get(invitation_id, lock=True))
        now = utc_now()
        await invitations.change(invitation_id, {"is_accepted": True, "accepted_at": now, "updated_by": user_id})
        return await _set_password(context, transaction, row["user_id"], stored)


async def change_password(context: Context, current: str, new: str) -> None:
    """Change the caller's own password; its other sessions end. Raises ProxyException 400."""
    caller = context.caller
    async with context.read() as connection:
        user = await UserRepository(connection).get(caller.user_id or "")
    before = (user or {}).get("password")
    if not before:
        raise bad_request("this account has no password to change; one is set by an invitation", "current_password")
    if not await asyncio.to_thread(matches, current, before):
        raise bad_request("current_password: this is not the current password", "current_password")
    if new == current:
        raise bad_request("new_password: the same as the current one", "new_password")
    stored = await _checked(context.state, new, "new_password")
    async with context.write() as transaction:
        await _set_password(context, transaction, str(caller.user_id), stored, but=caller.token)


async def _set_password(
    context: Context, transaction: Transaction, user_id: str, stored: str, but: str | None = None
) -> Row:
    changes = {"password": stored, "password_reset_required": False, "last_breach_check_at": None}
    user = await UserRepository(transaction.connection).change(user_id, changes)
    if user is None:
        raise refused("the user is gone")
    await end_sessions(context, transaction, user_id, but)
    await context.audit(transaction, "updated", USERS, user_id, None, {"fields_changed": ["password"]})
    return user


async def _checked(state: GatewayState, password: str, param: str) -> str:
    problem = problem_of(password, state.config.general_settings.raw)
    if problem is not None:
        raise bad_request(f"{param}: {problem}", param)
    return await asyncio.to_thread(hashed, password)


def _usable(row: Row | None) -> Row:
    if row is None:
        raise refused("there is no such invitation; ask for a new one")
    if row["is_accepted"] or row["accepted_at"] is not None:
        raise refused("the invitation has been used already; ask for a new one")
    if row["expires_at"] <= utc_now():
        raise refused("the invitation is over; ask for a new one")
    return row


def _check_token(state: GatewayState, token: str, invitation_id: str, user_id: str) -> None:
    try:
        claims = signed_claims(token, state.master_key)
    except ValueError as error:
        raise refused("the invitation was opened too long ago; open it again") from error
    wanted = {"token_type": ONBOARDING, "invitation_link": invitation_id, "user_id": user_id}
    if any(claims.get(name) != value for name, value in wanted.items()):
        raise refused("the invitation was opened for somebody else; open it again")


def _nobody(state: GatewayState) -> Context:
    """For requests that no key is behind."""
    return Context(state, UserAPIKeyAuth(), "invitation")
