"""The record of one call, and telling callbacks about it.

`Logging` is built only when a callback is registered; `model_call_details` is what callbacks get as `kwargs`, with
upstream's keys. The standard payload is built when the first callback that wants it is told of the outcome.
"""

from __future__ import annotations

import inspect
import traceback
import uuid
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from litellm.litellm_core_utils.callback_registry import CallbackSet
from litellm.litellm_core_utils.logging_worker import GLOBAL_LOGGING_WORKER
from litellm.litellm_core_utils.overridden import overridden
from litellm.litellm_core_utils.redact_messages import (
    redacted_details,
    redacted_for,
    redacted_response,
    redacts,
    withheld,
)
from litellm.litellm_core_utils.standard_logging_payload import as_dict, build_payload

_in_memory_loggers: list[Any] = []
"""Loggers that were made from a callback's name, once each; emptied to have them made again."""


def _extract_response_obj_and_hidden_params(
    init_response_obj: Any, original_exception: Exception | None
) -> tuple[dict[str, Any], dict[str, Any] | None]:
    """A response as a dict, and its hidden parameters; `({}, None)` for a call that failed."""
    if init_response_obj is None:
        return {}, None
    hidden = getattr(init_response_obj, "_hidden_params", None)
    return as_dict(init_response_obj), None if hidden is None else dict(hidden)


class Logging:
    """One call as its callbacks see it."""

    def __init__(
        self,
        model: str,
        messages: Any,
        stream: Any,
        call_type: str,
        start_time: Any = None,
        litellm_call_id: str | None = None,
        function_id: str | None = None,
        litellm_trace_id: str | None = None,
        kwargs: dict[str, Any] | None = None,
        callbacks: CallbackSet | None = None,
        is_async: bool | None = None,
        no_log: bool = False,
        **_: Any,
    ) -> None:
        self.model = model
        self.messages = messages
        self.stream = bool(stream)
        self.call_type = call_type
        self.start_time: datetime = start_time or datetime.now()
        self.litellm_call_id = litellm_call_id or str(uuid.uuid4())
        self.litellm_trace_id = litellm_trace_id or self.litellm_call_id
        self.function_id = function_id
        self.callbacks = callbacks if callbacks is not None else CallbackSet.current(kwargs or {})
        self.is_async = call_type.startswith("a") if is_async is None else is_async
        self.no_log = no_log
        self.redacts = redacts(kwargs or {})
        self.shape: Callable[[Any], Any] | None = None
        """Makes of a response what callbacks are told of, where the caller gets another class than the call made."""
        self.cost_of: Callable[[Any], float | None] = _no_cost
        self.breakdown_of: Callable[[Any], dict[str, float] | None] = _no_breakdown
        self.model_call_details: dict[str, Any] = {
            "litellm_trace_id": self.litellm_trace_id,
            "litellm_call_id": self.litellm_call_id,
            "input": messages,
            "litellm_params": {},
            "model": model,
            "messages": messages,
            "stream": self.stream,
            "call_type": call_type,
            "start_time": self.start_time,
            "optional_params": {},
            "cache_hit": None,
            "completion_start_time": None,
        }
        self._told = False

    def update_environment_variables(
        self,
        litellm_params: dict[str, Any],
        optional_params: dict[str, Any],
        model: str | None = None,
        user: str | None = None,
        **additional_params: Any,
    ) -> None:
        """Notes what the call resolved to."""
        details = self.model_call_details
        if model is not None:
            self.model = details["model"] = model
        details["litellm_params"] = litellm_params
        details["optional_params"] = optional_params
        if user is not None:
            details["user"] = user
        details.update(additional_params)

    def pre_call(
        self, input: Any = None, api_key: Any = None, model: str | None = None, additional_args: Any = None
    ) -> None:
        """Notes the request, and tells input callbacks before it is sent."""
        self.note_request(input, api_key, additional_args)
        details = self.model_call_details
        details["log_event_type"] = "pre_api_call"
        details["api_call_start_time"] = datetime.now()
        details.setdefault("first_api_call_start_time", details["api_call_start_time"])
        view = _Views(details, None, hidden=self.redacts)
        for callback in self.callbacks.loggers:
            seen, _ = view.of(callback)
            self._tell(callback.log_pre_api_call, self.model, seen["messages"], seen)
        for function in self.callbacks.input:
            self._tell(function, view.of(function)[0])

    def note_request(self, input: Any, api_key: Any, additional_args: Any) -> None:
        """Notes what is about to be sent."""
        details = self.model_call_details
        details["input"] = input
        details["api_key"] = api_key
        details["additional_args"] = additional_args or {}

    def post_call(
        self, original_response: Any = None, input: Any = None, api_key: Any = None, additional_args: Any = None
    ) -> None:
        """Notes the reply as it came, and tells loggers."""
        details = self.model_call_details
        details["original_response"] = original_response
        details["log_event_type"] = "post_api_call"
        view = _Views(details, None, hidden=self.redacts)
        for callback in self.callbacks.loggers:
            self._tell(callback.log_post_api_call, view.of(callback)[0], None, self.start_time, None)

    def success(self, response: Any, *, end_time: datetime | None = None, cache_hit: bool | None = None) -> None:
        """Tells success callbacks of `response`; once, however often it is called."""
        if self._told:
            return
        self._told = True
        if self.shape is not None and not self.stream:
            response = self.shape(response)
        end = end_time or datetime.now()
        details = self.model_call_details
        details["end_time"] = end
        if details["completion_start_time"] is None:
            details["completion_start_time"] = end
        details["log_event_type"] = "successful_api_call"
        if cache_hit is not None:
            details["cache_hit"] = cache_hit
        if self.stream:
            name = "async_complete_streaming_response" if self.is_async else "complete_streaming_response"
            details[name] = response
        self._dispatch("success", response, end, None)

    def failure(self, error: Exception, *, end_time: datetime | None = None) -> None:
        """Tells failure callbacks of `error`; once."""
        if self._told:
            return
        self._told = True
        end = end_time or datetime.now()
        details = self.model_call_details
        details["end_time"] = end
        if details["completion_start_time"] is None:
            details["completion_start_time"] = end
        details["exception"] = error
        details["traceback_exception"] = "".join(traceback.format_exception(error))
        details["response_cost"] = 0
        details["log_event_type"] = "failed_api_call"
        self._dispatch("failure", None, end, error)

    def success_handler(
        self, result: Any = None, start_time: Any = None, end_time: Any = None, cache_hit: Any = None, **_: Any
    ) -> None:
        """Upstream's name for `success`."""
        self.success(result, end_time=end_time, cache_hit=cache_hit)

    async def async_success_handler(
        self, result: Any = None, start_time: Any = None, end_time: Any = None, cache_hit: Any = None, **_: Any
    ) -> None:
        """Upstream's name for `success` on an event loop."""
        self.is_async = True
        self.success(result, end_time=end_time, cache_hit=cache_hit)

    def failure_handler(
        self, exception: Exception, traceback_exception: Any = None, start_time: Any = None, end_time: Any = None
    ) -> None:
        """Upstream's name for `failure`."""
        self.failure(exception, end_time=end_time)

    async def async_failure_handler(
        self, exception: Exception, traceback_exception: Any = None, start_time: Any = None, end_time: Any = None
    ) -> None:
        """Upstream's name for `failure` on an event loop."""
        self.is_async = True
        self.failure(exception, end_time=end_time)

    def begin_stream(self) -> None:
        """Notes that the first chunk has arrived."""
        self.model_call_details["completion_start_time"] = datetime.now()

    @property
    def completion_start_time(self) -> datetime | None:
        """When the first chunk of a stream arrived; else when the call ended. None before that."""
        known: datetime | None = self.model_call_details["completion_start_time"]
        return known

    def payload(self) -> dict[str, Any] | None:
        """The standard logging payload; None before the outcome is known."""
        found: dict[str, Any] | None = self.model_call_details.get("standard_logging_object")
        return found

    def _dispatch(self, outcome: str, response: Any, end: datetime, error: Exception | None) -> None:
        """Has the callbacks of `outcome` told on their worker, off the caller's path."""
        if self.no_log:
            return
        functions: Iterable[Any] = self.callbacks.success if outcome == "success" else self.callbacks.failure
        if self.is_async:
            GLOBAL_LOGGING_WORKER.submit_async(self._tell_async, outcome, functions, response, end, error)
        else:
            GLOBAL_LOGGING_WORKER.submit(self._tell_sync, outcome, functions, response, end, error)

    def _prepare(self, outcome: str, response: Any, end: datetime, error: Exception | None) -> None:
        details = self.model_call_details
        if outcome == "success":
            details["response_cost"] = self.cost_of(response)
            details["cost_breakdown"] = self.breakdown_of(response)
        details["standard_logging_object"] = withheld(build_payload(self, outcome, response, end, error))

    def _tell_sync(
        self, outcome: str, functions: Iterable[Any], response: Any, end: datetime, error: Exception | None
    ) -> None:
        self._prepare(outcome, response, end, error)
        for callback in self.callbacks.loggers if outcome == "success" else ():
            if hook := overridden(callback, "logging_hook"):
                try:
                    changed = hook(**self._given_to_hook(response))
                    self.model_call_details, response = changed
                except Exception:  # noqa: BLE001 - the callback boundary
                    GLOBAL_LOGGING_WORKER._failure(hook)
        view = _Views(self.model_call_details, response, hidden=self.redacts)
        for callback in self.callbacks.loggers:
            method = callback.log_success_event if outcome == "success" else callback.log_failure_event
            self._tell(method, *view.of(callback), self.start_time, end)
        for function in functions:
            if not inspect.iscoroutinefunction(function):
                self._tell(function, *view.of(function), self.start_time, end)

    async def _tell_async(
        self, outcome: str, functions: Iterable[Any], response: Any, end: datetime, error: Exception | None
    ) -> None:
        self._prepare(outcome, response, end, error)
        if outcome == "success":
            response = await self._changed_by_hooks(response)
        view = _Views(self.model_call_details, response, hidden=self.redacts)
        for callback in self.callbacks.loggers:
            method = callback.async_log_success_event if outcome == "success" else callback.async_log_failure_event
            try:
                await method(*view.of(callback), self.start_time, end)
            except Exception:  # noqa: BLE001 - the callback boundary
                GLOBAL_LOGGING_WORKER._failure(method)
        for function in functions:
            try:
                result = function(*view.of(function), self.start_time, end)
                if inspect.isawaitable(result):
                    await result
            except Exception:  # noqa: BLE001 - the callback boundary
                GLOBAL_LOGGING_WORKER._failure(function)
        if error is not None:
            await self._tell_of_group(error)

    def _given_to_hook(self, response: Any) -> dict[str, Any]:
        """What hooks of the log get: nothing of what was said where no callback may see it."""
        details, shown = _Views(self.model_call_details, response, hidden=self.redacts).of(None)
        return {"kwargs": details, "result": shown, "call_type": self.call_type}

    async def _changed_by_hooks(self, response: Any) -> Any:
        """What is logged, once each `async_logging_hook` has changed it; one that fails changes nothing."""
        for callback in self.callbacks.loggers:
            if hook := overridden(callback, "async_logging_hook"):
                try:
                    changed = await hook(**self._given_to_hook(response))
                    self.model_call_details, response = changed
                except Exception:  # noqa: BLE001 - the callback boundary
                    GLOBAL_LOGGING_WORKER._failure(hook)
        return response

    async def _tell_of_group(self, error: Exception) -> None:
        """Tells of a model group that is used up: its only deployment failed."""
        params = self.model_call_details["litellm_params"]
        metadata = params.get("metadata") or params.get("litellm_metadata") or {}
        if metadata.get("model_group_size") != 1:
            return
        given = {"exception": error, "original_model_group": metadata.get("model_group")}
        view = _Views(self.model_call_details, None, hidden=self.redacts)
        for callback in self.callbacks.loggers:
            if hook := overridden(callback, "log_model_group_rate_limit_error"):
                try:
                    await hook(**given, kwargs=view.of(callback)[0])
                except Exception:  # noqa: BLE001 - the callback boundary
                    GLOBAL_LOGGING_WORKER._failure(hook)

    def _tell(self, function: Callable[..., Any], *args: Any) -> None:
        try:
            function(*args)
        except Exception:  # noqa: BLE001 - the callback boundary
            GLOBAL_LOGGING_WORKER._failure(function)


class _Views:
    """The record and the response as each callback may see them."""

    __slots__ = ("_hidden", "_redacted", "_whole")

    def __init__(self, details: dict[str, Any], response: Any, *, hidden: bool) -> None:
        self._whole = (details, response)
        self._hidden = hidden
        self._redacted: tuple[dict[str, Any], Any] | None = None

    def of(self, callback: Any) -> tuple[dict[str, Any], Any]:
        """What `callback` may see."""
        if not self._hidden and not redacted_for(callback):
            return self._whole
        if self._redacted is None:
            details, response = self._whole
            self._redacted = (redacted_details(details), redacted_response(response))
        return self._redacted


def _no_cost(response: Any) -> float | None:
    return None


def _no_breakdown(response: Any) -> dict[str, float] | None:
    return None
