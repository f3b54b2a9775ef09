"""Azure AI Content Safety. Formats: its REST reference, `text:analyze` and `text:shieldPrompt`, 2024-09-01."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from litellm.proxy.guardrails.vendor import VendorGuardrail
from litellm.types.guardrails import GenericGuardrailAPIInputs, InputType

API_VERSION = "2024-09-01"
MAX_CHARACTERS = 10_000
"""Of one text that the service reads."""
CATEGORIES = ("Hate", "SelfHarm", "Sexual", "Violence")
THRESHOLD = 2


class _Azure(VendorGuardrail):
    key_env = ("AZURE_CONTENT_SAFETY_API_KEY", "AZURE_GUARDRAIL_API_KEY")
    base_env = ("AZURE_CONTENT_SAFETY_API_BASE", "AZURE_GUARDRAIL_API_BASE")

    def __init__(self, api_version: str = API_VERSION, **kwargs: Any) -> None:
        self.api_version = api_version
        super().__init__(**kwargs)

    async def _safety(self, task: str, body: Mapping[str, Any]) -> Any:
        path = f"/contentsafety/text:{task}?api-version={self.api_version}"
        return await self.ask(path, body, {"ocp-apim-subscription-key": self.api_key}) or {}


class AzureTextModeration(_Azure):
    """Refuses texts whose severity in a category reaches `severity_threshold` or the category's own of
    `severity_threshold_by_category` (0 to 6, or 7 with `outputType: EightSeverityLevels`), or that a blocklist matches.
    """

    def __init__(
        self,
        severity_threshold: int | str | None = None,
        severity_threshold_by_category: Mapping[str, int] | None = None,
        categories: Sequence[str] | None = None,
        blocklistNames: Sequence[str] | None = None,
        haltOnBlocklistHit: bool = False,
        outputType: str = "FourSeverityLevels",
        **kwargs: Any,
    ) -> None:
        given = THRESHOLD if severity_threshold is None else int(severity_threshold)
        self.thresholds = dict.fromkeys(CATEGORIES, given) | dict(severity_threshold_by_category or {})
        self._settings: dict[str, Any] = {
            "categories": list(categories or CATEGORIES), "blocklistNames": list(blocklistNames or ()),
            "haltOnBlocklistHit": haltOnBlocklistHit, "outputType": outputType,
        }  # fmt: skip
        super().__init__(**kwargs)

    async def apply_guardrail(
        self, inputs: GenericGuardrailAPIInputs, request_data: dict[str, Any], input_type: InputType,
        logging_obj: Any = None,
    ) -> GenericGuardrailAPIInputs:  # fmt: skip
        """Refuses what is too severe."""
        for part in _parts(inputs.get("texts") or ()):
            answer = await self._safety("analyze", {"text": part, **self._settings})
            for found in answer.get("categoriesAnalysis") or ():
                category, severity = str(found.get("category")), int(found.get("severity") or 0)
                if severity >= self.thresholds.get(category, THRESHOLD):
                    message = f"Azure Content Safety Guardrail: {category} crossed severity {severity}"
                    self.refuse(message, category=category, severity=severity)
            if answer.get("blocklistsMatch"):
                self.refuse("Azure Content Safety Guardrail: a blocklist matches")
        return inputs


class AzurePromptShield(_Azure):
    """Refuses attacks on the model in what a user asks."""

    async def apply_guardrail(
        self, inputs: GenericGuardrailAPIInputs, request_data: dict[str, Any], input_type: InputType,
        logging_obj: Any = None,
    ) -> GenericGuardrailAPIInputs:  # fmt: skip
        """Refuses what the shield detects."""
        for part in _parts(inputs.get("texts") or ()):
            answer = await self._safety("shieldPrompt", {"userPrompt": part, "documents": []})
            if (answer.get("userPromptAnalysis") or {}).get("attackDetected"):
                self.refuse("Violated Azure Prompt Shield guardrail policy", detection_message="attack detected")
        return inputs


def _parts(texts: Sequence[str]) -> list[str]:
    """The texts, in pieces that the service reads."""
    return [
        text[start : start + MAX_CHARACTERS]
        for text in texts if text.strip()
        for start in range(0, len(text), MAX_CHARACTERS)
    ]  # fmt: skip
