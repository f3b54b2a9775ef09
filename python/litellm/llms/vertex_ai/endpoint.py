"""Where Vertex AI's methods are, and who may call them.

Source: Vertex AI's reference for locations and endpoints; custom base URLs as LiteLLM 1.106.2 completes them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from litellm.llms.gemini.models import facts
from litellm.secret_managers.google.settings import GoogleSettings, google_settings
from litellm.secret_managers.google.signer import UNKNOWN_PROJECT, GoogleSigner

_MULTI_REGIONS = ("eu", "us")
_BARE_PATHS = ("", "/v1", "/v1beta1")
"""Paths of a base URL that is completed to a whole address."""


class VertexEndpoint:
    """One call's place at Vertex AI."""

    def __init__(self, options: Mapping[str, Any], api_base: str | None, model: str) -> None:
        self.settings: GoogleSettings = google_settings(options)
        self.location = available_location(self.settings.location, model)
        self._base = api_base.rstrip("/") if api_base else None

    def project_path(self, version: str | None = None) -> str:
        """`/v1/projects/…/locations/…`."""
        project = f"projects/{self.settings.project}/" if self.settings.project else UNKNOWN_PROJECT
        return f"/{version or self.settings.api_version or 'v1'}/{project}locations/{self.location}"

    def below_project(self, path: str, version: str | None = None) -> str:
        """The address of `path` below the project, at Google or at the caller's base URL."""
        return (self._base or host(self.location)) + self.project_path(version) + path

    def model_method(self, model: str, method: str, publisher: str = "google") -> str:
        """The address of a method of a model, or of an endpoint where `model` is its number."""
        if self._base is not None and urlsplit(self._base).path not in _BARE_PATHS:
            name = method.split("?")[0]
            return self._base + (method[len(name) :] if self._base.endswith(f":{name}") else f":{method}")
        path = f"{model_path(model, publisher)}:{method}"
        if self._base is None:
            return self.below_project(path)
        root = self._base.removesuffix(urlsplit(self._base).path)
        return root + self.project_path() + path

    def signer(self, *token_headers: str) -> GoogleSigner:
        """What adds the access token."""
        return GoogleSigner(self.settings, token_headers)


def host(location: str) -> str:
    """The address of the API in a location, a multi-region or `global`."""
    if location == "global":
        return "https://aiplatform.googleapis.com"
    if location in _MULTI_REGIONS:
        return f"https://aiplatform.{location}.rep.googleapis.com"
    return f"https://{location}-aiplatform.googleapis.com"


def model_path(model: str, publisher: str = "google") -> str:
    """The path of a publisher's model, or of an endpoint of one's own, which is a number."""
    number = model.rsplit("/", 1)[-1]
    if number.isdigit():
        return f"/endpoints/{number}"
    return f"/publishers/{publisher}/models/{model.removeprefix(publisher + '/')}"


def available_location(location: str, model: str) -> str:
    """`location`, or one that has `model` when the catalogue says that this one has it not."""
    regions = facts("vertex_ai", model).get("supported_regions")
    if isinstance(regions, list) and regions and location not in regions:
        return str(regions[0])
    return location
