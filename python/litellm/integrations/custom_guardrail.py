"""The base class of guardrails: callbacks that look at requests and replies, and may change or refuse them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from litellm.integrations.custom_logger import CustomLogger
from litellm.types.guardrails import GuardrailEventHooks, Mode

EventHook = GuardrailEventHooks | Sequence[GuardrailEventHooks] | Mode | str | Sequence[str] | None


class CustomGuardrail(CustomLogger):
    """Override the hooks of `CustomLogger` that the guardrail needs; raise in one to refuse the request."""

    def __init__(
        self,
        guardrail_name: str | None = None,
        supported_event_hooks: Sequence[GuardrailEventHooks] | None = None,
        event_hook: EventHook = None,
        default_on: bool = False,
        mask_request_content: bool = False,
        mask_response_content: bool = False,
        violation_message_template: str | None = None,
        **kwargs: Any,
    ) -> None:
        """`event_hook` says when it runs, `default_on` whether it runs for requests that do not ask for it.

        Raises ValueError for an event hook that is not among `supported_event_hooks`.
        """
        self.guardrail_name = guardrail_name
        self.supported_event_hooks = supported_event_hooks
        self.event_hook = event_hook
        self.default_on = default_on
        self.mask_request_content = mask_request_content
        self.mask_response_content = mask_response_content
        self.violation_message_template = violation_message_template
        if supported_event_hooks is not None:
            allowed = {str(getattr(hook, "value", hook)) for hook in supported_event_hooks}
            for hook in _hooks(event_hook, ()):
                if hook not in allowed:
                    raise ValueError(f"event_hook: {hook!r} is none of {sorted(allowed)}")
        super().__init__(**kwargs)

    def should_run_guardrail(self, data: Mapping[str, Any], event_type: GuardrailEventHooks) -> bool:
        """Whether the guardrail runs for the request `data` at `event_type`."""
        metadata = request_metadata(data)
        if metadata.get("disable_global_guardrail") or metadata.get("disable_global_guardrails"):
            asked = False
        else:
            asked = self.default_on
        asked = asked or self.guardrail_name in self.get_guardrail_from_metadata(data)
        tags = metadata.get("tags") or ()
        return asked and (self.event_hook is None or event_type.value in _hooks(self.event_hook, tags))

    def get_guardrail_from_metadata(self, data: Mapping[str, Any]) -> list[str]:
        """The names of the guardrails that the request asks for."""
        asked = data.get("guardrails") or request_metadata(data).get("guardrails") or ()
        return [name for guardrail in asked for name in ([guardrail] if isinstance(guardrail, str) else guardrail)]

    def get_guardrail_dynamic_request_body_params(self, request_data: Mapping[str, Any]) -> dict[str, Any]:
        """What the request passes to this guardrail, by `{"guardrails": [{"<name>": {"extra_body": {…}}}]}`."""
        asked = request_data.get("guardrails") or request_metadata(request_data).get("guardrails") or ()
        for guardrail in asked:
            if isinstance(guardrail, Mapping) and self.guardrail_name in guardrail:
                return dict((guardrail[self.guardrail_name] or {}).get("extra_body") or {})
        return {}

    def get_guardrails_messages_for_call_type(self, call_type: Any, data: Mapping[str, Any] | None = None) -> Any:
        """The messages to look at: of a chat its messages, of a response its input; None where there are none."""
        request = data or {}
        name = str(getattr(call_type, "value", call_type))
        if name in ("responses", "aresponses"):
            given = request.get("input")
            return [{"role": "user", "content": given}] if isinstance(given, str) else given
        return request.get("messages")

    def add_standard_logging_guardrail_information_to_request_data(
        self,
        guardrail_json_response: Any,
        request_data: dict[str, Any],
        guardrail_status: str,
        start_time: float | None = None,
        end_time: float | None = None,
        duration: float | None = None,
        masked_entity_count: dict[str, int] | None = None,
        guardrail_provider: str | None = None,
        event_type: GuardrailEventHooks | None = None,
        tracing_detail: Any = None,
    ) -> None:
        """Notes in the request's metadata, for the logging payload, what the guardrail found and how long it took."""
        note = {
            "guardrail_name": self.guardrail_name,
            "guardrail_provider": guardrail_provider,
            "guardrail_mode": event_type or self.event_hook,
            "guardrail_response": guardrail_json_response,
            "guardrail_status": guardrail_status,
            "start_time": start_time,
            "end_time": end_time,
            "duration": duration,
            "masked_entity_count": masked_entity_count,
        }
        metadata = request_data.setdefault("litellm_metadata" if "litellm_metadata" in request_data else "metadata", {})
        metadata.setdefault("standard_logging_guardrail_information", []).append(note)


def request_metadata(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """A request's metadata, by either of its names."""
    return data.get("litellm_metadata") or data.get("metadata") or {}


def _hooks(hook: EventHook, tags: Sequence[str]) -> set[str]:
    """The events of an `event_hook`, for a request with `tags`."""
    if hook is None:
        return set()
    if isinstance(hook, Mode):
        named = [hook.tags[tag] for tag in tags if tag in hook.tags]
        chosen = named or ([hook.default] if hook.default else [])
        return {event for entry in chosen for event in ([entry] if isinstance(entry, str) else entry)}
    entries = [hook] if isinstance(hook, (str, GuardrailEventHooks)) else hook
    return {str(getattr(entry, "value", entry)) for entry in entries}
