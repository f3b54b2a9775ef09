"""The `aws_*` arguments of a call: who signs it, and for which region."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass, fields
from typing import Any

REGION_VARIABLES = ("AWS_REGION_NAME", "AWS_REGION", "AWS_DEFAULT_REGION")
BEARER_VARIABLE = "AWS_BEARER_TOKEN_BEDROCK"
REFERENCE = "os.environ/"
_REGION = re.compile(r"[a-z0-9-]{1,40}")


@dataclass(frozen=True, slots=True)
class AwsSettings:
    """Where a call's credentials come from. Names are those of LiteLLM's arguments, without their `aws_`."""

    access_key_id: str | None = None
    secret_access_key: str | None = None
    session_token: str | None = None
    region_name: str | None = None
    profile_name: str | None = None
    role_name: str | None = None
    """ARN of a role to assume."""
    session_name: str | None = None
    web_identity_token: str | None = None
    """A token, a path to one (`/…`), or `os.environ/NAME`."""
    sts_endpoint: str | None = None
    external_id: str | None = None

    def __repr__(self) -> str:
        """Without the secrets."""
        shown = {"region_name": self.region_name, "profile_name": self.profile_name, "role_name": self.role_name}
        return f"AwsSettings({', '.join(f'{name}={value!r}' for name, value in shown.items())})"


ARGUMENTS: tuple[str, ...] = tuple(f"aws_{field.name}" for field in fields(AwsSettings))
SECRETS = frozenset({"aws_access_key_id", "aws_secret_access_key", "aws_session_token", "aws_web_identity_token"})


def take_settings(params: MutableMapping[str, Any]) -> AwsSettings:
    """Takes the `aws_*` arguments out of `params`. `os.environ/NAME` values are read from the environment."""
    found = {name.removeprefix("aws_"): params.pop(name) for name in ARGUMENTS if name in params}
    return AwsSettings(**{name: _resolved(name, value) for name, value in found.items()})


def settings_of(arguments: Mapping[str, Any]) -> AwsSettings:
    """The same, leaving `arguments` as they are."""
    return take_settings(dict(arguments))


def _resolved(name: str, value: Any) -> str | None:
    if value is None:
        return None
    text = str(value)
    if text.startswith(REFERENCE) and name != "web_identity_token":
        return os.environ.get(text.removeprefix(REFERENCE))
    return text


def without_secrets(params: dict[str, Any]) -> dict[str, Any]:
    """`params` without AWS's secrets: for whoever is told of a call but does not make it."""
    if SECRETS.isdisjoint(params):
        return params
    return {name: value for name, value in params.items() if name not in SECRETS}


def environment_region() -> str | None:
    """The region that the environment names."""
    return next((os.environ[name] for name in REGION_VARIABLES if os.environ.get(name)), None)


def checked_region(region: str) -> str:
    """`region`, when it can be part of a host name. Raises `ValueError` for anything else."""
    if not _REGION.fullmatch(region):
        raise ValueError(f"aws_region_name: expected a region like 'us-east-1', got {region[:60]!r}")
    return region
