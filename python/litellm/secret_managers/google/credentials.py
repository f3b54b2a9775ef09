"""Access tokens from every kind of Google credentials, kept until shortly before they expire.

Kinds: service accounts, a user's own (`gcloud auth application-default login`), impersonated service accounts, workload
identity (files, URLs, AWS, executables), and what google-auth finds by itself (environment, gcloud, metadata server).
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Any

from litellm.secret_managers.google.loading import INSTALL as INSTALL, NoToken as NoToken, VertexBase

MAX_CACHED = 256


@dataclass(frozen=True, slots=True)
class Token:
    """An access token, and the project that its credentials belong to, where they name one."""

    value: str
    project: str | None


@dataclass(slots=True)
class _Entry:
    credentials: Any
    project: str | None
    lock: threading.Lock = field(default_factory=threading.Lock)

    def token(self) -> Token | None:
        """The token at hand; None when a new one has to be asked for."""
        if self.credentials.token and self.credentials.valid:
            return Token(self.credentials.token, self.project)
        return None


class TokenCache:
    """Credentials by their JSON (None for the default ones), at most `MAX_CACHED`. Safe between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._entries: OrderedDict[str | None, _Entry] = OrderedDict()

    def get(self, credentials: str | None) -> Token | None:
        """A token that is at hand; None when somebody must be asked for it."""
        entry = self._entries.get(credentials)
        return None if entry is None else entry.token()

    def resolve(self, credentials: str | None) -> Token:
        """A token; may wait for the network. Raises `NoToken`."""
        entry = self._entry(credentials)
        with entry.lock:  # one caller asks, the others wait for its answer
            token = entry.token()
            if token is None:
                _refresh(entry.credentials)
                token = entry.token()
        if token is None:
            raise NoToken("Google gave a token that is not valid")
        return token

    def _entry(self, credentials: str | None) -> _Entry:
        with self._lock:
            entry = self._entries.get(credentials)
        if entry is None:
            entry = _Entry(*VertexBase().load_auth(credentials, None))
            with self._lock:
                entry = self._entries.setdefault(credentials, entry)
                while len(self._entries) > MAX_CACHED:
                    self._entries.popitem(last=False)
        return entry

    def clear(self) -> None:
        """Forgets everything."""
        with self._lock:
            self._entries.clear()


token_cache = TokenCache()


def _refresh(credentials: Any) -> None:
    import google.auth.exceptions

    from litellm.secret_managers.google.transport import HttpxRequest

    try:
        credentials.refresh(HttpxRequest())
    except google.auth.exceptions.GoogleAuthError as error:
        raise NoToken(f"Google refused the credentials: {error}") from error
