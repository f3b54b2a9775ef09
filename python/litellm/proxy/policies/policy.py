"""A policy and its attachments, as the config or the database has them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, field_validator, model_validator

from litellm.proxy.config.problems import suggestion

Name = Annotated[str, StringConstraints(min_length=1, max_length=256, pattern=r"^[^\x00-\x1f\x7f]+$")]
Names = Annotated[list[Name], Field(max_length=1000)]
Action = Literal["next", "allow", "block", "modify_response"]
EVERYTHING = "*"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class Step(_Strict):
    """One guardrail of a pipeline, and what follows from how it ends. Without `on_error`, an error is a failure."""

    guardrail: Name
    on_pass: Action = "allow"
    on_fail: Action = "block"
    on_error: Action | None = None
    pass_data: bool = False
    """Known from LiteLLM, whose steps see what the ones before them changed whatever this says; here as well."""
    modify_response_message: str | None = None


class Pipeline(_Strict):
    """Guardrails in their order, run at `mode`."""

    mode: Literal["pre_call", "post_call"]
    steps: Annotated[list[Step], Field(min_length=1, max_length=100)]


class Guardrails(_Strict):
    """What a policy adds to those that it inherits, and what it leaves out of them."""

    add: Names = []
    remove: Names = []


class Condition(_Strict):
    """The models that a policy is for: names, or a regular expression for a whole name."""

    model: str | list[str] | None = None

    @field_validator("model")
    @classmethod
    def _expression(cls, value: Any) -> Any:
        for text in [value] if isinstance(value, str) else value or ():
            try:
                re.compile(text)
            except re.error as error:
                raise ValueError(f"{text!r} is no regular expression: {error}") from error
        return value

    def holds(self, model: str | None) -> bool:
        """Whether it holds for a call of `model`; of one that names none, it does not."""
        if self.model is None:
            return True
        names = [self.model] if isinstance(self.model, str) else self.model
        return model is not None and any(name == model or re.fullmatch(name, model) is not None for name in names)


class Policy(_Strict):
    """An entry of `policies`."""

    description: str | None = None
    inherit: Name | None = None
    guardrails: Guardrails = Guardrails()
    condition: Condition | None = None
    pipeline: Pipeline | None = None

    @model_validator(mode="after")
    def _steps_are_added(self) -> Policy:
        for index, step in enumerate(self.pipeline.steps if self.pipeline else ()):
            if step.guardrail not in self.guardrails.add:
                raise ValueError(f"pipeline.steps[{index}].guardrail: {step.guardrail!r} is not in guardrails.add")
        return self


class Attachment(_Strict):
    """An entry of `policy_attachments`. Each kind of names that it gives must hold; `scope: "*"` is everybody."""

    policy: Name
    scope: str | None = None
    teams: Names = []
    keys: Names = []
    models: Names = []
    tags: Names = []
    priority: Annotated[int, Field(ge=-(2**31), lt=2**31)] | None = None
    default: bool = False

    @field_validator("scope")
    @classmethod
    def _scope(cls, value: str | None) -> str | None:
        if value not in (None, EVERYTHING):
            raise ValueError('expected "*", which is everybody, or none')
        return value

    @property
    def place(self) -> tuple[bool, int]:
        """Where it is in the order: those with a priority first, the lowest before the others."""
        return self.priority is None, self.priority or 0


Kind = TypeVar("Kind", Policy, Attachment)


def parsed(kind: type[Kind], entry: Any) -> Kind:
    """The policy or attachment of an entry, in which null is as good as nothing. Raises ValidationError."""
    given = {} if entry is None else entry
    if isinstance(given, Mapping):
        given = {name: value for name, value in given.items() if value is not None}
    return kind.model_validate(given)


def first_problem(error: ValidationError) -> tuple[str, str]:
    """(key, message) of the first thing that is wrong."""
    first = error.errors(include_input=False, include_url=False)[0]
    return ".".join(map(str, first["loc"])), str(first["msg"])


def problems_of(kind: type[Kind], entry: Any) -> Iterator[tuple[str, str]]:
    """What is wrong with an entry: (key below it, message)."""
    try:
        parsed(kind, entry)
    except ValidationError as error:
        for item in error.errors(include_input=False, include_url=False):
            place = [str(part) for part in item["loc"]]
            unknown = item["type"] == "extra_forbidden"
            hint = suggestion(place[-1], kind.model_fields) if unknown and len(place) == 1 else ""
            yield ".".join(place), f"unknown key{hint}" if unknown else item["msg"].removeprefix("Value error, ")


def inheritance_problems(policies: Mapping[str, Policy]) -> Iterator[tuple[str, str]]:
    """Policies that inherit from one that is not there, or from themselves: (name, message)."""
    for name, policy in policies.items():
        if policy.inherit is not None and policy.inherit not in policies:
            yield name, f"there is no policy {policy.inherit!r}{suggestion(policy.inherit, policies)}"
        elif chain(policies, name) is None:
            yield name, "inherits from itself"


def chain(policies: Mapping[str, Policy], name: str) -> list[str] | None:
    """A policy's ancestors, the first one first, and itself; None where they lead back to one of them."""
    found: list[str] = []
    while name in policies:
        if name in found:
            return None
        found.append(name)
        name = policies[name].inherit or ""
    return found[::-1]


def resolved(policies: Mapping[str, Policy], name: str, model: str | None, *, any_model: bool = False) -> list[str]:
    """The guardrails of a policy and its ancestors, each where its condition holds for `model`."""
    names: dict[str, None] = {}
    for ancestor in chain(policies, name) or ():
        policy = policies[ancestor]
        if any_model or policy.condition is None or policy.condition.holds(model):
            names |= dict.fromkeys(policy.guardrails.add)
            for gone in policy.guardrails.remove:
                names.pop(gone, None)
    return list(names)


def fits(patterns: Sequence[str], value: str | None) -> str | None:
    """The first of `patterns` that `value` fits: a name, or the start of one before `*`; None when none does."""
    if value is None:
        return None
    return next((pattern for pattern in patterns if _fits(pattern, value)), None)


def _fits(pattern: str, value: str) -> bool:
    return value.startswith(pattern[:-1]) if pattern.endswith("*") else value == pattern
