"""What the policy routes tell of the policies in force: which hold for whom, and what they would do."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import ValidationError

from litellm.proxy.db.repositories import KeyRepository, TeamRepository
from litellm.proxy.db.repository import Row
from litellm.proxy.guardrails.runner import GuardrailRunner
from litellm.proxy.guardrails.texts import request_slots
from litellm.proxy.management_endpoints.common.context import Context, bad_request, not_found
from litellm.proxy.policies.active import Asking, Matched
from litellm.proxy.policies.pipeline import PipelineGuardrail
from litellm.proxy.policies.policy import (
    Pipeline,
    Policy,
    chain,
    first_problem,
    inheritance_problems,
    parsed,
    problems_of,
    resolved,
)
from litellm.proxy.policies.schemas import ContextRequest, PipelineRequest

_KINDS = ("teams", "keys", "models", "tags")


def summary(context: Context, name: str) -> Row:
    """A policy in force: what it has itself, and what it comes to."""
    active = context.state.policies
    policy = active.policies.get(name)
    if policy is None:
        raise not_found("policy", "policy_name")
    attached = [attachment for attachment in active.attachments if attachment.policy == name]
    scope = {kind: sorted({item for attachment in attached for item in getattr(attachment, kind)}) for kind in _KINDS}
    return {
        "inherit": policy.inherit, "scope": scope, "guardrails": policy.guardrails.model_dump(),
        "resolved_guardrails": resolved(active.policies, name, None, any_model=True),
        "inheritance_chain": chain(active.policies, name) or [],
    }  # fmt: skip


def matched(context: Context, request: ContextRequest) -> Matched:
    """The policies that hold for a call."""
    asking = Asking(request.team_alias, request.key_alias, request.model, request.tags or ())
    return context.state.policies.matching(asking)


def explained(context: Context, request: ContextRequest) -> Row:
    """The policies that hold for a call, what each came by, and the guardrails that run."""
    found, active = matched(context, request), context.state.policies
    details = [
        {"policy_name": name, "matched_via": found.sources.get(name, "request"),
         "guardrails_added": active.guardrails([name], request.model)}
        for name in found.names
    ]  # fmt: skip
    return {"effective_guardrails": active.guardrails(found.names, request.model), "matched_policies": details}


async def validated(context: Context, entries: Mapping[str, Any]) -> Row:
    """What is wrong with a config's `policies`; names of teams and keys that nobody has are warnings."""
    errors = [_problem(name, "invalid_syntax", message, key or None)
              for name, entry in entries.items() for key, message in problems_of(Policy, _unscoped(entry))]  # fmt: skip
    broken = {error["policy_name"] for error in errors}
    policies = {name: parsed(Policy, _unscoped(entry)) for name, entry in entries.items() if name not in broken}
    for name, policy in policies.items():
        for guard in policy.guardrails.add:
            if context.state.guardrails.named(guard) is None:
                message = f"there is no guardrail {guard!r}"
                errors.append(_problem(name, "invalid_guardrail", message, "guardrails.add", guard))
    for name, message in inheritance_problems(policies):
        circular = chain(policies, name) is None
        kind = "circular_inheritance" if circular else "invalid_inheritance"
        errors.append(_problem(name, kind, message, "inherit", None if circular else policies[name].inherit))
    warnings = await _unknown_people(context, entries)
    return {"valid": not errors, "errors": errors, "warnings": warnings}


def _unscoped(entry: Any) -> Any:
    """An entry without `scope`, which attachments have taken the place of."""
    return {key: value for key, value in entry.items() if key != "scope"} if isinstance(entry, Mapping) else entry


async def _unknown_people(context: Context, entries: Mapping[str, Any]) -> list[Row]:
    wanted = list(_scoped_names(entries))
    if not wanted:
        return []
    async with context.read() as connection:
        known = {
            "teams": {row["team_alias"] for row in await TeamRepository(connection).find()},
            "keys": {row["key_alias"] for row in await KeyRepository(connection).find()},
        }
    return [
        _problem(name, f"invalid_{kind[:-1]}", f"there is none named {alias!r}", f"scope.{kind}", alias)
        for name, kind, alias in wanted if alias not in known[kind]
    ]  # fmt: skip


def _scoped_names(entries: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    for name, entry in entries.items():
        scope = entry.get("scope") if isinstance(entry, Mapping) else None
        for kind in ("teams", "keys"):
            given = scope.get(kind) if isinstance(scope, Mapping) else None
            for alias in given if isinstance(given, list) else ():
                if isinstance(alias, str) and not alias.endswith("*"):
                    yield name, kind, alias


def _problem(name: str, kind: str, message: str, field: str | None, value: str | None = None) -> Row:
    return {"policy_name": name, "error_type": kind, "message": message, "field": field, "value": value}


async def tried(context: Context, request: PipelineRequest) -> Row:
    """What a pipeline does with messages, step by step. Raises ProxyException 400 for one that is none."""
    try:
        pipeline = Pipeline.model_validate(request.pipeline)
    except ValidationError as error:
        place, message = first_problem(error)
        raise bad_request(f"{'.'.join(filter(None, ('pipeline', place)))}: {message}", "pipeline") from error
    data: dict[str, Any] = {"messages": [dict(message) for message in request.test_messages], "metadata": {}}
    slots = request_slots(data)
    runner = GuardrailRunner()
    guard = PipelineGuardrail("test", pipeline, context.state.guardrails.named, runner.noted)
    started = time.monotonic()
    inputs, results = await guard.walk({"texts": [slot.text for slot in slots]}, data, "request")
    for slot, text in zip(slots, inputs["texts"], strict=True):
        slot.put(text)
    last = results[-1]
    return {
        "terminal_action": "allow" if last.action == "next" else last.action,
        "step_results": [
            {"guardrail_name": item.guardrail, "outcome": item.outcome, "action_taken": item.action,
             "error_detail": str(item.error) if item.error else None}
            for item in results
        ],
        "modified_data": {"messages": data["messages"]},
        "modify_response_message": guard.said(results) if last.action == "modify_response" else None,
        "error_message": str(last.error) if last.error else None,
        "duration_seconds": round(time.monotonic() - started, 6),
    }  # fmt: skip
