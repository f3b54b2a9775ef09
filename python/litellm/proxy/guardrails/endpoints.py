"""The guardrail routes."""

from __future__ import annotations

from typing import Any

from fastapi import Body

from litellm.proxy.auth.route_access import sees_everything
from litellm.proxy.guarded_router import guarded_router
from litellm.proxy.guardrails import trying, ui_facts
from litellm.proxy.guardrails.guardrail_hooks.content_filter import blocked_words_problems
from litellm.proxy.guardrails.guardrail_hooks.custom_code import tested
from litellm.proxy.guardrails.overviews import days_within, overview, runs_within
from litellm.proxy.guardrails.schemas import (
    ApplyGuardrailRequest,
    CustomCodeRequest,
    GuardrailRequest,
    PatchGuardrailRequest,
    RegisterGuardrailRequest,
    TestGuardrailsRequest,
)
from litellm.proxy.guardrails.service import GuardrailService
from litellm.proxy.guardrails.stored import ACTIVE, CUSTOM_CODE, REJECTED, custom_code_enabled
from litellm.proxy.guardrails.usage import GUARDRAIL, chart, summed
from litellm.proxy.management_endpoints.common.context import InContext, forbidden, not_found
from litellm.proxy.management_endpoints.common.listing import Page, Size

router = guarded_router("guardrails")
_FOR_EVERYBODY = frozenset({"guardrail", "mode", "default_on"})


@router.get("/guardrails/list")
@router.get("/v2/guardrails/list")
async def list_guardrails(context: InContext) -> dict[str, Any]:
    """Every guardrail in force; to who does not see everything, without its settings."""
    rows = GuardrailService(context).listed()
    if not sees_everything(context.caller):
        for row in rows:
            row["litellm_params"] = {name: value for name, value in row["litellm_params"].items()
                                     if name in _FOR_EVERYBODY}  # fmt: skip
    return {"guardrails": rows}


@router.post("/guardrails/apply_guardrail")
@router.post("/apply_guardrail")
async def apply_guardrail(body: ApplyGuardrailRequest, context: InContext) -> dict[str, Any]:
    """A text, as a guardrail leaves it."""
    return await trying.apply(context, body)


@router.post("/utils/test_policies_and_guardrails")
async def test_guardrails(body: TestGuardrailsRequest, context: InContext) -> dict[str, Any]:
    """What guardrails do with inputs, without a call."""
    return await trying.try_all(context, body)


@router.post("/guardrails/validate_blocked_words_file")
async def validate_blocked_words_file(context: InContext, body: dict[str, Any] = Body()) -> dict[str, Any]:  # noqa: B008
    """What is wrong with a file of blocked words."""
    content = body.get("file_content")
    if not isinstance(content, str) or not content:
        return {"valid": False, "error": "No file content provided"}
    found = blocked_words_problems(content)
    if not found:
        count = content.count("keyword:")
        return {"valid": True, "message": f"Valid YAML file with {count} blocked word(s)"}
    if found[0].startswith("Invalid"):
        return {"valid": False, "error": found[0]}
    return {"valid": False, "errors": found}


@router.post("/guardrails/test_custom_code")
async def test_custom_code(body: CustomCodeRequest, context: InContext) -> dict[str, Any]:
    """Run code as a guardrail would be; only where that is enabled."""
    if not custom_code_enabled():
        raise forbidden(f"this runs code in the gateway; {CUSTOM_CODE}=true allows it")
    return await tested(body.custom_code, body.test_input, body.request_data or {}, body.input_type)


@router.get("/guardrails/ui/add_guardrail_settings")
async def add_guardrail_settings(context: InContext) -> dict[str, Any]:
    """What the UI's form for a new guardrail offers."""
    return ui_facts.add_guardrail_settings()


@router.get("/guardrails/ui/provider_specific_params")
async def provider_specific_params(context: InContext) -> dict[str, Any]:
    """The settings of each kind of guardrail."""
    return ui_facts.provider_specific_params()


@router.get("/guardrails/ui/major_airlines")
async def major_airlines(context: InContext) -> dict[str, Any]:
    """Lists of names that come with the gateway; there are none."""
    return {"airlines": []}


@router.get("/guardrails/ui/category_yaml/{category_name}")
async def category_yaml(category_name: str, context: InContext) -> dict[str, Any]:
    """Lists of words that come with the gateway; there are none."""
    raise not_found("category", "category_name")


@router.get("/guardrails/usage/overview")
async def usage_overview(
    context: InContext, start_date: str | None = None, end_date: str | None = None
) -> dict[str, Any]:
    """How often each guardrail ran and refused."""
    rows = await days_within(context, start_date, end_date)
    named = {key: (spec.guardrail_name, spec.kind) for key, spec in context.state.guardrails.specs.items()}
    return overview(rows, GUARDRAIL, named)


@router.get("/guardrails/usage/detail/{guardrail_id}")
async def usage_detail(
    guardrail_id: str, context: InContext, start_date: str | None = None, end_date: str | None = None
) -> dict[str, Any]:
    """How often one guardrail ran and refused, by day."""
    info = await GuardrailService(context).info(guardrail_id)
    rows = await days_within(context, start_date, end_date, guardrail_id)
    by = ("usage_units", "usage_units_by_team", "usage_units_by_key", "cost_by_unit", "cost_by_team", "cost_by_key",
          "untracked_usage_units", "untracked_usage_units_by_team", "untracked_usage_units_by_key")  # fmt: skip
    return {
        "guardrail_id": guardrail_id, "guardrail_name": info["guardrail_name"], "type": "Guardrail",
        "provider": info["litellm_params"].get("guardrail"), **summed(rows),
        "description": info["guardrail_info"].get("description"), "time_series": chart(rows), "cost": None,
        "usage_units_daily": [], **{name: {} for name in by},
    }  # fmt: skip


@router.get("/guardrails/usage/logs")
async def usage_logs(
    context: InContext, guardrail_id: str | None = None, policy_id: str | None = None, page: Page = 1,
    page_size: Size = 50, action: str | None = None, start_date: str | None = None, end_date: str | None = None,
) -> dict[str, Any]:  # fmt: skip
    """The runs of guardrails one by one, the newest first."""
    which = {"guardrail_id": guardrail_id, "policy_id": policy_id, "action": action}
    return await runs_within(context, start_date, end_date, page, page_size, **which)


@router.post("/guardrails/register")
async def register_guardrail(body: RegisterGuardrailRequest, context: InContext) -> dict[str, Any]:
    """Submit a team's own guardrail."""
    return await GuardrailService(context).register(body)


@router.get("/guardrails/submissions")
async def list_submissions(
    context: InContext, status: str | None = None, team_id: str | None = None, search: str | None = None
) -> dict[str, Any]:
    """What teams submitted."""
    return await GuardrailService(context).submissions(status, team_id, search)


@router.get("/guardrails/submissions/{guardrail_id}")
async def get_submission(guardrail_id: str, context: InContext) -> dict[str, Any]:
    """One submission."""
    return await GuardrailService(context).submission(guardrail_id)


@router.post("/guardrails/submissions/{guardrail_id}/approve")
async def approve_submission(guardrail_id: str, context: InContext) -> dict[str, Any]:
    """Put a submission into force."""
    return await GuardrailService(context).review(guardrail_id, ACTIVE)


@router.post("/guardrails/submissions/{guardrail_id}/reject")
async def reject_submission(guardrail_id: str, context: InContext) -> dict[str, Any]:
    """Turn a submission down."""
    return await GuardrailService(context).review(guardrail_id, REJECTED)


@router.post("/guardrails")
async def create_guardrail(body: GuardrailRequest, context: InContext) -> dict[str, Any]:
    """A new guardrail, in force at once."""
    return await GuardrailService(context).new(body.guardrail)


@router.get("/guardrails/{guardrail_id}")
@router.get("/guardrails/{guardrail_id}/info")
async def guardrail_info(guardrail_id: str, context: InContext) -> dict[str, Any]:
    """One guardrail."""
    return await GuardrailService(context).info(guardrail_id)


@router.put("/guardrails/{guardrail_id}")
async def update_guardrail(guardrail_id: str, body: GuardrailRequest, context: InContext) -> dict[str, Any]:
    """Another guardrail in the place of a stored one."""
    return await GuardrailService(context).replace(guardrail_id, body.guardrail)


@router.patch("/guardrails/{guardrail_id}")
async def patch_guardrail(guardrail_id: str, body: PatchGuardrailRequest, context: InContext) -> dict[str, Any]:
    """Change what is given of a stored guardrail."""
    return await GuardrailService(context).patch(guardrail_id, body)


@router.delete("/guardrails/{guardrail_id}")
async def delete_guardrail(guardrail_id: str, context: InContext) -> dict[str, Any]:
    """Delete a stored guardrail."""
    return await GuardrailService(context).delete(guardrail_id)
