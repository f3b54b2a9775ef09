"""The base class of callbacks: every hook, doing nothing. Subclass it and override those that matter.

Hooks named `log_*` are called for blocking calls, `async_log_*` for calls on an event loop; the rest are called by the
router and the proxy. The names and arguments are upstream's.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any


class CustomLogger:
    """A callback: pass an instance in `litellm.callbacks`."""

    def __init__(
        self,
        turn_off_message_logging: bool = False,
        message_logging: bool = True,
        **kwargs: Any,
    ) -> None:
        self.turn_off_message_logging = turn_off_message_logging
        self.message_logging = message_logging

    # The life of a call. `kwargs` is the record of the call, with `standard_logging_object` once its outcome is known.

    def log_pre_api_call(self, model: Any, messages: Any, kwargs: Any) -> None:
        """Before a request is sent."""

    async def async_log_pre_api_call(self, model: Any, messages: Any, kwargs: Any) -> None:
        """Before a request is sent."""

    def log_post_api_call(self, kwargs: Any, response_obj: Any, start_time: Any, end_time: Any) -> None:
        """After a reply came, before it is read."""

    def log_stream_event(self, kwargs: Any, response_obj: Any, start_time: Any, end_time: Any) -> None:
        """For each chunk of a stream."""

    async def async_log_stream_event(self, kwargs: Any, response_obj: Any, start_time: Any, end_time: Any) -> None:
        """For each chunk of a stream."""

    def log_success_event(self, kwargs: Any, response_obj: Any, start_time: Any, end_time: Any) -> None:
        """After a call succeeded; once for a stream, when it ended."""

    async def async_log_success_event(self, kwargs: Any, response_obj: Any, start_time: Any, end_time: Any) -> None:
        """After a call succeeded; once for a stream, when it ended."""

    def log_failure_event(self, kwargs: Any, response_obj: Any, start_time: Any, end_time: Any) -> None:
        """After a call failed."""

    async def async_log_failure_event(self, kwargs: Any, response_obj: Any, start_time: Any, end_time: Any) -> None:
        """After a call failed."""

    def log_input_event(self, model: Any, messages: Any, kwargs: Any, print_verbose: Any, callback_func: Any) -> None:
        """For an input callback."""

    async def async_log_input_event(
        self, model: Any, messages: Any, kwargs: Any, print_verbose: Any, callback_func: Any
    ) -> None:
        """For an input callback."""

    def log_event(
        self, kwargs: Any, response_obj: Any, start_time: Any, end_time: Any, print_verbose: Any, callback_func: Any
    ) -> None:
        """For any outcome."""

    async def async_log_event(
        self, kwargs: Any, response_obj: Any, start_time: Any, end_time: Any, print_verbose: Any, callback_func: Any
    ) -> None:
        """For any outcome."""

    def logging_hook(self, kwargs: dict[str, Any], result: Any, call_type: str) -> tuple[dict[str, Any], Any]:
        """Changes what is logged."""
        return kwargs, result

    async def async_logging_hook(
        self, kwargs: dict[str, Any], result: Any, call_type: str
    ) -> tuple[dict[str, Any], Any]:
        """Changes what is logged."""
        return kwargs, result

    async def async_log_audit_log_event(self, audit_log: Any) -> None:
        """For each entry of the proxy's audit log."""

    # Prompts.

    def get_chat_completion_prompt(
        self, model: str, messages: list[Any], non_default_params: dict[str, Any], *args: Any, **kwargs: Any
    ) -> tuple[str, list[Any], dict[str, Any]]:
        """Changes model, messages and parameters before a call."""
        return model, messages, non_default_params

    async def async_get_chat_completion_prompt(
        self, model: str, messages: list[Any], non_default_params: dict[str, Any], *args: Any, **kwargs: Any
    ) -> tuple[str, list[Any], dict[str, Any]]:
        """Changes model, messages and parameters before a call."""
        return model, messages, non_default_params

    async def async_pre_request_hook(self, model: str, messages: list[Any], kwargs: dict[str, Any]) -> Any:
        """Changes the arguments before a request is built; None leaves them."""
        return None

    # The router.

    async def async_pre_routing_hook(
        self,
        model: str,
        request_kwargs: dict[str, Any],
        messages: list[dict[str, Any]] | None = None,
        input: Any = None,
        specific_deployment: bool | None = False,
    ) -> Any:
        """Changes where a request is routed; None leaves it."""
        return None

    async def async_filter_deployments(
        self,
        model: str,
        healthy_deployments: list[Any],
        messages: list[Any] | None,
        request_kwargs: dict[str, Any] | None = None,
        parent_otel_span: Any = None,
    ) -> list[Any]:
        """The deployments to choose among."""
        return healthy_deployments

    async def async_pre_call_deployment_hook(self, kwargs: dict[str, Any], call_type: Any) -> dict[str, Any] | None:
        """Changes the arguments for the chosen deployment; None leaves them."""
        return None

    async def async_post_call_success_deployment_hook(
        self, request_data: dict[str, Any], response: Any, call_type: Any
    ) -> Any:
        """Changes a deployment's response; None leaves it."""
        return None

    async def async_post_call_streaming_deployment_hook(
        self, request_data: dict[str, Any], response_chunk: Any, call_type: Any
    ) -> Any:
        """Changes a deployment's chunk; None leaves it."""
        return None

    async def async_post_call_failure_deployment_hook(
        self, request_data: Any, exception: Exception, call_type: Any, fallback_depth: int | None = None
    ) -> None:
        """After a deployment failed."""

    def pre_call_check(self, deployment: dict[str, Any]) -> dict[str, Any] | None:
        """Refuses a deployment by raising."""
        return None

    async def async_pre_call_check(self, deployment: dict[str, Any], parent_otel_span: Any) -> dict[str, Any] | None:
        """Refuses a deployment by raising."""
        return None

    async def log_success_fallback_event(
        self, original_model_group: str, kwargs: dict[str, Any], original_exception: Exception
    ) -> None:
        """After a fallback succeeded."""

    async def log_failure_fallback_event(
        self, original_model_group: str, kwargs: dict[str, Any], original_exception: Exception
    ) -> None:
        """After a fallback failed."""

    async def log_model_group_rate_limit_error(
        self, exception: Exception, original_model_group: str | None, kwargs: dict[str, Any]
    ) -> None:
        """After every deployment of a group was rate limited."""

    # The proxy.

    async def async_pre_call_hook(
        self, user_api_key_dict: Any, cache: Any, data: dict[str, Any], call_type: str
    ) -> Any:
        """Before a request: returns a changed `data`, a text to answer with, or None; raises to refuse."""
        return None

    async def async_moderation_hook(self, data: dict[str, Any], user_api_key_dict: Any, call_type: str) -> Any:
        """Beside a request; raises to refuse."""
        return None

    async def async_post_call_success_hook(self, data: dict[str, Any], user_api_key_dict: Any, response: Any) -> Any:
        """Changes a response before it is sent; None leaves it."""
        return None

    async def async_post_call_failure_hook(
        self,
        request_data: dict[str, Any],
        original_exception: Exception,
        user_api_key_dict: Any,
        traceback_str: str | None = None,
    ) -> Any:
        """After a request failed; an exception that it returns is raised instead."""
        return None

    async def async_post_call_response_headers_hook(
        self,
        data: dict[str, Any],
        user_api_key_dict: Any,
        response: Any,
        request_headers: dict[str, str] | None = None,
        litellm_call_info: dict[str, Any] | None = None,
    ) -> dict[str, str] | None:
        """Headers to add to a response."""
        return None

    async def async_filter_listed_models(self, user_api_key_dict: Any, model_names: tuple[str, ...]) -> Any:
        """The names that a list of models shows."""
        return model_names

    async def async_post_call_streaming_hook(self, user_api_key_dict: Any, response: str) -> Any:
        """Changes a streamed text; None leaves it."""
        return None

    async def async_post_call_streaming_iterator_hook(
        self, user_api_key_dict: Any, response: Any, request_data: dict[str, Any]
    ) -> AsyncIterator[Any]:
        """Changes a stream."""
        async for chunk in response:
            yield chunk

    async def async_post_mcp_tool_call_hook(
        self, kwargs: Any, response_obj: Any, start_time: Any, end_time: Any
    ) -> Any:
        """After a tool of an MCP server was called."""
        return None

    async def async_dataset_hook(self, logged_item: Any, standard_logging_payload: Any) -> Any:
        """Changes an item before it goes to a data set."""
        return None

    # Adapters.

    def translate_completion_input_params(self, kwargs: Any) -> Any:
        """Another API's request as a chat completion's arguments."""
        return None

    def translate_completion_output_params(self, response: Any) -> Any:
        """A chat completion as another API's response."""
        return None

    def translate_completion_output_params_streaming(self, completion_stream: Any) -> Any:
        """A chat stream as another API's."""
        return None

    def handle_callback_failure(self, callback_name: str) -> None:
        """After another callback failed."""

    @staticmethod
    def get_callback_env_vars(callback_name: str | None = None) -> list[str]:
        """The environment variables that this callback reads."""
        return []
