"""When a guardrail runs."""

from __future__ import annotations

import pytest
from litellm.integrations.custom_guardrail import CustomGuardrail
from litellm.types.guardrails import GuardrailEventHooks, Mode

PRE, POST = GuardrailEventHooks.pre_call, GuardrailEventHooks.post_call


def test_a_guardrail_runs_when_asked_for_or_by_default() -> None:
    asked = CustomGuardrail("pii", event_hook=PRE)
    assert asked.should_run_guardrail({"guardrails": ["pii"]}, PRE)
    assert asked.should_run_guardrail({"metadata": {"guardrails": [{"pii": {"extra_body": {"a": 1}}}]}}, PRE)
    assert not asked.should_run_guardrail({"guardrails": ["other"]}, PRE)
    assert not asked.should_run_guardrail({"guardrails": ["pii"]}, POST)
    default = CustomGuardrail("pii", event_hook=[PRE, POST], default_on=True)
    assert default.should_run_guardrail({}, POST)
    assert not default.should_run_guardrail({"metadata": {"disable_global_guardrails": True}}, POST)


def test_tags_choose_when_it_runs() -> None:
    guardrail = CustomGuardrail("pii", event_hook=Mode(tags={"eu": "pre_call"}, default="post_call"), default_on=True)
    assert guardrail.should_run_guardrail({"metadata": {"tags": ["eu"]}}, PRE)
    assert not guardrail.should_run_guardrail({"metadata": {"tags": ["us"]}}, PRE)
    assert guardrail.should_run_guardrail({}, POST)


def test_a_request_passes_parameters_to_it() -> None:
    data = {"guardrails": [{"pii": {"extra_body": {"strict": True}}}]}
    assert CustomGuardrail("pii").get_guardrail_dynamic_request_body_params(data) == {"strict": True}


def test_an_unsupported_event_is_refused() -> None:
    with pytest.raises(ValueError, match="event_hook"):
        CustomGuardrail("pii", supported_event_hooks=[PRE], event_hook=POST)
