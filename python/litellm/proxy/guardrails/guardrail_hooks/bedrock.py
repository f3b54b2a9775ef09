"""Guardrails of Amazon Bedrock. Format: its API reference, `ApplyGuardrail`."""

from __future__ import annotations

import os
from typing import Any
from urllib.parse import quote

from litellm.proxy.guardrails.vendor import VendorGuardrail
from litellm.secret_managers.aws.settings import checked_region, environment_region, take_settings
from litellm.secret_managers.aws.signer import AwsSigner
from litellm.types.guardrails import GenericGuardrailAPIInputs, InputType

_BLOCKED, _MASKED = "BLOCKED", "ANONYMIZED"


class BedrockGuardrail(VendorGuardrail):
    """`guardrailIdentifier`, `guardrailVersion` and the `aws_…` settings of a Bedrock deployment.

    What the guardrail masks is replaced, anything else that it intervenes in is refused; with
    `disable_exception_on_block` its own words are answered instead.
    """

    needs_key = False

    def __init__(
        self,
        guardrailIdentifier: str | None = None,
        guardrailVersion: str | None = None,
        disable_exception_on_block: bool = False,
        **kwargs: Any,
    ) -> None:
        """Raises ValueError without an identifier."""
        if not guardrailIdentifier:
            raise ValueError("guardrailIdentifier is required")
        region = checked_region(kwargs.get("aws_region_name") or environment_region() or "us-east-1")
        endpoint = kwargs.pop("aws_bedrock_runtime_endpoint", None) or os.environ.get("AWS_BEDROCK_RUNTIME_ENDPOINT")
        kwargs.setdefault("api_base", endpoint or f"https://bedrock-runtime.{region}.amazonaws.com")
        self._signer = AwsSigner(take_settings(kwargs), "bedrock", region)
        version = str(guardrailVersion or "DRAFT")
        self._path = f"/guardrail/{quote(str(guardrailIdentifier), safe='')}/version/{quote(version, safe='')}/apply"
        self.answers_itself = disable_exception_on_block
        super().__init__(**kwargs)

    async def apply_guardrail(
        self, inputs: GenericGuardrailAPIInputs, request_data: dict[str, Any], input_type: InputType,
        logging_obj: Any = None,
    ) -> GenericGuardrailAPIInputs:  # fmt: skip
        """The texts, with those parts masked that the guardrail masks."""
        texts = inputs.get("texts") or []
        places = [place for place, text in enumerate(texts) if text.strip()]
        if not places:
            return inputs
        source = "INPUT" if input_type == "request" else "OUTPUT"
        content = [{"text": {"text": texts[place]}} for place in places]
        body = {**self.get_guardrail_dynamic_request_body_params(request_data), "source": source, "content": content}
        answer = await self.ask(self._path, body, {"accept": "application/json"}, self._signer) or {}
        if answer.get("action") != "GUARDRAIL_INTERVENED":
            return inputs
        outputs = [str(item.get("text") or "") for item in answer.get("outputs") or ()]
        actions = set(_actions(answer.get("assessments")))
        if _BLOCKED in actions or _MASKED not in actions or len(outputs) != len(places):
            said = " ".join(outputs)
            if self.answers_itself:
                self.raise_passthrough_exception(said, request_data, {"assessments": answer.get("assessments")})
            self.refuse("Violated guardrail policy", bedrock_guardrail_response=said)
        for place, text in zip(places, outputs, strict=True):
            texts[place] = text
        return {**inputs, "texts": texts}


def _actions(value: Any) -> list[str]:
    """Every `action` in the assessments."""
    if isinstance(value, list):
        return [action for item in value for action in _actions(item)]
    if not isinstance(value, dict):
        return []
    own = [value["action"]] if isinstance(value.get("action"), str) else []
    return own + [action for item in value.values() for action in _actions(item)]
