"""Phrases of those who try to talk a model out of its instructions."""

from __future__ import annotations

import re
from typing import Any

from starlette.exceptions import HTTPException

from litellm.integrations.custom_guardrail import CustomGuardrail
from litellm.types.guardrails import GenericGuardrailAPIInputs, InputType

_VERBS = ("ignore", "disregard", "skip", "forget", "neglect", "overlook", "omit", "bypass", "override")
_WHICH = ("previous", "prior", "preceding", "above", "earlier", "foregoing", "system")
_WHAT = ("instructions", "instruction", "directions", "rules", "prompts", "prompt", "guidelines", "messages", "context")
_ALL = r"(?:\s+(?:all|any|every|the|your|of|these|those)){0,3}"
_OVERRIDE = re.compile(
    rf"\b(?:{'|'.join(_VERBS)}){_ALL}\s+(?:{'|'.join(_WHICH)}){_ALL}\s+(?:{'|'.join(_WHAT)})\b", re.IGNORECASE
)
_OTHERS = re.compile(
    r"\b(?:reveal|print|show|repeat|output)\s+(?:me\s+)?(?:your|the)\s+(?:system|hidden|initial)\s+(?:prompt|instructions)"
    r"|\byou\s+are\s+now\s+(?:in\s+)?(?:developer|dan|jailbreak|unrestricted|god)\b"
    r"|\b(?:enable|enter|activate)\s+(?:developer|dan|jailbreak|god)\s+mode\b"
    r"|\bpretend\s+(?:that\s+)?you\s+have\s+no\s+(?:rules|restrictions|guidelines)\b",
    re.IGNORECASE,
)
MESSAGE = "Rejected message. This is a prompt injection attack."


class PromptInjection(CustomGuardrail):
    """`heuristics_check: false` turns it off; `reject_as_response: true` answers its message in the model's place."""

    def __init__(self, heuristics_check: bool = True, reject_as_response: bool = False, **kwargs: Any) -> None:
        self._checks, self._answers = heuristics_check, reject_as_response
        super().__init__(**kwargs)

    async def apply_guardrail(
        self, inputs: GenericGuardrailAPIInputs, request_data: dict[str, Any], input_type: InputType,
        logging_obj: Any = None,
    ) -> GenericGuardrailAPIInputs:  # fmt: skip
        """Refuses what looks like an attack."""
        if self._checks and any(is_attack(text) for text in inputs.get("texts") or ()):
            message = self.render_violation_message(MESSAGE)
            if self._answers:
                self.raise_passthrough_exception(message, request_data)
            raise HTTPException(400, {"error": message})  # type: ignore[arg-type]
        return inputs


def is_attack(text: str) -> bool:
    """Whether a text holds one of the phrases."""
    return _OVERRIDE.search(text) is not None or _OTHERS.search(text) is not None
