"""Bodies of the guardrail routes, with upstream's fields."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from litellm.proxy.management_endpoints.common.fields import Fields, Id

Text = Annotated[str, Field(max_length=1_000_000)]


class GuardrailParams(Fields):
    """`litellm_params`: what every guardrail has, and what is its own."""

    model_config = ConfigDict(extra="allow", protected_namespaces=())

    guardrail: Id
    mode: str | list[str] | dict[str, Any]
    default_on: bool | None = None


class GuardrailFields(Fields):
    """A guardrail."""

    guardrail_name: Id
    litellm_params: GuardrailParams
    guardrail_info: dict[str, Any] | None = None


class GuardrailRequest(Fields):
    """POST /guardrails, PUT /guardrails/{guardrail_id}."""

    guardrail: GuardrailFields


class PatchGuardrailRequest(Fields):
    """PATCH /guardrails/{guardrail_id}: only what is given changes."""

    guardrail_name: Id | None = None
    litellm_params: dict[str, Any] | None = None
    guardrail_info: dict[str, Any] | None = None


class ApplyGuardrailRequest(Fields):
    """POST /guardrails/apply_guardrail."""

    guardrail_name: Id
    text: Text
    language: str | None = None
    entities: list[str] | None = None
    input_type: Literal["request", "response"] = "request"
    messages: list[dict[str, Any]] | None = None
    metadata: dict[str, Any] | None = None


class RegisterGuardrailRequest(Fields):
    """POST /guardrails/register: a team's own guardrail, which an admin has to approve."""

    guardrail_name: Id
    litellm_params: dict[str, Any]
    guardrail_info: dict[str, Any] | None = None
    team_id: Id | None = None


class TestGuardrailsRequest(Fields):
    """POST /utils/test_policies_and_guardrails."""

    guardrail_names: list[str] | None = Field(None, max_length=50)
    policy_names: list[str] | None = None
    inputs_list: list[dict[str, Any]] = Field(default_factory=list, max_length=50)
    inputs: dict[str, Any] | None = None
    request_data: dict[str, Any] = Field(default_factory=dict)
    input_type: Literal["request", "response"] = "request"
    agent_id: str | None = None


class CustomCodeRequest(Fields):
    """POST /guardrails/test_custom_code."""

    custom_code: Text
    test_input: dict[str, Any]
    input_type: Literal["request", "response"] = "request"
    request_data: dict[str, Any] | None = None
