"""A Guardrails AI server. Format: its API, `POST /guards/{guard_name}/validate`."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from litellm.proxy.guardrails.vendor import VendorGuardrail
from litellm.types.guardrails import GenericGuardrailAPIInputs, InputType


class GuardrailsAI(VendorGuardrail):
    """`guard_name`: the guard; a text that it fixes is replaced, one that fails is refused."""

    base_env = ("GUARDRAILS_AI_API_BASE",)
    default_base = "http://0.0.0.0:8000"
    needs_key = False

    def __init__(self, guard_name: str | None = None, **kwargs: Any) -> None:
        """Raises ValueError without a guard."""
        if not guard_name:
            raise ValueError("guard_name is required")
        self._path = f"/guards/{quote(guard_name, safe='')}/validate"
        super().__init__(**kwargs)

    async def apply_guardrail(
        self, inputs: GenericGuardrailAPIInputs, request_data: dict[str, Any], input_type: InputType,
        logging_obj: Any = None,
    ) -> GenericGuardrailAPIInputs:  # fmt: skip
        """The texts, as the guard leaves them."""
        texts = list(inputs.get("texts") or ())
        headers = {"authorization": f"Bearer {self.api_key}"} if self.api_key else {}
        for place, text in enumerate(texts):
            if not text.strip():
                continue
            answer = await self.ask(self._path, {"llmOutput": text}, headers) or {}
            if answer.get("validationPassed") is False:
                self.refuse("Validation failed", guardrails_ai_response=answer)
            left = answer.get("validatedOutput")
            texts[place] = left if isinstance(left, str) else text
        return {**inputs, "texts": texts}
