"""Which callbacks only hear of calls that have ended, so that they may be told of the native front's."""

from __future__ import annotations

import litellm
from litellm.integrations.custom_logger import CustomLogger
from litellm.litellm_core_utils.callback_registry import registered, resolve
from litellm.litellm_core_utils.overridden import Overrides

_HEARING = frozenset({
    "log_success_event", "async_log_success_event", "log_failure_event", "async_log_failure_event", "log_stream_event",
    "async_log_stream_event", "log_post_api_call", "logging_hook", "async_logging_hook", "log_event",
    "async_log_event", "log_input_event", "async_log_input_event", "async_log_audit_log_event",
    "log_model_group_rate_limit_error", "async_dataset_hook", "async_filter_listed_models",
    "async_post_call_failure_hook", "async_post_mcp_tool_call_hook",
})  # fmt: skip
"""Methods of `CustomLogger` that are not asked while a chat completion is answered."""
_ASKED = sorted(name for name in vars(CustomLogger) if not name.startswith("_") and name not in _HEARING)
_deciding = Overrides(lambda: [resolve(callback) for callback in registered()], _ASKED)


def hear_of_ends_only() -> bool:
    """Whether no registered callback is told of, or asked about, a call before it has ended."""
    if litellm.input_callback:
        return False
    made = [resolve(callback) for callback in litellm.callbacks or ()]
    before = any(callable(one) and not hasattr(one, "log_success_event") for one in made)  # functions hear of inputs
    return not before and not _deciding.all()
