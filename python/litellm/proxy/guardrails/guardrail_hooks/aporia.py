"""Aporia. Format: its REST API, `POST /validate`."""

from __future__ import annotations

from typing import Any

from litellm.proxy.guardrails.vendor import VendorGuardrail
from litellm.types.guardrails import GenericGuardrailAPIInputs, InputType


class AporiaGuardrail(VendorGuardrail):
    """Refuses what a policy of the project blocks."""

    key_env = ("APORIO_API_KEY", "APORIA_API_KEY")
    base_env = ("APORIO_API_BASE", "APORIA_API_BASE")

    async def apply_guardrail(
        self, inputs: GenericGuardrailAPIInputs, request_data: dict[str, Any], input_type: InputType,
        logging_obj: Any = None,
    ) -> GenericGuardrailAPIInputs:  # fmt: skip
        """Refuses what is blocked."""
        texts = [text for text in inputs.get("texts") or () if text.strip()]
        if not texts:
            return inputs
        messages = request_data.get("messages") or [{"role": "user", "content": text} for text in texts]
        body: dict[str, Any] = {"messages": messages, "validation_target": "prompt"}
        if input_type == "response":
            body |= {"validation_target": "response", "response": "\n".join(texts)}
        answer = await self.ask("/validate", body, {"x-aporia-api-key": str(self.api_key)}) or {}
        if answer.get("action") == "block":
            self.refuse("Violated guardrail policy", aporia_ai_response=answer)
        return inputs
