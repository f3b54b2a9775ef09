"""The policy routes."""

from __future__ import annotations

from typing import Any

from litellm.proxy.guarded_router import guarded_router
from litellm.proxy.guardrails.overviews import days_within, overview
from litellm.proxy.guardrails.usage import POLICY
from litellm.proxy.management_endpoints.common.context import InContext
from litellm.proxy.policies import telling, templates
from litellm.proxy.policies.attaching import AttachmentService
from litellm.proxy.policies.schemas import (
    AttachmentRequest,
    ContextRequest,
    CreatePolicyRequest,
    CreateVersionRequest,
    PipelineRequest,
    TestTemplateRequest,
    UpdatePolicyRequest,
    ValidatePoliciesRequest,
    VersionStatus,
    VersionStatusRequest,
)
from litellm.proxy.policies.service import PolicyService

router = guarded_router("policies")


@router.get("/policy/list")
async def policies_in_force(context: InContext) -> dict[str, Any]:
    """The policies in force, by name, with what they inherit."""
    names = context.state.policies.policies
    return {"policies": {name: telling.summary(context, name) for name in names}, "total_count": len(names)}


@router.get("/policy/info/{policy_name}")
async def policy_in_force(policy_name: str, context: InContext) -> dict[str, Any]:
    """One policy in force."""
    return {"policy_name": policy_name, **telling.summary(context, policy_name)}


@router.post("/policy/test")
async def test_policies(body: ContextRequest, context: InContext) -> dict[str, Any]:
    """The policies that hold for a call, and the guardrails that run."""
    found = telling.matched(context, body)
    guardrails = context.state.policies.guardrails(found.names, body.model)
    shown = body.model_dump()
    message = None if found.names else "no policy holds for this"
    return {"context": shown, "matching_policies": list(found.names), "resolved_guardrails": guardrails,
            "message": message}  # fmt: skip


@router.post("/policy/validate")
async def validate_policies(body: ValidatePoliciesRequest, context: InContext) -> dict[str, Any]:
    """What is wrong with a config's `policies`."""
    return await telling.validated(context, body.policies)


@router.post("/policies/resolve")
async def resolve_policies(body: ContextRequest, context: InContext) -> dict[str, Any]:
    """The policies that hold for a call, what each came by, and the guardrails that run."""
    return telling.explained(context, body)


@router.post("/policies/test-pipeline")
async def test_pipeline(body: PipelineRequest, context: InContext) -> dict[str, Any]:
    """What a pipeline does with messages, step by step."""
    return await telling.tried(context, body)


@router.get("/policies/usage/overview")
async def usage_overview(
    context: InContext, start_date: str | None = None, end_date: str | None = None
) -> dict[str, Any]:
    """How often guardrails ran and refused by each policy."""
    rows = await days_within(context, start_date, end_date, kind=POLICY)
    named = {policy_id: (name, "policy") for name, policy_id in context.state.policies.ids.items()}
    return overview(rows, POLICY, named)


@router.get("/policy/templates")
async def policy_templates(context: InContext) -> list[dict[str, Any]]:
    """Policies to begin with, each with the guardrails that it is made of."""
    return templates.templates()


@router.post("/policy/templates/test")
async def test_template(body: TestTemplateRequest, context: InContext) -> dict[str, Any]:
    """What a template's guardrails would do with a text."""
    return await templates.tried(body.guardrail_definitions, body.text)


@router.get("/policies/list")
async def list_policies(context: InContext, version_status: VersionStatus | None = None) -> dict[str, Any]:
    """Every version of every policy."""
    return await PolicyService(context).listed(version_status)


@router.post("/policies")
async def create_policy(body: CreatePolicyRequest, context: InContext) -> dict[str, Any]:
    """A new policy, in force at once; it holds for nobody until it is attached."""
    return await PolicyService(context).new(body)


@router.get("/policies/attachments/list")
async def list_attachments(context: InContext) -> dict[str, Any]:
    """Every attachment."""
    return await AttachmentService(context).listed()


@router.post("/policies/attachments")
async def create_attachment(body: AttachmentRequest, context: InContext) -> dict[str, Any]:
    """Attach a policy."""
    return await AttachmentService(context).new(body)


@router.post("/policies/attachments/estimate-impact")
async def estimate_impact(body: AttachmentRequest, context: InContext) -> dict[str, Any]:
    """How many keys and teams an attachment would hold for."""
    return await AttachmentService(context).impact(body)


@router.get("/policies/attachments/{attachment_id}")
async def attachment_info(attachment_id: str, context: InContext) -> dict[str, Any]:
    """One attachment."""
    return await AttachmentService(context).info(attachment_id)


@router.delete("/policies/attachments/{attachment_id}")
async def delete_attachment(attachment_id: str, context: InContext) -> dict[str, Any]:
    """End an attachment."""
    return await AttachmentService(context).delete(attachment_id)


@router.get("/policies/compare")
async def compare_versions(version_a: str, version_b: str, context: InContext) -> dict[str, Any]:
    """Two versions, and what differs."""
    return await PolicyService(context).compare(version_a, version_b)


@router.get("/policies/name/{policy_name}/versions")
async def list_versions(policy_name: str, context: InContext) -> dict[str, Any]:
    """A policy's versions, the newest first."""
    return await PolicyService(context).versions(policy_name)


@router.post("/policies/name/{policy_name}/versions")
async def create_version(policy_name: str, body: CreateVersionRequest, context: InContext) -> dict[str, Any]:
    """A draft with what another version has."""
    return await PolicyService(context).draft(policy_name, body.source_policy_id)


@router.delete("/policies/name/{policy_name}/all-versions")
async def delete_versions(policy_name: str, context: InContext) -> dict[str, Any]:
    """Delete every version of a policy."""
    return await PolicyService(context).delete_all(policy_name)


@router.get("/policies/{policy_id}")
async def policy_info(policy_id: str, context: InContext) -> dict[str, Any]:
    """One version of a policy."""
    return await PolicyService(context).info(policy_id)


@router.put("/policies/{policy_id}")
async def update_policy(policy_id: str, body: UpdatePolicyRequest, context: InContext) -> dict[str, Any]:
    """Change what is given of a version."""
    return await PolicyService(context).change(policy_id, body)


@router.delete("/policies/{policy_id}")
async def delete_policy(policy_id: str, context: InContext) -> dict[str, Any]:
    """Delete a version."""
    return await PolicyService(context).delete(policy_id)


@router.put("/policies/{policy_id}/status")
async def update_status(policy_id: str, body: VersionStatusRequest, context: InContext) -> dict[str, Any]:
    """Publish a draft, put it into production, or take it out again."""
    return await PolicyService(context).move(policy_id, body.version_status)


@router.get("/policies/{policy_id}/resolved-guardrails")
async def resolved_guardrails(policy_id: str, context: InContext) -> dict[str, Any]:
    """The guardrails of a version with those that it inherits."""
    return await PolicyService(context).guardrails(policy_id)
