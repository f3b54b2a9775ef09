"""Signing in with a name and a password, and how often that may fail."""

from __future__ import annotations

import hmac
import os
import time
from collections import OrderedDict

from litellm.proxy.auth.user_api_key_auth import ADMIN_ID
from litellm.proxy.sign_in.flow import refused
from litellm.proxy.state import GatewayState

MAX_SOURCES = 10_000


class Attempts:
    """Failures by address: after `most` within `window_s`, the address waits `block_s`."""

    def __init__(self, most: int = 10, window_s: float = 300, block_s: float = 300) -> None:
        self._most, self._window_s, self._block_s = most, window_s, block_s
        self._failures: OrderedDict[str, tuple[int, float]] = OrderedDict()

    def check(self, source: str) -> None:
        """Raise ProxyException 429 while the address waits."""
        count, last = self._failures.get(source, (0, 0.0))
        if count >= self._most and time.monotonic() - last < self._block_s:
            raise refused("too many sign-ins failed; wait a few minutes", 429)

    def failed(self, source: str) -> None:
        """Count a failure."""
        count, last = self._failures.pop(source, (0, 0.0))
        recent = time.monotonic() - last < self._window_s
        self._failures[source] = (count + 1 if recent else 1, time.monotonic())
        if len(self._failures) > MAX_SOURCES:
            self._failures.popitem(last=False)

    def succeeded(self, source: str) -> None:
        """Forget the address's failures."""
        self._failures.pop(source, None)


def check_admin(state: GatewayState, username: str, password: str) -> str:
    """The admin's user id. `UI_USERNAME` and `UI_PASSWORD`, by default `admin` and the master key.

    Raises ProxyException 401.
    """
    name, word = os.environ.get("UI_USERNAME") or "admin", os.environ.get("UI_PASSWORD") or state.master_key
    right_name = hmac.compare_digest(username.encode(), name.encode())
    right_word = hmac.compare_digest(password.encode(), word.encode())
    if not (right_name and right_word):
        raise refused("the name or the password is wrong")
    return ADMIN_ID
