"""Pass-through endpoints of the config (`general_settings.pass_through_endpoints`) and of the database."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from litellm.proxy.common_utils.addresses import web_address
from litellm.proxy.pass_through_endpoints.providers import ALL_METHODS

log = logging.getLogger("litellm.proxy.pass_through")

_REFERENCE = "os.environ/"


class PassThroughEndpoint(BaseModel):
    """One endpoint: what is asked at `path` goes to `target`."""

    model_config = ConfigDict(extra="ignore")

    id: str | None = None
    path: str = Field(min_length=2, max_length=1024)
    target: str
    headers: dict[str, Any] = Field(default_factory=dict)
    """Sent to the target; `os.environ/NAME` in a value is read from the environment."""
    default_query_params: dict[str, Any] = Field(default_factory=dict)
    """Sent where the client gives none of that name."""
    include_subpath: bool = False
    forward_headers: bool = False
    """Whether the client's own headers go on, credentials never."""
    merge_query_params: bool = False
    """Whether parameters of `target` itself are kept beside the client's."""
    auth: bool = True
    cost_per_request: float = Field(default=0.0, ge=0)
    """USD."""
    timeout: float | None = Field(default=None, gt=0)
    """Seconds."""
    methods: list[str] | None = None
    guardrails: Any = None
    is_from_config: bool = False

    @field_validator("path")
    @classmethod
    def _path(cls, value: str) -> str:
        if not value.startswith("/") or any(word in value for word in ("//", "..", "?", "#", "{", "\\")):
            raise ValueError("expected a path that begins with / and holds no .. // ? # { or \\")
        return value.rstrip("/") or "/"

    @field_validator("target")
    @classmethod
    def _target(cls, value: str) -> str:
        if web_address(resolved(value)) is None:
            raise ValueError("expected an http:// or https:// address")
        return value

    @field_validator("methods")
    @classmethod
    def _methods(cls, value: list[str] | None) -> list[str] | None:
        methods = [method.upper() for method in value or ()]
        if unknown := [method for method in methods if method not in ALL_METHODS]:
            raise ValueError(f"{unknown[0]!r} is none of {', '.join(ALL_METHODS)}")
        return methods or None

    def takes(self, method: str) -> bool:
        """Whether requests of a method are for it."""
        return method in (self.methods or ALL_METHODS)

    def matches(self, path: str) -> bool:
        """Whether a path is its own, or below it when it includes what is below."""
        return path == self.path or (self.include_subpath and path.startswith(f"{self.path}/"))


def resolved(text: str) -> str:
    """`text` with the environment's value where it names a variable, as in `Bearer os.environ/KEY`."""
    head, found, name = text.partition(_REFERENCE)
    if not found:
        return text
    variable, space, tail = name.partition(" ")
    return f"{head}{os.environ.get(variable, '')}{space}{tail}"


class ConfiguredEndpoints:
    """Every endpoint that is served now: the config's, and the database's, which go first."""

    def __init__(self, from_config: Sequence[Mapping[str, Any]] = ()) -> None:
        self.from_config = tuple(PassThroughEndpoint(**{**row, "is_from_config": True}) for row in from_config)
        self.stored: tuple[PassThroughEndpoint, ...] = ()

    def store(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Serve the database's `rows`. One that is wrong is logged and left out."""
        kept = []
        for row in rows:
            try:
                kept.append(PassThroughEndpoint(**row))
            except ValidationError as error:
                log.error("the stored pass-through endpoint %r is left out: %s", row.get("path"), error.errors()[0])
        self.stored = tuple(kept)

    def listed(self) -> list[PassThroughEndpoint]:
        """All of them; one that is stored takes the place of the config's at the same path."""
        taken = {endpoint.path for endpoint in self.stored}
        return [*(endpoint for endpoint in self.from_config if endpoint.path not in taken), *self.stored]

    def find(self, path: str, method: str) -> PassThroughEndpoint | None:
        """The endpoint for a request: the one with the longest path."""
        found = [item for item in self.listed() if item.matches(path) and item.takes(method)]
        return max(found, key=lambda item: len(item.path), default=None)
