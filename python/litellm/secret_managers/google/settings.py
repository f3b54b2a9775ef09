"""The `vertex_*` arguments of a call: whose project it runs in, where, and with which credentials."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import litellm

ARGUMENTS: tuple[str, ...] = (
    "vertex_project", "vertex_ai_project", "vertex_location", "vertex_ai_location", "vertex_credentials",
    "vertex_ai_credentials", "vertex_api_version",
)  # fmt: skip
DEFAULT_LOCATION = "us-central1"
_PROJECT_VARIABLES = ("VERTEXAI_PROJECT", "GOOGLE_CLOUD_PROJECT")
_LOCATION_VARIABLES = ("VERTEXAI_LOCATION", "VERTEX_LOCATION", "GOOGLE_CLOUD_LOCATION")
_CREDENTIALS_VARIABLE = "VERTEXAI_CREDENTIALS"


class InvalidCredentials(ValueError):
    """Credentials that are neither a JSON object nor a file that holds one. Its text never quotes them."""

    status_code = 401


@dataclass(frozen=True, slots=True)
class GoogleSettings:
    """A call's settings for Google Cloud."""

    project: str | None
    """None: that of the credentials."""
    location: str
    credentials: str | None
    """The credentials as JSON; None for the application default credentials."""
    api_version: str | None = None

    def __repr__(self) -> str:
        """Without the secrets."""
        return f"GoogleSettings(project={self.project!r}, location={self.location!r})"


def google_settings(options: Mapping[str, Any]) -> GoogleSettings:
    """The settings of a call with these `options`: its own, then `litellm`'s, then the environment's.

    Raises `InvalidCredentials` when its credentials cannot be read.
    """
    given = options.get("vertex_credentials") or options.get("vertex_ai_credentials")
    credentials = credentials_json(given or os.environ.get(_CREDENTIALS_VARIABLE))
    return GoogleSettings(
        project=_project(options, credentials),
        location=_location(options),
        credentials=credentials,
        api_version=options.get("vertex_api_version"),
    )


def _project(options: Mapping[str, Any], credentials: str | None) -> str | None:
    asked = options.get("vertex_project") or options.get("vertex_ai_project") or litellm.vertex_project
    found = asked or _from_environment(_PROJECT_VARIABLES[:1])
    if found is None and credentials is not None:
        found = json.loads(credentials).get("project_id")
    return found or _from_environment(_PROJECT_VARIABLES)


def _location(options: Mapping[str, Any]) -> str:
    asked = options.get("vertex_location") or options.get("vertex_ai_location") or litellm.vertex_location
    return str(asked or _from_environment(_LOCATION_VARIABLES) or DEFAULT_LOCATION)


def _from_environment(names: tuple[str, ...]) -> str | None:
    return next((value for name in names if (value := os.environ.get(name))), None)


def credentials_json(given: Any) -> str | None:
    """`given` (a dict, JSON text, or the path of a JSON file) as JSON text; None for None.

    Raises `InvalidCredentials` when it is none of these.
    """
    if given is None:
        return None
    if isinstance(given, Mapping):
        return json.dumps(given, sort_keys=True)
    text = str(given)
    if not text.lstrip().startswith("{"):
        try:
            text = Path(text).read_text(encoding="utf-8")
        except (OSError, ValueError) as error:
            raise InvalidCredentials("vertex_credentials: neither JSON nor a file that can be read") from error
    try:
        found = json.loads(text)
    except ValueError as error:
        raise InvalidCredentials("vertex_credentials: not valid JSON") from error
    if not isinstance(found, dict):
        raise InvalidCredentials("vertex_credentials: not a JSON object")
    return text
