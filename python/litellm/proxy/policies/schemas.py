"""Bodies of the policy routes, with upstream's fields."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from litellm.proxy.management_endpoints.common.fields import Fields, Id

Names = Annotated[list[Id], Field(max_length=1000)]


class PolicyFields(Fields):
    """What a policy has; its rules are those of `policies/policy.py`."""

    inherit: Id | None = None
    description: Annotated[str, Field(max_length=10_000)] | None = None
    guardrails_add: Names | None = None
    guardrails_remove: Names | None = None
    condition: dict[str, Any] | None = None
    pipeline: dict[str, Any] | None = None


class CreatePolicyRequest(PolicyFields):
    """POST /policies."""

    policy_name: Id


class UpdatePolicyRequest(PolicyFields):
    """PUT /policies/{policy_id}: only what is given changes."""

    policy_name: Id | None = None


class CreateVersionRequest(Fields):
    """POST /policies/name/{policy_name}/versions: a draft, by default of the version in production."""

    source_policy_id: Id | None = None


class VersionStatusRequest(Fields):
    """PUT /policies/{policy_id}/status."""

    version_status: str


class AttachmentRequest(Fields):
    """POST /policies/attachments, and /policies/attachments/estimate-impact."""

    policy_name: Id
    scope: str | None = None
    teams: Names | None = None
    keys: Names | None = None
    models: Names | None = None
    tags: Names | None = None
    priority: int | None = None
    default: bool = False


class ContextRequest(Fields):
    """POST /policy/test, /policies/resolve: whose call is meant."""

    team_alias: str | None = None
    key_alias: str | None = None
    model: str | None = None
    tags: Names | None = None


class ValidatePoliciesRequest(Fields):
    """POST /policy/validate: a config's `policies`."""

    policies: Annotated[dict[str, Any], Field(max_length=1000)]


class PipelineRequest(Fields):
    """POST /policies/test-pipeline."""

    pipeline: dict[str, Any]
    test_messages: Annotated[list[dict[str, str]], Field(max_length=100)]


class TestTemplateRequest(Fields):
    """POST /policy/templates/test: a template's `guardrailDefinitions`, and what to try them on."""

    guardrail_definitions: Annotated[list[dict[str, Any]], Field(min_length=1, max_length=50)]
    text: Annotated[str, Field(max_length=1_000_000)]


VersionStatus = Literal["draft", "published", "production"]
