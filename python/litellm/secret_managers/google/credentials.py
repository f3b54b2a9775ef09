"""Access tokens from every kind of Google credentials, kept until shortly before they expire.

Kinds: service accounts, a user's own (`gcloud auth application-default login`), impersonated service accounts, workload
identity (files, URLs, AWS, executables), and what google-auth finds by itself (environment, gcloud, metadata server).
"""

from __future__ import annotations

import json
import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

SCOPES = ("https://www.googleapis.com/auth/cloud-platform",)
MAX_CACHED = 256
INSTALL = "Vertex AI needs google-auth: pip install 'litellm-rust-gateway[google]'"


class NoToken(Exception):
    """No access token: no credentials were found, or Google refused them. Stands for a 401."""

    status_code = 401

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


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
            entry = _Entry(*_load(credentials))
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


def _load(credentials: str | None) -> tuple[Any, str | None]:
    """(google-auth's credentials, their project). Raises `NoToken` when there are none, or of no known kind."""
    try:
        import google.auth
        import google.auth.exceptions
    except ImportError as error:
        raise NoToken(INSTALL) from error
    try:
        if credentials is not None:
            info = json.loads(credentials)
            return _of_info(info), info.get("project_id") or info.get("quota_project_id")
        from litellm.secret_managers.google.transport import HttpxRequest

        found, project = google.auth.default(scopes=list(SCOPES), request=HttpxRequest())
    except (google.auth.exceptions.GoogleAuthError, ValueError, KeyError) as error:
        raise NoToken(f"Google credentials: {error}") from error
    return found, project


def _of_info(info: Mapping[str, Any]) -> Any:
    kind = info.get("type")
    scopes = list(SCOPES)
    if kind == "service_account":
        from google.oauth2 import service_account

        return service_account.Credentials.from_service_account_info(info, scopes=scopes)
    if kind == "authorized_user":
        from google.oauth2 import credentials

        return credentials.Credentials.from_authorized_user_info(info, scopes=scopes)
    if kind == "impersonated_service_account":
        from google.auth import impersonated_credentials

        return impersonated_credentials.Credentials.from_impersonated_service_account_info(info, scopes=scopes)
    if kind == "external_account_authorized_user":
        from google.auth import external_account_authorized_user

        return external_account_authorized_user.Credentials.from_info(info, scopes=scopes)
    if kind == "external_account":
        return _workload_identity(info, scopes)
    raise NoToken(f"vertex_credentials: a 'type' of {kind!r} is not known")


def _workload_identity(info: Mapping[str, Any], scopes: list[str]) -> Any:
    source = info.get("credential_source") or {}
    if info.get("subject_token_type") == "urn:ietf:params:aws:token-type:aws4_request":
        from google.auth import aws

        return aws.Credentials.from_info(info, scopes=scopes)
    if "executable" in source:
        from google.auth import pluggable

        return pluggable.Credentials.from_info(info, scopes=scopes)
    from google.auth import identity_pool

    return identity_pool.Credentials.from_info(info, scopes=scopes)


def _refresh(credentials: Any) -> None:
    import google.auth.exceptions

    from litellm.secret_managers.google.transport import HttpxRequest

    try:
        credentials.refresh(HttpxRequest())
    except google.auth.exceptions.GoogleAuthError as error:
        raise NoToken(f"Google refused the credentials: {error}") from error
