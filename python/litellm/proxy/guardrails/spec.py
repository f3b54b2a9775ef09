"""A guardrail as the config or the database describes it."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from litellm.proxy.config.problems import suggestion
from litellm.types.guardrails import GUARDRAIL_DEFINITION_LOCATION as Location, GuardrailEventHooks, Mode

EVENTS = tuple(event.value for event in GuardrailEventHooks)
_NAMESPACE = uuid.UUID("5b0b1f0e-5d0d-5c54-9a3f-0e6e2f0a4a77")
_SPEC_KEYS = frozenset({
    "guardrail_id", "guardrail_name", "litellm_params", "guardrail_info", "policy_template", "created_at", "updated_at",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class GuardrailSpec:
    """`params` is `litellm_params`: `guardrail`, `mode`, `default_on`, and what the guardrail itself takes."""

    guardrail_id: str
    guardrail_name: str
    params: Mapping[str, Any]
    info: Mapping[str, Any] = field(default_factory=dict)
    location: Location = Location.CONFIG
    team_id: str | None = None
    created_at: Any = None
    updated_at: Any = None

    @property
    def kind(self) -> str:
        """Which guardrail it is: a built-in one's name, or `module.Class`."""
        return str(self.params["guardrail"])

    @property
    def event_hook(self) -> Any:
        """`mode`, as `CustomGuardrail` takes it."""
        return event_hook(self.params["mode"])


def event_hook(mode: Any) -> Any:
    """A mode as it is written: an event, a list of events, or events by tag."""
    if isinstance(mode, Mapping):
        return Mode(tags=dict(mode["tags"]), default=mode.get("default"))
    return list(mode) if isinstance(mode, (list, tuple)) else mode


def config_id(name: str) -> str:
    """The id of a guardrail of the config: the same in every process and after every start."""
    return str(uuid.uuid5(_NAMESPACE, name))


def spec_of(entry: Mapping[str, Any]) -> GuardrailSpec:
    """The spec of a checked entry of the config's `guardrails`."""
    name = str(entry["guardrail_name"])
    given = entry.get("guardrail_id")
    return GuardrailSpec(
        str(given) if given else config_id(name), name, dict(entry["litellm_params"]), entry.get("guardrail_info") or {}
    )


def problems(entry: Any) -> Iterator[tuple[str, str]]:
    """What is wrong with an entry: (key below it, message)."""
    if not isinstance(entry, Mapping):
        yield "", "expected a mapping with guardrail_name and litellm_params"
        return
    for key in entry:
        if key not in _SPEC_KEYS:
            yield str(key), f"unknown key{suggestion(str(key), _SPEC_KEYS)}"
    if not isinstance(entry.get("guardrail_name"), str) or not entry["guardrail_name"]:
        yield "guardrail_name", "a text is required: the name that requests ask for"
    params = entry.get("litellm_params")
    if not isinstance(params, Mapping):
        yield "litellm_params", "a mapping is required: guardrail and mode"
        return
    if not isinstance(params.get("guardrail"), str) or not params["guardrail"]:
        yield (
            "litellm_params.guardrail",
            "a text is required: litellm_content_filter, my_file.MyGuardrail, …",
        )
    if not isinstance(params.get("default_on"), (bool, type(None))):
        yield "litellm_params.default_on", "expected true or false"
    yield from (("litellm_params.mode", message) for message in _mode_problems(params.get("mode")))


def _mode_problems(mode: Any) -> Iterator[str]:
    if isinstance(mode, Mapping):
        tags = mode.get("tags")
        if not isinstance(tags, Mapping):
            yield "expected tags, a mapping of tags to events"
            return
        named: list[Any] = [*tags.values(), *([mode["default"]] if mode.get("default") else [])]
    else:
        named = [mode]
    for given in named:
        events: Sequence[Any] = given if isinstance(given, (list, tuple)) and given else [given]
        for event in events:
            if event not in EVENTS:
                yield f"expected one of {', '.join(EVENTS)}"
                return
