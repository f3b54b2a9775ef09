"""When a guardrail runs."""

from __future__ import annotations

from typing import Any

import pytest
from litellm.exceptions import GuardrailRaisedException
from litellm.integrations.custom_guardrail import (
    NOTES,
    CustomGuardrail,
    ModifyResponseException,
    log_guardrail_information,
)
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
    assert default.should_run_guardrail(
        {"metadata": {"disable_global_guardrails": True}}, POST
    )  # not the client's to say
    for name in ("user_api_key_metadata", "user_api_key_team_metadata"):
        for disabled in ({"disable_global_guardrails": True}, {"opted_out_global_guardrails": ["pii"]}):
            assert not default.should_run_guardrail({"metadata": {name: disabled}}, POST)


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


async def test_what_it_says_and_notes() -> None:
    class Guard(CustomGuardrail):
        @log_guardrail_information
        async def async_pre_call_hook(
            self, user_api_key_dict: Any, cache: Any, data: dict[str, Any], call_type: str
        ) -> Any:
            if data["model"] == "bad":
                raise GuardrailRaisedException("pii", "no")
            return data

    guard = Guard("pii", violation_message_template="{guardrail_name}: {default_message} ({word})")
    assert guard.render_violation_message("blocked", {"word": "x"}) == "pii: blocked (x)"
    assert guard.render_violation_message("blocked") == "blocked"
    assert guard.mask_content_in_string("my name", "***", 3, 7) == "my ***"
    with pytest.raises(ModifyResponseException, match="instead"):
        guard.raise_passthrough_exception("instead", {"model": "m"})
    data: dict[str, Any] = {"model": "good"}
    await guard.async_pre_call_hook(user_api_key_dict=None, cache=None, data=data, call_type="acompletion")
    assert data["metadata"][NOTES][0]["guardrail_status"] == "success"
    refused: dict[str, Any] = {"model": "bad"}
    with pytest.raises(GuardrailRaisedException):
        await guard.async_pre_call_hook(user_api_key_dict=None, cache=None, data=refused, call_type="acompletion")
    assert refused["metadata"][NOTES][0]["guardrail_status"] == "guardrail_intervened"
    assert await guard.apply_guardrail({"texts": ["a"]}, {}, "request") == {"texts": ["a"]}
    assert not guard.uses_apply_guardrail_interface()
    guard.update_in_memory_litellm_params({"mode": "post_call", "default_on": True, "guardrail": "x"})
    assert guard.should_run_guardrail({}, POST)
