"""Signing in with a name and a password, and how often that may fail."""

from __future__ import annotations

import asyncio
import hmac
import ipaddress
import os
import time
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from litellm.proxy.auth.route_access import ADMIN
from litellm.proxy.auth.user_api_key_auth import ADMIN_ID
from litellm.proxy.db.repositories import UserRepository
from litellm.proxy.sign_in.flow import refused
from litellm.proxy.sign_in.password_hash import hashed, is_current, matches
from litellm.proxy.state import GatewayState

MAX_SOURCES = 10_000
MOST, WINDOW_S, BLOCK_S = 10, 300.0, 300.0
_MOST, _OVERRIDES, _WINDOW, _BLOCK = (
    "max_failed_login_attempts_per_source", "max_failed_login_attempts_per_source_overrides",
    "failed_login_window_seconds", "failed_login_block_seconds",
)  # fmt: skip


class Attempts:
    """Failures by address: after `max_failed_login_attempts_per_source` of them, each within
    `failed_login_window_seconds` of the one before, the address waits `failed_login_block_seconds`."""

    def __init__(self) -> None:
        self._failures: OrderedDict[str, tuple[int, float]] = OrderedDict()

    def check(self, source: str, settings: Mapping[str, Any]) -> None:
        """Raise ProxyException 429 while the address waits."""
        count, last = self._failures.get(source, (0, 0.0))
        most = _most(source, settings)
        if most and count >= most and time.monotonic() - last < (settings.get(_BLOCK) or BLOCK_S):
            raise refused("too many sign-ins failed; wait a few minutes", 429)

    def failed(self, source: str, settings: Mapping[str, Any]) -> None:
        """Count a failure."""
        count, last = self._failures.pop(source, (0, 0.0))
        recent = time.monotonic() - last < (settings.get(_WINDOW) or WINDOW_S)
        self._failures[source] = (count + 1 if recent else 1, time.monotonic())
        if len(self._failures) > MAX_SOURCES:
            self._failures.popitem(last=False)

    def succeeded(self, source: str) -> None:
        """Forget the address's failures."""
        self._failures.pop(source, None)


def _most(source: str, settings: Mapping[str, Any]) -> int:
    """How often an address may fail: by `…_overrides` the smallest range that holds it; 0 is without an end."""
    ranges = settings.get(_OVERRIDES) or {}
    try:
        address = ipaddress.ip_address(source)
        found = [(ipaddress.ip_network(str(name), strict=False), int(most)) for name, most in ranges.items()]
    except ValueError:
        found = []
    within = [(network.prefixlen, most) for network, most in found if address in network]
    return max(within)[1] if within else int(settings.get(_MOST) or MOST)


@dataclass(frozen=True, slots=True)
class Known:
    """Who showed the right password."""

    user_id: str
    email: str | None
    role: str | None


async def check_password(state: GatewayState, username: str, password: str) -> Known:
    """Who it is: the admin, or a user by its address or id with the password that it set.

    The admin is `UI_USERNAME` with `UI_PASSWORD`, by default `admin` with the master key. Raises ProxyException 401.
    """
    if _is_admin(state, username, password):
        return Known(ADMIN_ID, None, ADMIN)
    async with state.database.read() as connection:
        users = UserRepository(connection)
        user = await users.first(user_email=username) or await users.get(username) or {}
    stored: str | None = user.get("password")
    if not await asyncio.to_thread(matches, password, stored):
        raise refused("the name or the password is wrong")
    if stored is not None and not is_current(stored):
        async with state.database.write() as transaction:
            await UserRepository(transaction.connection).change(user["user_id"], {"password": hashed(password)})
    return Known(user["user_id"], user["user_email"], user["user_role"])


def _is_admin(state: GatewayState, username: str, password: str) -> bool:
    if state.config.general_settings.raw.get("disable_env_credential_login") is True:
        return False
    name, word = os.environ.get("UI_USERNAME") or "admin", os.environ.get("UI_PASSWORD") or state.master_key
    right_name = hmac.compare_digest(username.encode(), name.encode())
    right_word = hmac.compare_digest(password.encode(), word.encode())
    return right_name and right_word
