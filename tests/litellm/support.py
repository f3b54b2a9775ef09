"""What tests of endpoints share: the provider's record, and a user's own callback."""

from __future__ import annotations

import json
import urllib.request
from typing import Any

from litellm.integrations.custom_logger import CustomLogger


def recorded(base: str) -> list[dict[str, Any]]:
    """What the provider was asked, oldest first."""
    with urllib.request.urlopen(f"{base}/_requests", timeout=5) as answer:
        records: list[dict[str, Any]] = json.load(answer)
    return records


def last(base: str) -> dict[str, Any]:
    """What the provider was asked last."""
    return recorded(base)[-1]


class Told(CustomLogger):
    """Keeps the standard payload of every call."""

    def __init__(self) -> None:
        super().__init__()
        self.payloads: list[dict[str, Any]] = []

    def log_success_event(self, kwargs: Any, response_obj: Any, start_time: Any, end_time: Any) -> None:
        self.payloads.append(kwargs["standard_logging_object"])
