"""What was said before a response, for providers that keep no responses themselves: `previous_response_id`.

The newest `litellm.responses_session_limit` conversations are kept in this process. A follow-up to one that is gone,
or was made elsewhere, goes without its history.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable
from typing import Any

import litellm

_lock = threading.Lock()
_kept: OrderedDict[str, list[dict[str, Any]]] = OrderedDict()


def remember(response_id: str, messages: Iterable[dict[str, Any]], answer: dict[str, Any]) -> None:
    """Keeps the conversation that ended in the response of this id."""
    conversation = [message for message in messages if message.get("role") != "system"]
    conversation.append(answer)
    with _lock:
        _kept[response_id] = conversation
        _kept.move_to_end(response_id)
        while len(_kept) > max(litellm.responses_session_limit, 0):
            _kept.popitem(last=False)


def messages_of(response_id: str) -> list[dict[str, Any]]:
    """The conversation up to and with the response of this id; empty when it is not known."""
    with _lock:
        return list(_kept.get(response_id, ()))
