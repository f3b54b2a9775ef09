"""Lakera Guard. Format: its API reference, `POST /v2/guard`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from litellm.proxy.guardrails.vendor import VendorGuardrail, log
from litellm.types.guardrails import GenericGuardrailAPIInputs, InputType


class LakeraV2Guardrail(VendorGuardrail):
    """Personal data alone is masked, anything else that is flagged refused; `on_flagged: monitor` lets it pass."""

    key_env = ("LAKERA_API_KEY",)
    base_env = ("LAKERA_API_BASE",)
    default_base = "https://api.lakera.ai"

    def __init__(
        self,
        project_id: str | None = None,
        payload: bool = True,
        breakdown: bool = True,
        metadata: Mapping[str, Any] | None = None,
        dev_info: bool = True,
        on_flagged: str = "block",
        **kwargs: Any,
    ) -> None:
        """Raises ValueError for an `on_flagged` that is none."""
        if on_flagged not in ("block", "monitor"):
            raise ValueError("on_flagged: expected block or monitor")
        self.on_flagged = on_flagged
        self._settings: dict[str, Any] = {"payload": payload, "breakdown": breakdown, "dev_info": dev_info}
        self._settings |= {"project_id": project_id} if project_id else {}
        self._settings |= {"metadata": dict(metadata)} if metadata else {}
        super().__init__(**kwargs)

    async def apply_guardrail(
        self, inputs: GenericGuardrailAPIInputs, request_data: dict[str, Any], input_type: InputType,
        logging_obj: Any = None,
    ) -> GenericGuardrailAPIInputs:  # fmt: skip
        """The texts, with personal data masked."""
        texts = list(inputs.get("texts") or ())
        if not any(text.strip() for text in texts):
            return inputs
        role = "user" if input_type == "request" else "assistant"
        body = {"messages": [{"role": role, "content": text} for text in texts], **self._settings}
        answer = await self.ask("/v2/guard", body, {"authorization": f"Bearer {self.api_key}"}) or {}
        if not answer.get("flagged"):
            return inputs
        hits = [item for item in answer.get("breakdown") or () if item.get("detected")]
        kinds = sorted({str(item.get("detector_type")) for item in hits})
        if self.on_flagged == "monitor":
            log.warning("guardrail %s flags a request: %s", self.guardrail_name, ", ".join(kinds))
            return inputs
        found = answer.get("payload") or []
        if not found or not kinds or not all(kind.startswith("pii") for kind in kinds):
            self.refuse("Violated Lakera guardrail policy", detectors=kinds)
        for item in sorted(found, key=lambda item: int(item.get("start") or 0), reverse=True):
            place = int(item.get("message_id") or 0)
            if place < len(texts):
                mask = f"[MASKED {str(item.get('detector_type')).rpartition('/')[2].upper()}]"
                texts[place] = self.mask_content_in_string(texts[place], mask, int(item["start"]), int(item["end"]))
        return {**inputs, "texts": texts}
