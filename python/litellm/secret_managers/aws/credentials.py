"""Credentials from every source that LiteLLM knows, kept until they expire.

Sources, first match wins: a web identity token with a role, a role to assume, a profile, explicit keys, and botocore's
own chain (environment, shared files, SSO, container and instance metadata).
"""

from __future__ import annotations

import os
import threading
import time
from collections import OrderedDict
from pathlib import Path
from typing import Any

from litellm.secret_managers.aws.settings import REFERENCE, AwsSettings, environment_region

MAX_CACHED = 256
EXPIRY_MARGIN_S = 300.0
STATIC_TTL_S = 3600.0
"""How long a chain's answer is kept; credentials that renew themselves do so inside it."""
DEFAULT_SESSION = "litellm-session"


class NoCredentials(Exception):
    """No source gave credentials. Stands for the refusal that an unsigned request would get."""

    status_code = 401


class CredentialCache:
    """Credentials by settings, at most `MAX_CACHED`, each until shortly before it expires. Safe between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._entries: OrderedDict[Any, tuple[Any, float]] = OrderedDict()

    def get(self, settings: AwsSettings) -> Any | None:
        """Credentials that can be used without asking anybody; None when somebody must be asked."""
        if _explicit(settings):
            return _explicit_credentials(settings)
        with self._lock:
            entry = self._entries.get(_key(settings))
        if entry is None or entry[1] < time.monotonic() or _needs_refresh(entry[0]):
            return None
        return entry[0]

    def resolve(self, settings: AwsSettings) -> Any:
        """Credentials of `settings`; may wait for the network. Raises `NoCredentials`, or what botocore raises."""
        found = self.get(settings)
        if found is not None:
            return found
        with self._lock:
            entry = self._entries.get(_key(settings))
        if entry is not None and entry[1] >= time.monotonic():
            entry[0].get_frozen_credentials()  # renews itself
            return entry[0]
        credentials, lifetime_s = _ask(settings)
        with self._lock:
            self._entries[_key(settings)] = (credentials, time.monotonic() + lifetime_s)
            while len(self._entries) > MAX_CACHED:
                self._entries.popitem(last=False)
        return credentials

    def clear(self) -> None:
        """Forgets everything."""
        with self._lock:
            self._entries.clear()


credential_cache = CredentialCache()


def _explicit(settings: AwsSettings) -> bool:
    return bool(settings.access_key_id and settings.secret_access_key) and not (
        settings.role_name or settings.web_identity_token or settings.profile_name
    )


def _explicit_credentials(settings: AwsSettings) -> Any:
    from botocore.credentials import Credentials

    return Credentials(settings.access_key_id, settings.secret_access_key, settings.session_token)


def _key(settings: AwsSettings) -> Any:
    """The settings, and what of the environment changes their meaning."""
    names = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE", "AWS_ROLE_ARN")
    return settings, tuple(os.environ.get(name) for name in names)


def _needs_refresh(credentials: Any) -> bool:
    asks = getattr(credentials, "refresh_needed", None)
    return bool(asks and asks())


def _ask(settings: AwsSettings) -> tuple[Any, float]:
    """(credentials, seconds that they may be kept)."""
    import botocore.session

    if settings.web_identity_token and settings.role_name:
        return _assume_with_token(settings)
    if settings.role_name:
        return _assume(settings)
    session = botocore.session.Session(profile=settings.profile_name)
    credentials = session.get_credentials()
    if credentials is None:
        raise NoCredentials("Unable to locate credentials: pass aws_access_key_id and aws_secret_access_key, a profile "
                            "or a role, or set them in the environment")  # fmt: skip
    return credentials, STATIC_TTL_S


def _sts(settings: AwsSettings, *, signed: bool) -> Any:
    import botocore
    import botocore.session
    from botocore.config import Config

    session = botocore.session.Session(profile=settings.profile_name)
    keys: dict[str, Any] = {}
    if signed and settings.access_key_id:
        keys = {
            "aws_access_key_id": settings.access_key_id,
            "aws_secret_access_key": settings.secret_access_key,
            "aws_session_token": settings.session_token,
        }
    region = settings.region_name or environment_region() or "us-east-1"
    config = None if signed else Config(signature_version=botocore.UNSIGNED)
    return session.create_client("sts", region_name=region, endpoint_url=settings.sts_endpoint, config=config, **keys)


def _assume(settings: AwsSettings) -> tuple[Any, float]:
    request: dict[str, Any] = {
        "RoleArn": settings.role_name,
        "RoleSessionName": settings.session_name or DEFAULT_SESSION,
    }
    if settings.external_id:
        request["ExternalId"] = settings.external_id
    return _assumed(_sts(settings, signed=True).assume_role(**request))


def _assume_with_token(settings: AwsSettings) -> tuple[Any, float]:
    request = {
        "RoleArn": settings.role_name,
        "RoleSessionName": settings.session_name or DEFAULT_SESSION,
        "WebIdentityToken": _token(str(settings.web_identity_token)),
        "DurationSeconds": 3600,
    }
    return _assumed(_sts(settings, signed=False).assume_role_with_web_identity(**request))


def _token(given: str) -> str:
    """The token that `given` is, or names."""
    if given.startswith(REFERENCE):
        name = given.removeprefix(REFERENCE)
        value = os.environ.get(name)
        if not value:
            raise NoCredentials(f"aws_web_identity_token: the environment has no {name}")
        return _token(value)
    if given.startswith(("/", "./")):
        return Path(given).read_text(encoding="utf-8").strip()
    return given


def _assumed(reply: dict[str, Any]) -> tuple[Any, float]:
    from botocore.credentials import Credentials

    issued = reply["Credentials"]
    lifetime = issued["Expiration"].timestamp() - time.time() - EXPIRY_MARGIN_S
    made = Credentials(issued["AccessKeyId"], issued["SecretAccessKey"], issued["SessionToken"])
    return made, max(lifetime, 0.0)
