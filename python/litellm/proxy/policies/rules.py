"""What policies add to a request's guardrails, kept in its metadata."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from litellm.integrations.custom_guardrail import CustomGuardrail, request_metadata
from litellm.proxy._types import UserAPIKeyAuth
from litellm.proxy.policies.active import ActivePolicies, Asking
from litellm.proxy.policies.pipeline import Noted, PipelineGuardrail
from litellm.types.guardrails import GuardrailEventHooks

if TYPE_CHECKING:
    from litellm.proxy.guardrails.active import ActiveGuardrails

APPLIED_POLICIES, POLICY_SOURCES = "applied_policies", "policy_sources"
"""Where a request's metadata keeps which policies hold for it, and what each came by."""
POLICIES_HEADER, SOURCES_HEADER = "x-litellm-applied-policies", "x-litellm-policy-sources"
_IN_A_HEADER = " !#$&'()*+-./:;<=>?@[]^_`{|}~"


class PolicyRules:
    """The policies in force, as guardrails are chosen by them."""

    def __init__(self, policies: ActivePolicies, guardrails: ActiveGuardrails) -> None:
        self._policies, self._guardrails = policies, guardrails

    def prepare(
        self, auth: UserAPIKeyAuth, data: Mapping[str, Any], metadata: dict[str, Any], asked: Any
    ) -> Sequence[str]:
        """The guardrails that policies want for a request; `metadata` says from then on which policies those are.

        `asked`: the policies that the request itself names; its key and team may name others.
        """
        given = (*auth.policies, *(asked if isinstance(asked, list) else ()))
        named = [name for name in given if isinstance(name, str)]
        if not self._policies.attachments and not named:
            return ()
        model = _model(data, metadata)
        asking = Asking(auth.team_alias, auth.key_alias, model, auth.request_tags)
        matched = self._policies.matching(asking, named)
        metadata[APPLIED_POLICIES], metadata[POLICY_SOURCES] = list(matched.names), dict(matched.sources)
        return self._policies.guardrails(matched.names, model)

    def pipelines(self, data: Mapping[str, Any], event: GuardrailEventHooks, noted: Noted) -> list[PipelineGuardrail]:
        """The pipelines that run for a request at `event`."""
        found = []
        for name in request_metadata(data).get(APPLIED_POLICIES) or ():
            policy = self._policies.policies.get(name)
            if policy is not None and policy.pipeline is not None and policy.pipeline.mode == event.value:
                found.append(PipelineGuardrail(name, policy.pipeline, self._guardrails.named, noted))
        return found

    def owners(self, data: Mapping[str, Any], guard: CustomGuardrail) -> Sequence[str]:
        """The ids of the policies that a guardrail runs by for a request."""
        metadata = request_metadata(data)
        names = metadata.get(APPLIED_POLICIES)
        return self._policies.owners(names, str(guard.guardrail_name), _model(data, metadata)) if names else ()


def policy_headers(data: Mapping[str, Any]) -> dict[str, str]:
    """Which policies hold for a request, as the client is told."""
    metadata = request_metadata(data)
    names, sources = metadata.get(APPLIED_POLICIES), metadata.get(POLICY_SOURCES) or {}
    if not names:
        return {}
    headers = {POLICIES_HEADER: ",".join(map(_plain, names))}
    if sources:
        headers[SOURCES_HEADER] = "; ".join(f"{_plain(name)}={_plain(source)}" for name, source in sources.items())
    return headers


def steps_of(guard: CustomGuardrail) -> list[str]:
    """The guardrails of a pipeline; none of another."""
    return [step.guardrail for step in guard.pipeline.steps] if isinstance(guard, PipelineGuardrail) else []


def _model(data: Mapping[str, Any], metadata: Mapping[str, Any]) -> str | None:
    """The model that is asked for, in the body or in the path."""
    model = data.get("model") or metadata.get("model_group")
    return model if isinstance(model, str) else None


def _plain(text: str) -> str:
    """A name as a header can hold it: what is none of ASCII's letters is percent-encoded."""
    return quote(text, safe=_IN_A_HEADER)
