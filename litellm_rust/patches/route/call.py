"""Whole calls of a router: what it passes on to `acompletion`, learnt from a call that upstream served."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, Final

_SCALARS: Final = frozenset({str, int, float, bool, type(None)})
# Objects of upstream's own that travel with a call and do nothing in a plain one.
_OPAQUE: Final = frozenset({"_context_compaction_state"})
_TRACE: Final = "litellm_trace_id"


class Unexplained(Exception):  # a verdict, not an error of the caller
    """Upstream passed on something that has no visible source; the message says what."""


@dataclass
class Watched:
    """What was seen of the inside of a router's call."""

    calls: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, Any]] = field(default_factory=list)
    """`additional_headers` of each response before the router added its own."""

    def note_call(self, kwargs: Mapping[str, Any]) -> None:
        """Note the arguments of an inner call."""
        # Upstream adds to the metadata as the call goes on.
        copies = {name: dict(value) for name, value in kwargs.items() if name == "metadata" and type(value) is dict}
        self.calls.append({**kwargs, **copies})

    def note_response(self, response: Any) -> None:
        """Note the response of an inner call."""
        hidden = getattr(response, "_hidden_params", None)
        self.headers.append(dict(hidden.get("additional_headers") or {}) if type(hidden) is dict else {})


WATCHED: Final[ContextVar[Watched | None]] = ContextVar("litellm_rust_router_watch", default=None)
FORCED: Final[ContextVar[list[dict[str, Any]] | None]] = ContextVar("litellm_rust_deployment", default=None)


class RouterPlan:
    """How a router's call becomes a call of one deployment."""

    def __init__(
        self, watched: Watched, outer: Mapping[str, Any], deployment: Mapping[str, Any], response: Any
    ) -> None:
        """From one call, its arguments and its deployment. Raises Unexplained."""
        if len(watched.calls) != 1 or len(watched.headers) != 1:
            raise Unexplained("more than one attempt")
        inner, params = watched.calls[0], deployment["litellm_params"]
        self._dropped = frozenset(name for name in params if name not in inner)
        self._known = frozenset(params)
        self._constant: dict[str, Any] = {}
        self._metadata: dict[str, Any] = {}
        self._traced = False
        for name, value in inner.items():
            if name == _TRACE:
                self._traced = True
            elif name == "metadata":
                self._metadata = self._explain_metadata(value, deployment)
            elif name == "model_info":
                if value != deployment["model_info"]:
                    raise Unexplained(name)
            elif name in outer:
                if value is not outer[name] and value != outer[name]:
                    raise Unexplained(name)
            elif name in params:
                if value != params[name]:
                    raise Unexplained(name)
            elif type(value) in _SCALARS:
                self._constant[name] = value
            elif name not in _OPAQUE:
                raise Unexplained(name)
        if any(name not in inner for name in outer):
            raise Unexplained("an argument that is not passed on")
        self.headers = self._added_headers(watched.headers[0], response)

    @staticmethod
    def _explain_metadata(metadata: Any, deployment: Mapping[str, Any]) -> dict[str, Any]:
        own = {
            "deployment": deployment["litellm_params"].get("model"),
            "api_base": deployment["litellm_params"].get("api_base"),
            "model_info": deployment["model_info"],
        }
        constant = {}
        for name, value in metadata.items():
            if name in own:
                if value != own[name]:
                    raise Unexplained(f"metadata {name}")
            elif type(value) in _SCALARS or value == ():
                constant[name] = value
            else:
                raise Unexplained(f"metadata {name}")
        return constant

    @staticmethod
    def _added_headers(before: Mapping[str, Any], response: Any) -> dict[str, Any]:
        after = response._hidden_params.get("additional_headers") or {}
        added = {name: value for name, value in after.items() if name not in before}
        if any(after.get(name) != value for name, value in before.items()):
            raise Unexplained("headers that the router changed")
        if any(type(value) not in _SCALARS or name.startswith("x-ratelimit") for name, value in added.items()):
            raise Unexplained("headers that the router computed")
        return added

    def fits(self, deployment: Mapping[str, Any]) -> bool:
        """Whether the deployment has no parameters but those of the one that was seen."""
        return self._known.issuperset(deployment["litellm_params"])

    def inner(self, outer: Mapping[str, Any], deployment: Mapping[str, Any]) -> dict[str, Any]:
        """The arguments of `acompletion` for `deployment`."""
        params, info = deployment["litellm_params"], deployment["model_info"]
        kwargs = {**params, **self._constant, **outer}
        for name in self._dropped:
            kwargs.pop(name, None)
        kwargs["metadata"] = {
            **self._metadata,
            "deployment": params.get("model"),
            "api_base": params.get("api_base"),
            "model_info": info,
        }
        kwargs["model_info"] = info
        if self._traced:
            kwargs[_TRACE] = str(uuid.uuid4())
        return kwargs
