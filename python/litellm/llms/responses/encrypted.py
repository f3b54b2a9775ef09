"""Encrypted reasoning that remembers which deployment made it, in upstream's forms.

Only the account that encrypted a piece of reasoning can read it, so a response through the router says in each such
item who that was: `encitem_<base64>` as its id, `litellm_enc:<base64>;<content>` as its content.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping
from typing import Any

ITEM_PREFIX = "encitem_"
CONTENT_PREFIX = "litellm_enc:"
_MODEL = "model_id:"


def wrap_content(content: str, model_id: str) -> str:
    """Encrypted content with the deployment that made it."""
    return f"{CONTENT_PREFIX}{_encode(_MODEL + model_id)};{content}"


def unwrap_content(content: str) -> tuple[str | None, str]:
    """(the deployment, the content itself); (None, `content`) when it names none."""
    if not content.startswith(CONTENT_PREFIX):
        return None, content
    mark, separator, original = content[len(CONTENT_PREFIX) :].partition(";")
    text = _decode(mark)
    if not separator or text is None or not text.startswith(_MODEL):
        return None, content
    return text[len(_MODEL) :] or None, original


def encode_item_id(item_id: str, model_id: str) -> str:
    """An item's id with the deployment that made it."""
    return ITEM_PREFIX + _encode(f"litellm:{_MODEL}{model_id};item_id:{item_id}")


def decode_item_id(item_id: str) -> tuple[str | None, str]:
    """(the deployment, the id itself); (None, `item_id`) when it names none."""
    text = _decode(item_id[len(ITEM_PREFIX) :]) if item_id.startswith(ITEM_PREFIX) else None
    if text is None or not text.startswith("litellm:" + _MODEL):
        return None, item_id
    model_id, separator, original = text[len("litellm:" + _MODEL) :].partition(";item_id:")
    return (model_id or None, original) if separator else (None, item_id)


def origin_of(item: Any) -> str | None:
    """The deployment that made an input item, or None when it does not say."""
    if not isinstance(item, Mapping):
        return None
    item_id, content = item.get("id"), item.get("encrypted_content")
    if isinstance(item_id, str) and (model_id := decode_item_id(item_id)[0]):
        return model_id
    return unwrap_content(content)[0] if isinstance(content, str) else None


def mark_item(item: Any, model_id: str) -> None:
    """Note in an output item, a dict or an object, which deployment encrypted it."""
    get: Callable[[str], Any]
    put: Callable[[str, Any], None]
    if isinstance(item, dict):
        get, put = item.get, item.__setitem__
    else:
        get, put = lambda name: getattr(item, name, None), lambda name, value: setattr(item, name, value)
    content, item_id = get("encrypted_content"), get("id")
    if not isinstance(content, str) or not content or content.startswith(CONTENT_PREFIX):
        return
    put("encrypted_content", wrap_content(content, model_id))
    if isinstance(item_id, str) and item_id:
        put("id", encode_item_id(item_id, model_id))


def restored(items: list[Any], readable: Callable[[str | None], bool]) -> list[Any]:
    """Input items as their deployment sent them.

    Encrypted reasoning that `readable(deployment)` denies is left out; what it says in plain text stays.
    """
    kept = []
    for item in items:
        if not isinstance(item, Mapping):
            kept.append(item)
            continue
        plain, origin = dict(item), origin_of(item)
        if isinstance(plain.get("id"), str):
            plain["id"] = decode_item_id(plain["id"])[1]
        if isinstance(plain.get("encrypted_content"), str):
            plain["encrypted_content"] = unwrap_content(plain["encrypted_content"])[1]
            if origin is not None and not readable(origin):
                del plain["encrypted_content"]
                plain.pop("id", None)
                if not plain.get("summary"):
                    continue
        kept.append(plain)
    return kept


def _encode(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def _decode(text: str) -> str | None:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), validate=True).decode()
    except (binascii.Error, ValueError):
        return None
