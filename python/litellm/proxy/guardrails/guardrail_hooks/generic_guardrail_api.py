"""Any service that speaks LiteLLM's generic guardrail API: it allows, changes or blocks what it is shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from litellm.integrations.custom_guardrail import request_metadata
from litellm.proxy.guardrails.vendor import VendorGuardrail
from litellm.types.guardrails import GenericGuardrailAPIInputs, InputType

PATH = "/beta/litellm_basic_guardrail_api"
_TOLD = (
    "user_api_key_hash", "user_api_key_alias", "user_api_key_user_id", "user_api_key_user_email",
    "user_api_key_team_id", "user_api_key_team_alias", "user_api_key_end_user_id", "user_api_key_org_id",
)  # fmt: skip


class GenericGuardrailAPI(VendorGuardrail):
    """`headers` and `api_key` (as `x-api-key`) go with each request, and of the client's headers those that
    `extra_headers` names; `additional_provider_specific_params` go in the body.
    """

    base_env = ("GENERIC_GUARDRAIL_API_BASE",)
    key_env = ("GENERIC_GUARDRAIL_API_KEY",)
    needs_key = False

    def __init__(
        self,
        headers: Mapping[str, str] | None = None,
        extra_headers: Sequence[str] | None = None,
        additional_provider_specific_params: Mapping[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        self.headers = {str(name): str(value) for name, value in (headers or {}).items()}
        self.extra_headers = [name.lower() for name in extra_headers or ()]
        self.additional_params = dict(additional_provider_specific_params or {})
        super().__init__(**kwargs)

    async def apply_guardrail(
        self, inputs: GenericGuardrailAPIInputs, request_data: dict[str, Any], input_type: InputType,
        logging_obj: Any = None,
    ) -> GenericGuardrailAPIInputs:  # fmt: skip
        """What the service leaves of the inputs."""
        metadata = request_metadata(request_data)
        shown = metadata.get("headers") or {}
        body = {
            **inputs, "input_type": input_type,
            "litellm_call_id": request_data.get("litellm_call_id"),
            "litellm_trace_id": request_data.get("litellm_trace_id"),
            "request_data": {name: metadata[name] for name in _TOLD if metadata.get(name) is not None},
            "request_headers": {name: shown[name] for name in self.extra_headers if name in shown},
            "additional_provider_specific_params":
                self.additional_params | self.get_guardrail_dynamic_request_body_params(request_data),
        }  # fmt: skip
        path = "" if self.api_base.endswith(PATH) else PATH
        key = {"x-api-key": self.api_key} if self.api_key else {}
        answer = await self.ask(path, body, {**key, **self.headers}) or {}
        if answer.get("action") == "BLOCKED":
            self.refuse(str(answer.get("blocked_reason") or "Content violates policy"))
        if answer.get("action") == "GUARDRAIL_INTERVENED":
            for name in ("texts", "images", "tools"):
                if answer.get(name) is not None:
                    inputs[name] = answer[name]
        return inputs
