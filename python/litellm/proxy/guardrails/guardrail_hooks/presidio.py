"""Microsoft Presidio: personal data found by its analyzer, masked by its anonymizer. Formats: its REST API."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from litellm.exceptions import BlockedPiiEntityError
from litellm.integrations.custom_guardrail import request_metadata
from litellm.proxy.guardrails.patterns import masked
from litellm.proxy.guardrails.vendor import VendorGuardrail, environment
from litellm.types.guardrails import GenericGuardrailAPIInputs, GuardrailEventHooks, InputType

TOKENS = "pii_tokens"
"""Where a request's metadata keeps what stands for which text, until the answer is there."""
_SCOPES = ("input", "output", "both")
MAX_AT_ONCE = 8


class PresidioGuardrail(VendorGuardrail):
    """`presidio_analyzer_api_base`, `presidio_anonymizer_api_base`; `pii_entities_config`: `MASK` or `BLOCK` by entity,
    without it all are masked; `presidio_score_thresholds` by entity, or for `ALL`; `output_parse_pii` puts the real
    texts back into the answer; `presidio_filter_scope`: `input`, `output` or `both`.
    """

    base_env = ("PRESIDIO_ANALYZER_API_BASE",)
    needs_key = False

    def __init__(
        self,
        presidio_analyzer_api_base: str | None = None,
        presidio_anonymizer_api_base: str | None = None,
        presidio_language: str = "en",
        presidio_filter_scope: str = "both",
        presidio_ad_hoc_recognizers: str | None = None,
        presidio_score_thresholds: Mapping[str, float] | None = None,
        presidio_entities_deny_list: Sequence[str] | None = None,
        pii_entities_config: Mapping[str, str] | None = None,
        output_parse_pii: bool = False,
        **kwargs: Any,
    ) -> None:
        """Raises ValueError for a wrong setting, OSError for a file of recognizers that cannot be read."""
        scope = kwargs.pop("presidio_run_on", None) or presidio_filter_scope or "both"
        if scope not in _SCOPES:
            raise ValueError("presidio_filter_scope: expected input, output or both")
        self._scope, self._language, self._unmasks = scope, presidio_language, output_parse_pii
        self._actions = {str(name): str(getattr(action, "value", action)).upper()
                         for name, action in (pii_entities_config or {}).items()}  # fmt: skip
        self._thresholds = {str(name): float(score) for name, score in (presidio_score_thresholds or {}).items()}
        self._denied = frozenset(presidio_entities_deny_list or ())
        recognizers = Path(presidio_ad_hoc_recognizers).read_text("utf-8") if presidio_ad_hoc_recognizers else "[]"
        self._recognizers = json.loads(recognizers)
        super().__init__(api_base=presidio_analyzer_api_base or kwargs.pop("api_base", None), **kwargs)
        given = presidio_anonymizer_api_base or environment(("PRESIDIO_ANONYMIZER_API_BASE",))
        if not given and not self._unmasks:
            raise ValueError("presidio_anonymizer_api_base is required, or PRESIDIO_ANONYMIZER_API_BASE")
        self._anonymizer = given.rstrip("/")

    def should_run_guardrail(self, data: Mapping[str, Any], event_type: GuardrailEventHooks) -> bool:
        """As its mode says; and after a call whose texts are to be put back."""
        unmasks = event_type is GuardrailEventHooks.post_call and TOKENS in request_metadata(data)
        return unmasks or super().should_run_guardrail(data, event_type)

    async def apply_guardrail(
        self, inputs: GenericGuardrailAPIInputs, request_data: dict[str, Any], input_type: InputType,
        logging_obj: Any = None,
    ) -> GenericGuardrailAPIInputs:  # fmt: skip
        """The texts, masked; of an answer, with the real texts in it where they are to be put back."""
        texts = list(inputs.get("texts") or ())
        tokens = request_metadata(request_data).get(TOKENS)
        if input_type == "response" and tokens:
            return {**inputs, "texts": [_unmasked(text, tokens) for text in texts]}
        if self._scope not in ("both", "input" if input_type == "request" else "output"):
            return inputs
        gate = asyncio.Semaphore(MAX_AT_ONCE)
        keeps = self._unmasks and input_type == "request"
        known: dict[str, str] = {}

        async def one(text: str) -> str:
            async with gate:
                return await self._masked(text, request_data, known if keeps else None)

        texts = list(await asyncio.gather(*(one(text) for text in texts)))
        if known:
            name = "litellm_metadata" if "litellm_metadata" in request_data else "metadata"
            request_data.setdefault(name, {})[TOKENS] = known
        return {**inputs, "texts": texts}

    async def _masked(self, text: str, data: Mapping[str, Any], known: dict[str, str] | None) -> str:
        """The text, masked; `known` is told what each mask stands for, by the mask."""
        if not text.strip():
            return text
        found = await self._analyzed(text, data)
        if not found:
            return text
        for item in found:
            if self._actions.get(item["entity_type"], self._actions.get("ALL")) == "BLOCK":
                raise BlockedPiiEntityError(item["entity_type"], self.guardrail_name)
        if known is None:
            body = {"text": text, "analyzer_results": found}
            answer = await self._anonymized(body)
            return text if answer is None else str(answer["text"])
        spans = []
        for item in found:
            start, end = int(item["start"]), int(item["end"])
            spans.append((start, end, _token(item["entity_type"], text[start:end], known)))
        return masked(text, spans)

    async def _analyzed(self, text: str, data: Mapping[str, Any]) -> list[dict[str, Any]]:
        asked = self.get_guardrail_dynamic_request_body_params(data)
        own = request_metadata(data).get("guardrail_config") or {}
        body: dict[str, Any] = {
            "text": text,
            "language": asked.get("language") or own.get("language") or self._language,
        }
        entities = asked.get("entities") or [name for name in self._actions if name != "ALL"]
        if entities:
            body["entities"] = list(entities)
        if self._recognizers:
            body["ad_hoc_recognizers"] = self._recognizers
        found = await self.ask("/analyze", body, {}) or []
        default = self._thresholds.get("ALL", 0.0)
        return [
            item for item in found
            if float(item.get("score") or 0) >= self._thresholds.get(item["entity_type"], default)
            and item["entity_type"] not in self._denied
        ]  # fmt: skip

    async def _anonymized(self, body: Mapping[str, Any]) -> Any:
        return await self.ask("/anonymize", body, {}, base=self._anonymizer)


def _token(entity: str, text: str, known: dict[str, str]) -> str:
    """What stands for a text: the same for the same text, and another for every other."""
    for mask, value in known.items():
        if value == text and mask.startswith(f"<{entity}_"):
            return mask
    number = sum(mask.startswith(f"<{entity}_") for mask in known) + 1
    mask = f"<{entity}_{number}>"
    known[mask] = text
    return mask


def _unmasked(text: str, tokens: Mapping[str, str]) -> str:
    for mask, value in tokens.items():
        text = text.replace(mask, value)
    return text
