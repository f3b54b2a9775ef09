"""Logs as one JSON object a line, with the id of the request that they are about (`litellm_settings.json_logs`)."""

from __future__ import annotations

import contextvars
import datetime
import json
import logging

call_id: contextvars.ContextVar[str] = contextvars.ContextVar("call_id", default="")
"""The id of the request under way, as in its `x-litellm-call-id` header."""


class JsonFormatter(logging.Formatter):
    """`timestamp`, `level`, `logger`, `message`, and `request_id`, `stacktrace` where there is one."""

    def format(self, record: logging.LogRecord) -> str:
        """One line."""
        moment = datetime.datetime.fromtimestamp(record.created, datetime.timezone.utc)
        found = {
            "timestamp": moment.isoformat(timespec="milliseconds"), "level": record.levelname, "logger": record.name,
            "message": record.getMessage(),
        }  # fmt: skip
        if request_id := call_id.get():
            found["request_id"] = request_id
        if record.exc_info:
            found["stacktrace"] = self.formatException(record.exc_info)
        return json.dumps(found, ensure_ascii=False, default=str)


def use_json_logs() -> None:
    """Format everything that is logged from now on as JSON."""
    formatter = JsonFormatter()
    names = [
        None,
        *(name for name, found in logging.root.manager.loggerDict.items() if isinstance(found, logging.Logger)),
    ]
    for name in names:
        for handler in logging.getLogger(name).handlers:
            handler.setFormatter(formatter)
