"""Whose a response is that a provider keeps: the id that a client is given names its owners, and serves them alone.

Upstream's rule: a response is its user's and its team's, unless `general_settings.disable_responses_id_security` is
set. Here it is its key's too, so that keys of nobody are kept apart.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
from typing import TYPE_CHECKING, Any

from litellm.proxy._types import ProxyException, UserAPIKeyAuth
from litellm.proxy.auth.route_access import is_admin

if TYPE_CHECKING:
    from litellm.proxy.state import GatewayState

FIELD = "previous_response_id"
_PREFIX = "resp_"
_MAC_BYTES, _OWNER_BYTES = 16, 8
_NOBODY = bytes(_OWNER_BYTES)


class ResponseIds:
    """The ids of responses as `auth` is given them, and those that it gives back. Every replica reads them alike."""

    def __init__(self, state: GatewayState, auth: UserAPIKeyAuth) -> None:
        salt = os.environ.get("LITELLM_SALT_KEY") or state.master_key
        self._key = hashlib.sha256(b"response ids:" + salt.encode()).digest()
        self._auth = auth
        self._is_on = not state.config.general_settings.raw.get("disable_responses_id_security")

    def shown(self, response_id: str) -> str:
        """The id that the caller is given for a response of its own. One without an id stays so."""
        if not self._is_on or not response_id:
            return response_id
        owners = b"".join(self._owners(self._auth))
        said = owners + response_id.encode()
        return _PREFIX + base64.urlsafe_b64encode(self._mac(said) + said).decode()

    def opened(self, given: str, field: str) -> str:
        """The id that `given` stands for, in `field`. Raises ProxyException 403 for none of the caller's responses."""
        if not self._is_on:
            return given
        owners, response_id = self._read(given)
        if is_admin(self._auth):
            return given if response_id is None else response_id
        callers = {owner for each in (self._auth, *self._auth.alternatives) for owner in self._owners(each)}
        if response_id is None or not callers.intersection(owners) - {_NOBODY}:
            message = f"{field}: the response is none that this key, its user or its team has made"
            raise ProxyException(message, "permission_error", field, 403)
        return response_id

    def in_answer(self, answer: dict[str, Any], previous: Any = None) -> dict[str, Any]:
        """A response's fields with the ids that are given out; `previous` is what the caller named the one before."""
        told = {name: self.shown(answer[name]) for name in ("id", FIELD) if isinstance(answer.get(name), str)}
        if FIELD in told and isinstance(previous, str):
            told[FIELD] = previous
        return {**answer, **told}

    def _owners(self, auth: UserAPIKeyAuth) -> tuple[bytes, ...]:
        named = (("key", auth.token), ("user", auth.user_id), ("team", auth.team_id))
        return tuple(self._mac(f"{kind}:{who}".encode())[:_OWNER_BYTES] if who else _NOBODY for kind, who in named)

    def _mac(self, said: bytes) -> bytes:
        return hmac.digest(self._key, said, "sha256")[:_MAC_BYTES]

    def _read(self, given: str) -> tuple[set[bytes], str | None]:
        """The owners and the id in `given`; no id in one that was not given out here."""
        try:
            raw = base64.b64decode(given.removeprefix(_PREFIX), altchars=b"-_", validate=True)
        except (binascii.Error, ValueError):
            return set(), None
        mac, said = raw[:_MAC_BYTES], raw[_MAC_BYTES:]
        if not hmac.compare_digest(mac, self._mac(said)):
            return set(), None
        end = 3 * _OWNER_BYTES
        return {said[at : at + _OWNER_BYTES] for at in range(0, end, _OWNER_BYTES)}, said[end:].decode()
