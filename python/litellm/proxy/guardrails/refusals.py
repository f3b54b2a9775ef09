"""What a guardrail raises, as the answer that the client gets and the note that the logs get."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.exceptions import HTTPException

from litellm.integrations.custom_guardrail import CustomGuardrail, ModifyResponseException
from litellm.proxy._types import ProxyException
from litellm.proxy.errors import details_of
from litellm.types.guardrails import GuardrailEventHooks

APPLIED_HEADER = "x-litellm-applied-guardrails"


class GuardrailRefusal(ProxyException):
    """A refusal with what the guardrail tells of it, shown as `provider_specific_fields`."""

    def __init__(self, message: str, code: int, fields: dict[str, Any] | None = None) -> None:
        super().__init__(message, "internal_server_error" if code >= 500 else "invalid_request_error", None, code)
        self.provider_specific_fields = fields


def refusal(
    error: Exception, guard: CustomGuardrail, event: GuardrailEventHooks, applied: list[str],
    headers: Mapping[str, str] | None = None,
) -> Exception:  # fmt: skip
    """What to raise for `error`: its status and message, or 500 with its text, as guardrails are written to expect."""
    if isinstance(error, ModifyResponseException):
        return error
    fields: dict[str, Any] | None = None
    if isinstance(error, GuardrailRefusal):
        made, fields = error, error.provider_specific_fields
    elif isinstance(error, HTTPException):
        detail: Any = error.detail
        fields = dict(detail) if isinstance(detail, dict) else None
        inner = (fields.get("error") or fields.get("message")) if fields else detail
        made = GuardrailRefusal(inner if isinstance(inner, str) else str(inner or detail), error.status_code)
    else:
        known = details_of(error)
        made = GuardrailRefusal(known.message, known.status) if known else GuardrailRefusal(str(error), 500)
    if fields is not None:
        hook = guard.event_hook
        modes = list(hook) if isinstance(hook, (list, tuple)) else event.value
        made.provider_specific_fields = fields | {"guardrail_name": guard.guardrail_name, "guardrail_mode": modes}
    made.headers |= {APPLIED_HEADER: ",".join(applied), **(headers or {})}
    return made
