"""The base class of guardrails: callbacks that look at requests and replies, and may change or refuse them."""

from __future__ import annotations

import functools
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from litellm.integrations.custom_logger import CustomLogger
from litellm.types.guardrails import GenericGuardrailAPIInputs, GuardrailEventHooks, InputType, Mode

EventHook = GuardrailEventHooks | Sequence[GuardrailEventHooks] | Mode | str | Sequence[str] | None

NOTES = "standard_logging_guardrail_information"
"""Where a request's metadata keeps what its guardrails found, for the logging payload."""
_ADMIN = ("user_api_key_metadata", "user_api_key_team_metadata")
"""What the gateway knows of the caller's key and team; a client cannot write there."""


class ModifyResponseException(Exception):
    """The request is not sent; `message` is answered as if the model had said it."""

    def __init__(
        self,
        message: str,
        model: str,
        request_data: dict[str, Any],
        guardrail_name: str | None = None,
        detection_info: dict[str, Any] | None = None,
        original_response: Any = None,
    ) -> None:
        self.message, self.model, self.request_data = message, model, request_data
        self.guardrail_name, self.detection_info = guardrail_name, detection_info or {}
        self.original_response = original_response
        super().__init__(message)


class CustomGuardrail(CustomLogger):
    """Override `apply_guardrail`, which sees the texts of every API, or `CustomLogger`'s hooks; raise to refuse."""

    def __init__(
        self,
        guardrail_name: str | None = None,
        supported_event_hooks: Sequence[GuardrailEventHooks] | None = None,
        event_hook: EventHook = None,
        default_on: bool = False,
        mask_request_content: bool = False,
        mask_response_content: bool = False,
        violation_message_template: str | None = None,
        end_session_after_n_fails: int | None = None,
        on_violation: str | None = None,
        realtime_violation_message: str | None = None,
        **kwargs: Any,
    ) -> None:
        """`event_hook` says when it runs, `default_on` whether it runs for requests that do not ask for it.

        Of realtime sessions: `on_violation: end_session` ends one at the first refusal, `end_session_after_n_fails`
        at that many; `realtime_violation_message` is what the user is told.

        Raises ValueError for an event hook that is not among `supported_event_hooks`.
        """
        self.guardrail_name = guardrail_name
        self.guardrail_id: str | None = kwargs.pop("guardrail_id", None)
        self.guardrail_provider: str | None = None
        self.team_id: str | None = None
        """The team that it is for; None: every caller."""
        self.supported_event_hooks = supported_event_hooks
        self.event_hook = event_hook
        self.default_on = default_on
        self.mask_request_content = mask_request_content
        self.mask_response_content = mask_response_content
        self.violation_message_template = violation_message_template
        self.end_session_after_n_fails = end_session_after_n_fails
        self.on_violation = on_violation
        self.realtime_violation_message = realtime_violation_message
        self.guardrail_config: dict[str, Any] = kwargs
        if supported_event_hooks is not None:
            allowed = {str(getattr(hook, "value", hook)) for hook in supported_event_hooks}
            for hook in _hooks(event_hook, ()):
                if hook not in allowed:
                    raise ValueError(f"event_hook: {hook!r} is none of {sorted(allowed)}")
        super().__init__(**kwargs)

    async def apply_guardrail(
        self,
        inputs: GenericGuardrailAPIInputs,
        request_data: dict[str, Any],
        input_type: InputType,
        logging_obj: Any = None,
    ) -> GenericGuardrailAPIInputs:
        """The inputs, with texts changed in place of those that shall not pass; raises to refuse them all."""
        return inputs

    def uses_apply_guardrail_interface(self) -> bool:
        """Whether the class overrides `apply_guardrail`."""
        return type(self).apply_guardrail is not CustomGuardrail.apply_guardrail

    # When it runs.

    def should_run_guardrail(self, data: Mapping[str, Any], event_type: GuardrailEventHooks) -> bool:
        """Whether the guardrail runs for the request `data` at `event_type`."""
        default = self.default_on and not self.get_disable_global_guardrail(data)
        default = default and self.guardrail_name not in self.get_opted_out_global_guardrails_from_metadata(data)
        asked = default or self.guardrail_name in self.get_guardrail_from_metadata(data)
        return asked and (self.event_hook is None or event_type.value in self.events(data))

    def events(self, data: Mapping[str, Any]) -> set[str]:
        """The events that it runs at for a request, which may depend on the request's tags."""
        return _hooks(self.event_hook, request_metadata(data).get("tags") or ())

    def get_disable_global_guardrail(self, data: Mapping[str, Any]) -> bool:
        """Whether the caller's key or team runs no guardrail that it does not ask for."""
        return any(
            found.get("disable_global_guardrails") or found.get("disable_global_guardrail") for found in _admin(data)
        )

    def get_opted_out_global_guardrails_from_metadata(self, data: Mapping[str, Any]) -> list[str]:
        """The guardrails that the caller's key or team does without."""
        return [name for found in _admin(data) for name in found.get("opted_out_global_guardrails") or ()]

    def get_guardrail_from_metadata(self, data: Mapping[str, Any]) -> list[str]:
        """The names of the guardrails that the request asks for."""
        return [name for item in _asked(data) for name in ([item] if isinstance(item, str) else item)]

    def get_guardrail_dynamic_request_body_params(self, request_data: Mapping[str, Any]) -> dict[str, Any]:
        """What the request passes to this guardrail, by `{"guardrails": [{"<name>": {"extra_body": {…}}}]}`."""
        for item in _asked(request_data):
            if isinstance(item, Mapping) and self.guardrail_name in item:
                return dict((item[self.guardrail_name] or {}).get("extra_body") or {})
        return {}

    def get_guardrails_messages_for_call_type(self, call_type: Any, data: Mapping[str, Any] | None = None) -> Any:
        """The messages to look at: of a chat its messages, of a response its input; None where there are none."""
        request = data or {}
        name = str(getattr(call_type, "value", call_type))
        if name in ("responses", "aresponses"):
            given = request.get("input")
            return [{"role": "user", "content": given}] if isinstance(given, str) else given
        return request.get("messages")

    # What it says.

    def render_violation_message(self, default: str, context: Mapping[str, object] | None = None) -> str:
        """The configured message with `{default_message}` and the names of `context` filled in, else `default`."""
        if not self.violation_message_template:
            return default
        try:
            return self.violation_message_template.format(
                **{"default_message": default, "guardrail_name": self.guardrail_name, **(context or {})}
            )
        except (KeyError, IndexError, ValueError):
            return default

    def raise_passthrough_exception(
        self,
        violation_message: str,
        request_data: dict[str, Any],
        detection_info: dict[str, Any] | None = None,
        original_response: Any = None,
    ) -> None:
        """Answer `violation_message` in the model's place. Raises ModifyResponseException."""
        raise ModifyResponseException(
            violation_message, str(request_data.get("model") or "unknown"), request_data, self.guardrail_name,
            detection_info, original_response,
        )  # fmt: skip

    def mask_content_in_string(self, content_string: str, mask_string: str, start_index: int, end_index: int) -> str:
        """The text with `mask_string` in the place of what is between the two indices."""
        return content_string[:start_index] + mask_string + content_string[end_index:]

    def update_in_memory_litellm_params(self, litellm_params: Any) -> None:
        """Take changed parameters: each that is an attribute, and the mode as `event_hook`."""
        given = litellm_params if isinstance(litellm_params, Mapping) else vars(litellm_params)
        for name, value in given.items():
            if name != "guardrail" and value is not None:
                setattr(self, "event_hook" if name == "mode" else name, value)

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
        metadata.setdefault(NOTES, []).append(note)


Hook = Callable[..., Awaitable[Any]]


def log_guardrail_information(hook: Hook) -> Hook:
    """Decorates a guardrail's hook: notes for the logging payload what it gave or raised, and how long it took."""

    @functools.wraps(hook)
    async def noted(self: CustomGuardrail, *args: Any, **kwargs: Any) -> Any:
        data = kwargs.get("request_data") or kwargs.get("data") or {}
        started = time.time()
        status, found = "guardrail_failed_to_respond", None
        try:
            found = await hook(self, *args, **kwargs)
            status = "success"
        except Exception as error:
            status = "guardrail_intervened" if is_guardrail_intervention(error) else status
            found = str(error)
            raise
        finally:
            ended = time.time()
            shown = found if isinstance(found, str) else None
            self.add_standard_logging_guardrail_information_to_request_data(
                shown, data, status, started, ended, ended - started
            )
        return found

    return noted


def is_guardrail_intervention(error: BaseException) -> bool:
    """Whether an error is a refusal, by its status, and not a failure of the guardrail itself."""
    status = getattr(error, "status_code", None) or getattr(error, "code", None)
    return isinstance(error, ModifyResponseException) or (str(status).isdigit() and 400 <= int(str(status)) < 500)


def request_metadata(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """A request's metadata, by either of its names."""
    return data.get("litellm_metadata") or data.get("metadata") or {}


def _admin(data: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    metadata = request_metadata(data)
    return [found for name in _ADMIN if isinstance(found := metadata.get(name), Mapping)]


def _asked(data: Mapping[str, Any]) -> Sequence[Any]:
    asked = data.get("guardrails") or request_metadata(data).get("guardrails") or ()
    return [item for item in asked if isinstance(item, (str, Mapping))] if isinstance(asked, (list, tuple)) else ()


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
