"""Which callbacks leave a call to the native front: those that only hear of its end."""

from __future__ import annotations

from typing import Any

import litellm
import pytest
from litellm.integrations.custom_logger import CustomLogger
from litellm.proxy.native.hearing import hear_of_ends_only


class Hears(CustomLogger):
    """Is told how calls ended."""

    async def async_log_success_event(self, kwargs: Any, response_obj: Any, start_time: Any, end_time: Any) -> None:
        """Hear of it."""

    def log_failure_event(self, kwargs: Any, response_obj: Any, start_time: Any, end_time: Any) -> None:
        """Hear of it."""


def hook(name: str) -> CustomLogger:
    """A callback that overrides one hook."""
    return type("Overrides", (Hears,), {name: lambda *args, **kwargs: None})()


def function(*args: Any) -> None:
    """A callback that is no object."""


@pytest.mark.parametrize(
    ("name", "callbacks", "heard"),
    [
        ("callbacks", [], True),
        ("callbacks", [Hears()], True),
        ("success_callback", [Hears(), function, "not-a-name"], True),
        ("failure_callback", [hook("async_post_call_failure_hook")], True),
        ("callbacks", [hook("async_logging_hook")], True),
        ("callbacks", [function], False),
        ("input_callback", [function], False),
        ("callbacks", [Hears(), hook("async_pre_call_hook")], False),
        ("success_callback", [hook("async_filter_deployments")], False),
        ("callbacks", [hook("log_pre_api_call")], False),
        ("callbacks", [hook("async_post_call_streaming_iterator_hook")], False),
        ("callbacks", [hook("async_post_call_success_hook")], False),
        ("callbacks", [hook("async_moderation_hook")], False),
        ("callbacks", [hook("async_post_call_response_headers_hook")], False),
    ],
)
def test_a_callback_with_a_say_keeps_calls_in_python(
    monkeypatch: pytest.MonkeyPatch, name: str, callbacks: list[Any], heard: bool
) -> None:
    monkeypatch.setattr(litellm, name, callbacks)
    assert hear_of_ends_only() is heard
