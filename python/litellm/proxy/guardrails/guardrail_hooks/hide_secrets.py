"""Credentials in requests, replaced before they are sent."""

from __future__ import annotations

from typing import Any

from litellm.integrations.custom_guardrail import CustomGuardrail
from litellm.proxy.guardrails.patterns import masked, secret_spans
from litellm.types.guardrails import GenericGuardrailAPIInputs, InputType

MASK = "[REDACTED]"


class HideSecrets(CustomGuardrail):
    """Keys, tokens, private keys and passwords in URLs become `[REDACTED]`."""

    async def apply_guardrail(
        self, inputs: GenericGuardrailAPIInputs, request_data: dict[str, Any], input_type: InputType,
        logging_obj: Any = None,
    ) -> GenericGuardrailAPIInputs:  # fmt: skip
        """The texts without credentials."""
        return {**inputs, "texts": [hidden(text) for text in inputs.get("texts") or ()]}


def hidden(text: str) -> str:
    """The text without credentials."""
    return masked(text, [(start, end, MASK) for start, end in secret_spans(text)])
