"""The identity providers that people can sign in by, as rows; which one is used, the settings say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

_MICROSOFT = "https://login.microsoftonline.com/{tenant}/oauth2/v2.0"


@dataclass(frozen=True, slots=True)
class Provider:
    """One provider with its addresses; the `*_claim`s say where userinfo holds what is asked for."""

    name: str
    client_id: str
    client_secret: str
    authorization_endpoint: str
    token_endpoint: str
    userinfo_endpoint: str
    scope: str = "openid email profile"
    user_id_claim: str = "sub"
    email_claim: str = "email"
    role_claim: str | None = None


@dataclass(frozen=True, slots=True)
class Missing:
    """A provider that is named but not wholly set up, and the variables that it lacks."""

    name: str
    variables: tuple[str, ...]


def provider_of(settings: Mapping[str, str]) -> Provider | Missing | None:
    """The provider by upstream's variables (`GOOGLE_CLIENT_ID`, …); Google before Microsoft before another one."""
    for name, needed in _NEEDED.items():
        if settings.get(needed[0]):
            missing = tuple(variable for variable in needed if not settings.get(variable))
            return Missing(name, missing) if missing else _MADE[name](settings)
    return None


def _google(settings: Mapping[str, str]) -> Provider:
    return Provider(
        "google", settings["GOOGLE_CLIENT_ID"], settings["GOOGLE_CLIENT_SECRET"],
        "https://accounts.google.com/o/oauth2/v2/auth", "https://oauth2.googleapis.com/token",
        "https://openidconnect.googleapis.com/v1/userinfo",
    )  # fmt: skip


def _microsoft(settings: Mapping[str, str]) -> Provider:
    base = _MICROSOFT.format(tenant=settings["MICROSOFT_TENANT"])
    return Provider(
        "microsoft", settings["MICROSOFT_CLIENT_ID"], settings["MICROSOFT_CLIENT_SECRET"], f"{base}/authorize",
        f"{base}/token", "https://graph.microsoft.com/oidc/userinfo",
    )  # fmt: skip


def _generic(settings: Mapping[str, str]) -> Provider:
    return Provider(
        "generic", settings["GENERIC_CLIENT_ID"], settings["GENERIC_CLIENT_SECRET"],
        settings["GENERIC_AUTHORIZATION_ENDPOINT"], settings["GENERIC_TOKEN_ENDPOINT"],
        settings["GENERIC_USERINFO_ENDPOINT"], settings.get("GENERIC_SCOPE") or "openid email profile",
        settings.get("GENERIC_USER_ID_ATTRIBUTE") or "preferred_username",
        settings.get("GENERIC_USER_EMAIL_ATTRIBUTE") or "email", settings.get("GENERIC_USER_ROLE_ATTRIBUTE") or "role",
    )  # fmt: skip


_NEEDED = {
    "google": ("GOOGLE_CLIENT_ID", "GOOGLE_CLIENT_SECRET"),
    "microsoft": ("MICROSOFT_CLIENT_ID", "MICROSOFT_CLIENT_SECRET", "MICROSOFT_TENANT"),
    "generic": (
        "GENERIC_CLIENT_ID", "GENERIC_CLIENT_SECRET", "GENERIC_AUTHORIZATION_ENDPOINT", "GENERIC_TOKEN_ENDPOINT",
        "GENERIC_USERINFO_ENDPOINT",
    ),
}  # fmt: skip
_MADE = {"google": _google, "microsoft": _microsoft, "generic": _generic}
