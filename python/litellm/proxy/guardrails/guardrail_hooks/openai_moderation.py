"""OpenAI's moderation models: a flagged text is refused. Format: OpenAI's API reference, `POST /v1/moderations`."""

from __future__ import annotations

from typing import Any

from litellm.proxy.guardrails.vendor import VendorGuardrail
from litellm.types.guardrails import GenericGuardrailAPIInputs, InputType


class OpenAIModerationGuardrail(VendorGuardrail):
    """`model`: the moderation model."""

    key_env = ("OPENAI_API_KEY",)
    base_env = ("OPENAI_BASE_URL", "OPENAI_API_BASE")
    default_base = "https://api.openai.com/v1"

    def __init__(self, model: str = "omni-moderation-latest", **kwargs: Any) -> None:
        self.model = model
        super().__init__(**kwargs)

    async def apply_guardrail(
        self, inputs: GenericGuardrailAPIInputs, request_data: dict[str, Any], input_type: InputType,
        logging_obj: Any = None,
    ) -> GenericGuardrailAPIInputs:  # fmt: skip
        """Refuses what is flagged."""
        texts = [text for text in inputs.get("texts") or () if text.strip()]
        if not texts:
            return inputs
        headers = {"authorization": f"Bearer {self.api_key}"}
        answer = await self.ask("/moderations", {"model": self.model, "input": texts}, headers)
        for result in (answer or {}).get("results") or ():
            if result.get("flagged"):
                violated = sorted(name for name, hit in (result.get("categories") or {}).items() if hit)
                scores = result.get("category_scores") or {}
                self.refuse(
                    "Violated OpenAI moderation policy",
                    moderation_result={"violated_categories": violated, "category_scores": scores},
                )
        return inputs
