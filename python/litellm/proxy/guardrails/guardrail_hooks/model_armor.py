"""Google Cloud's Model Armor. Format: its REST reference, `sanitizeUserPrompt` and `sanitizeModelResponse`."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from litellm.proxy.guardrails.vendor import VendorGuardrail
from litellm.secret_managers.google.settings import google_settings
from litellm.secret_managers.google.signer import GoogleSigner
from litellm.types.guardrails import GenericGuardrailAPIInputs, InputType


class ModelArmorGuardrail(VendorGuardrail):
    """`template_id`, `project_id`, `location` and Vertex AI's `credentials`. With `mask_request_content` and
    `mask_response_content` texts are replaced by what the template leaves of them; else a match is refused.
    `fail_on_error: false` lets requests pass that cannot be looked at.
    """

    needs_key = False

    def __init__(
        self,
        template_id: str | None = None,
        project_id: str | None = None,
        location: str = "us-central1",
        credentials: Any = None,
        api_endpoint: str | None = None,
        fail_on_error: bool = True,
        **kwargs: Any,
    ) -> None:
        """Raises ValueError without a template or a project."""
        options = {"vertex_project": project_id, "vertex_location": location, "vertex_credentials": credentials}
        settings = google_settings({name: value for name, value in options.items() if value is not None})
        project = project_id or settings.project
        if not template_id or not project:
            raise ValueError("template_id and project_id are required")
        kwargs["api_base"] = (
            api_endpoint or kwargs.get("api_base") or f"https://modelarmor.{location}.rep.googleapis.com"
        )
        kwargs["unreachable_fallback"] = "fail_closed" if fail_on_error else "fail_open"
        self._signer = GoogleSigner(settings)
        names = (project, location, template_id)
        project, location, template_id = (quote(str(name), safe="") for name in names)
        self._path = f"/v1/projects/{project}/locations/{location}/templates/{template_id}"
        super().__init__(**kwargs)

    async def apply_guardrail(
        self, inputs: GenericGuardrailAPIInputs, request_data: dict[str, Any], input_type: InputType,
        logging_obj: Any = None,
    ) -> GenericGuardrailAPIInputs:  # fmt: skip
        """The texts, as the template leaves them."""
        asks = input_type == "request"
        masks = self.mask_request_content if asks else self.mask_response_content
        method, name = (
            ("sanitizeUserPrompt", "userPromptData") if asks else ("sanitizeModelResponse", "modelResponseData")
        )
        texts = list(inputs.get("texts") or ())
        for place, text in enumerate(texts):
            if not text.strip():
                continue
            answer = await self.ask(f"{self._path}:{method}", {name: {"text": text}}, {}, self._signer) or {}
            result = answer.get("sanitizationResult") or {}
            if result.get("filterMatchState") != "MATCH_FOUND":
                continue
            left = _deidentified(result)
            if not masks or left is None:
                matched = sorted(_matched(result))
                self.refuse("Content blocked by Model Armor", filters=matched)
            texts[place] = left
        return {**inputs, "texts": texts}


def _deidentified(result: dict[str, Any]) -> str | None:
    found = ((result.get("filterResults") or {}).get("sdp") or {}).get("sdpFilterResult") or {}
    text = ((found.get("deidentifyResult") or {}).get("data") or {}).get("text")
    others = _matched(result) - {"sdp"}
    return text if isinstance(text, str) and not others else None


def _matched(result: dict[str, Any]) -> set[str]:
    """The filters that match."""

    def matches(value: Any) -> bool:
        if isinstance(value, dict):
            return value.get("matchState") == "MATCH_FOUND" or any(matches(inner) for inner in value.values())
        return False

    return {name for name, value in (result.get("filterResults") or {}).items() if matches(value)}
