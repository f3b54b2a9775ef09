"""A policy's pipeline, as one guardrail that runs others in their order."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from litellm.integrations.custom_guardrail import (
    CustomGuardrail,
    ModifyResponseException,
    is_guardrail_intervention,
)
from litellm.proxy.guardrails.refusals import GuardrailRefusal
from litellm.proxy.policies.policy import Pipeline, Step
from litellm.types.guardrails import GenericGuardrailAPIInputs, GuardrailEventHooks, InputType

PASS, FAIL, ERROR = "pass", "fail", "error"
Noted = Callable[[CustomGuardrail, GuardrailEventHooks, dict[str, Any], Awaitable[Any]], Awaitable[Any]]
"""Runs a guardrail's work and notes how it ended: `GuardrailRunner.noted`."""


@dataclass(frozen=True, slots=True)
class StepResult:
    """How a step ended, and what followed."""

    guardrail: str
    outcome: str
    action: str
    error: Exception | None = None


class PipelineGuardrail(CustomGuardrail):
    """Runs the steps on the texts of a request or an answer; each sees what the ones before it changed."""

    def __init__(
        self, policy: str, pipeline: Pipeline, named: Callable[[str], CustomGuardrail | None], noted: Noted
    ) -> None:
        super().__init__(guardrail_name=policy, event_hook=pipeline.mode, default_on=True)
        self.policy, self.pipeline = policy, pipeline
        self._named, self._noted = named, noted

    async def apply_guardrail(
        self, inputs: GenericGuardrailAPIInputs, request_data: dict[str, Any], input_type: InputType,
        logging_obj: Any = None,
    ) -> GenericGuardrailAPIInputs:  # fmt: skip
        """The inputs as the steps leave them. Raises what refuses them, and ModifyResponseException."""
        inputs, results = await self.walk(inputs, request_data, input_type)
        last = results[-1]
        if last.action == "block":
            raise last.error or self._blocked(results)
        if last.action == "modify_response":
            model = str(request_data.get("model") or "")
            raise ModifyResponseException(self.said(results), model, request_data, last.guardrail)
        return inputs

    def said(self, results: list[StepResult]) -> str:
        """What is answered in the model's place after a step that ends in `modify_response`."""
        error = results[-1].error
        message = self.pipeline.steps[len(results) - 1].modify_response_message
        return message or (str(error) if error else f"the policy {self.policy!r} does not allow this")

    async def walk(
        self, inputs: GenericGuardrailAPIInputs, data: dict[str, Any], input_type: InputType
    ) -> tuple[GenericGuardrailAPIInputs, list[StepResult]]:
        """The inputs as the steps leave them, and how each ended, up to the one after which none follows."""
        results: list[StepResult] = []
        for step in self.pipeline.steps:
            outcome, error = PASS, None
            try:
                inputs = await self._run(step, inputs, data, input_type)
            except (GuardrailRefusal, ModifyResponseException) as raised:
                outcome = FAIL if is_guardrail_intervention(raised.__cause__ or raised) else ERROR
                error = raised
            action = _action(step, outcome)
            results.append(StepResult(step.guardrail, outcome, action, error))
            if action != "next":
                break
        return inputs, results

    async def _run(
        self, step: Step, inputs: GenericGuardrailAPIInputs, data: dict[str, Any], input_type: InputType
    ) -> GenericGuardrailAPIInputs:
        guard = self._named(step.guardrail)
        if guard is None or not guard.uses_apply_guardrail_interface():
            message = "there is no such guardrail" if guard is None else "it has no apply_guardrail to run here"
            raise GuardrailRefusal(f"guardrail {step.guardrail!r}: {message}", 500)
        event = GuardrailEventHooks(self.pipeline.mode)
        given: Any = {**inputs, "texts": list(inputs.get("texts") or ())}
        work = guard.apply_guardrail(inputs=given, request_data=data, input_type=input_type)
        answer = await self._noted(guard, event, data, work)
        if not isinstance(answer, Mapping):
            return inputs
        merged: Any = {**inputs, **{name: value for name, value in answer.items() if value is not None}}
        if len(merged.get("texts") or ()) != len(inputs.get("texts") or ()):
            raise GuardrailRefusal(f"guardrail {step.guardrail!r}: gave another number of texts", 500)
        return merged  # type: ignore[no-any-return]

    def _blocked(self, results: list[StepResult]) -> GuardrailRefusal:
        steps = [{"guardrail": item.guardrail, "outcome": item.outcome, "action": item.action} for item in results]
        message = f"the pipeline of the policy {self.policy!r} blocks this"
        context = {"policy": self.policy, "step_results": steps}
        told = {"message": message, "type": "guardrail_pipeline_error", "pipeline_context": context}
        return GuardrailRefusal(message, 400, {"error": told})


def _action(step: Step, outcome: str) -> str:
    if outcome == PASS:
        return step.on_pass
    return step.on_error or step.on_fail if outcome == ERROR else step.on_fail
