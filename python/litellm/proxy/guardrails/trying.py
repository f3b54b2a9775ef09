"""Guardrails tried on a text, without a call to a model."""

from __future__ import annotations

from typing import Any

from litellm.integrations.custom_guardrail import CustomGuardrail, ModifyResponseException
from litellm.proxy._types import UserAPIKeyAuth
from litellm.proxy.guardrails.refusals import GuardrailRefusal, refusal
from litellm.proxy.guardrails.runner import apply_to_request
from litellm.proxy.guardrails.schemas import ApplyGuardrailRequest, TestGuardrailsRequest
from litellm.proxy.management_endpoints.common.context import Context, not_found
from litellm.types.guardrails import GenericGuardrailAPIInputs, GuardrailEventHooks, InputType


async def apply(context: Context, request: ApplyGuardrailRequest) -> dict[str, Any]:
    """The text, as a guardrail leaves it. Raises what refuses it, as a call would."""
    guard = named(context, request.guardrail_name)
    data: dict[str, Any] = {"metadata": dict(request.metadata or {}), "model": ""}
    asked = {name: value for name in ("language", "entities") if (value := getattr(request, name))}
    data["guardrails"] = [{request.guardrail_name: {"extra_body": asked}}]
    inputs: GenericGuardrailAPIInputs = {"texts": [request.text]}
    if request.messages:
        inputs["structured_messages"] = request.messages
    texts = await tried(guard, inputs, data, request.input_type)
    return {"response_text": texts[0] if texts else request.text}


async def try_all(context: Context, request: TestGuardrailsRequest) -> dict[str, Any]:
    """What each guardrail, named by itself or by a policy, does with each input."""
    policies = context.state.policies
    for name in request.policy_names or ():
        if name not in policies.policies:
            raise not_found(f"policy: {name[:200]!r}", "policy_names")
    model = request.request_data.get("model")
    by_policy = policies.guardrails(request.policy_names or (), model if isinstance(model, str) else None)
    names = dict.fromkeys([*(request.guardrail_names or ()), *by_policy])
    rows = [*request.inputs_list, *([request.inputs] if request.inputs else [])]
    guards = [named(context, name) for name in names]
    results = []
    for row in rows:
        given = [str(text) for text in row.get("texts") or ()]
        outcomes = []
        for guard in guards:
            outcomes.append(await outcome_of(guard, given, dict(request.request_data), request.input_type))
        blocked = any(item["action"] == "blocked" for item in outcomes)
        errors = [item for item in outcomes if item["action"] == "error"]
        results.append({"inputs": row, "guardrail_results": outcomes, "guardrail_errors": errors, "blocked": blocked})
    return {"results": results}


async def outcome_of(
    guard: CustomGuardrail, texts: list[str], data: dict[str, Any], input_type: InputType
) -> dict[str, Any]:
    """What a guardrail does with texts: passed, masked, blocked or error."""
    name = str(guard.guardrail_name)
    try:
        after = await tried(guard, {"texts": list(texts)}, data, input_type)
    except (GuardrailRefusal, ModifyResponseException) as error:
        code = int(getattr(error, "code", 500) or 500)
        if code >= 500 and not isinstance(error, ModifyResponseException):
            return {"guardrail_name": name, "action": "error", "output_text": "", "details": str(error)}
        return {"guardrail_name": name, "action": "blocked", "output_text": "", "details": str(error)}
    action = "passed" if after == texts else "masked"
    return {"guardrail_name": name, "action": action, "output_text": "\n".join(after), "details": ""}


async def tried(
    guard: CustomGuardrail, inputs: GenericGuardrailAPIInputs, data: dict[str, Any], input_type: InputType
) -> list[str]:
    """The texts, as a guardrail leaves them. Raises what refuses them."""
    event = GuardrailEventHooks.pre_call if input_type == "request" else GuardrailEventHooks.post_call
    try:
        if guard.uses_apply_guardrail_interface():
            answer = await guard.apply_guardrail(inputs=inputs, request_data=data, input_type=input_type)
            return [str(text) for text in answer.get("texts") or ()]
        messages = [{"role": "user", "content": text} for text in inputs["texts"]]
        data = {**data, "messages": messages}
        found = await guard.async_pre_call_hook(UserAPIKeyAuth(), None, data, "acompletion")
        await apply_to_request(guard, data, change=True)
        after = found if isinstance(found, dict) else data
        return [str(message.get("content")) for message in after["messages"]]
    except Exception as error:
        raise refusal(error, guard, event, [str(guard.guardrail_name)]) from error


def named(context: Context, name: str) -> CustomGuardrail:
    """The guardrail of that name. Raises ProxyException 404."""
    found = context.state.guardrails.named(name)
    if found is None:
        raise not_found(f"guardrail: {name[:200]!r}", "guardrail_name")
    return found
