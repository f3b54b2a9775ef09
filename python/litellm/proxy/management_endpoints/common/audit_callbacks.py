"""The audit log for callbacks: `litellm_settings.audit_log_callbacks`, told of each change once it is committed."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from typing import Any

import litellm
from litellm.litellm_core_utils.callback_registry import resolve
from litellm.litellm_core_utils.overridden import Hook, overridden
from litellm.proxy.db.repository import Row
from litellm.proxy.state import GatewayState

log = logging.getLogger("litellm.proxy.audit")
_TEXTS = ("changed_by", "changed_by_api_key", "action", "table_name", "object_id")


def tell_of_changes(state: GatewayState, entries: list[Row]) -> None:
    """Tell every callback that listens, off the request's path."""
    for callback in litellm.audit_log_callbacks if entries else ():
        hook = overridden(resolve(callback), "async_log_audit_log_event")
        for entry in entries if hook is not None else ():
            state.keep(_told(hook, _payload(entry)))


def _payload(entry: Row) -> dict[str, Any]:
    """Upstream's `StandardAuditLogPayload`."""
    return {
        "id": entry["id"], "updated_at": entry["updated_at"].isoformat(),
        **{name: str(entry[name] or "") for name in _TEXTS},
        "before_value": _text(entry["before_value"]), "updated_values": _text(entry["updated_values"]),
    }  # fmt: skip


def _text(value: Mapping[str, Any] | None) -> str | None:
    return None if value is None else json.dumps(value, default=str)


async def _told(hook: Hook | None, payload: dict[str, Any]) -> None:
    try:
        if hook is not None:
            await hook(payload)
    except Exception:
        log.exception("async_log_audit_log_event failed")
