"""How a plain reply becomes upstream's response object: learnt from objects that upstream made.

Replies of one `shape` (the same keys, the same kinds of values) differ only in the values of a few places. A template
is upstream's object for one reply of the shape, and knows those places; it is used only if rebuilding that reply gives
the same object again. A shape is None for replies with more in them (tool calls, audio, reasoning, log
probabilities): upstream's own code reads those.
"""

from __future__ import annotations

from typing import Any, Final

_TOP: Final = frozenset({"id", "object", "created", "model", "choices", "usage", "service_tier", "system_fingerprint"})
_CHOICE: Final = frozenset({"index", "message", "finish_reason", "logprobs"})
_TOTALS: Final = ("prompt_tokens", "completion_tokens", "total_tokens")
_DETAILS: Final = ("prompt_tokens_details", "completion_tokens_details")
_SLOTS: Final = ("__dict__", "__pydantic_extra__", "__pydantic_private__", "__pydantic_fields_set__")
_set: Final = object.__setattr__


def shape_of(body: Any) -> tuple[object, ...] | None:
    """What replies like `body` (parsed JSON) have in common; None when it is not plain."""
    try:
        if type(body) is not dict or not _TOP.issuperset(body):
            return None
        if type(body["id"]) is not str or type(body["created"]) is not int or type(body["model"]) is not str:
            return None
        choices, usage = body["choices"], body["usage"]
        fingerprint = body.get("system_fingerprint")
        if fingerprint is not None and type(fingerprint) is not str:
            return None
        parts = [tuple(body), body["object"], body.get("service_tier"), fingerprint is None]
        for choice in choices:
            part = _choice_shape(choice)
            if part is None:
                return None
            parts.append(part)
        used = usage_shape(usage)
        return None if used is None or not choices else (*parts, used)
    except (KeyError, TypeError):
        return None


def _choice_shape(choice: dict[str, Any]) -> tuple[object, ...] | None:
    message, reason = choice["message"], choice["finish_reason"]
    if not _CHOICE.issuperset(choice) or choice.get("logprobs") is not None or type(reason) is not str:
        return None
    parts: list[object] = [tuple(choice), choice["index"], reason]
    for name, value in message.items():
        if name == "content":
            if type(value) is not str or "<" in value[:16] or not value:
                return None
        elif name == "role":
            parts.append(value)
        elif value is not None and value != []:
            return None
        parts.append((name, value is None))
    return tuple(parts) if "content" in message else None


def usage_shape(usage: dict[str, Any]) -> tuple[object, ...] | None:
    """What counts of tokens like `usage` have in common; None for a kind that upstream has to read."""
    parts: list[object] = []
    for name, value in usage.items():
        if name in _DETAILS and type(value) is dict:
            for detail, amount in value.items():
                if amount is not None and type(amount) is not int:
                    return None
                parts.append((detail, amount if not amount else "some"))
        elif name in _TOTALS:
            if type(value) is not int:
                return None
        elif value is not None or name not in _DETAILS:
            return None
        parts.append((name, value is None))
    return tuple(parts)


def _clone(model: Any, values: dict[str, Any], private: dict[str, Any] | None, extra: dict[str, Any] | None) -> Any:
    new = object.__new__(type(model))
    _set(new, "__dict__", values)
    _set(new, "__pydantic_extra__", extra)
    _set(new, "__pydantic_fields_set__", model.__pydantic_fields_set__.copy())
    _set(new, "__pydantic_private__", private)
    return new


def copied(model: Any, changes: dict[str, Any]) -> Any:
    """A new model like `model` with `changes` to its fields; its own containers are copied."""
    values = {name: _fresh(value) for name, value in model.__dict__.items()}
    private, extra = model.__pydantic_private__, model.__pydantic_extra__
    extra = extra if extra is None else extra.copy()
    for name, value in changes.items():
        (extra if extra and name in extra else values)[name] = value
    return _clone(model, values, private and private.copy(), extra)


def _fresh(value: Any) -> Any:
    kind = type(value)
    return value.copy() if kind is dict or kind is list else value


def usage_in(model: Any) -> Any:
    """The usage that a response or a chunk of upstream's tells. Raises KeyError without one."""
    extra = model.__pydantic_extra__
    return extra["usage"] if extra and "usage" in extra else model.__dict__["usage"]


class UsageTemplate:
    """Upstream's object for one reply's usage, from which those for others of the same shape are made."""

    def __init__(self, usage: Any) -> None:
        self._usage = usage
        self._details = [name for name in _DETAILS if usage.__dict__.get(name) is not None]

    def build(self, usage: dict[str, Any]) -> Any:
        """The object of the usage in a reply's JSON. Raises KeyError for one of another shape."""
        changes = {name: usage[name] for name in _TOTALS}
        cached: int | None = None
        for name in self._details:
            given = usage[name]
            old = self._usage.__dict__[name]
            known = old.__dict__
            changes[name] = copied(old, {key: value for key, value in given.items() if key in known})
            cached = given.get("cached_tokens", cached)
        new = copied(self._usage, changes)
        private = new.__pydantic_private__
        if cached and private and "_cache_read_input_tokens" in private:
            private["_cache_read_input_tokens"] = cached
        return new


class Template:
    """Upstream's object for one reply, from which those for others of the same shape are made."""

    def __init__(self, response: Any) -> None:
        self._response = response
        self._top: dict[str, Any] = response.__dict__
        self._extra: dict[str, Any] = response.__pydantic_extra__
        self._usage = UsageTemplate(usage_in(response))

    def build(self, body: dict[str, Any], private: dict[str, Any], response_ms: float) -> Any:
        """The response object of `body`, with the private attributes `private`."""
        model = self._response
        values = self._top.copy()
        values["id"], values["created"], values["model"] = body["id"], body["created"], body["model"]
        values["system_fingerprint"] = body.get("system_fingerprint")
        values["choices"] = [
            copied(old, {"message": copied(old.message, {"content": choice["message"]["content"]})})
            for old, choice in zip(values["choices"], body["choices"], strict=True)
        ]
        if "_response_ms" in values:
            values["_response_ms"] = response_ms
        extra = self._extra and self._extra.copy()
        (values if extra is None or "usage" not in extra else extra)["usage"] = self._usage.build(body["usage"])
        return _clone(model, values, private, extra)


def same(mine: Any, theirs: Any) -> bool:
    """Whether two values are equal in type, value, order and, for models, in everything that pydantic keeps."""
    kind = type(mine)
    if kind is not type(theirs):
        return False
    if kind is dict:
        return list(mine) == list(theirs) and all(same(value, theirs[key]) for key, value in mine.items())
    if kind is list or kind is tuple:
        return len(mine) == len(theirs) and all(map(same, mine, theirs))
    if hasattr(kind, "__pydantic_fields__"):
        return all(same(getattr(mine, slot), getattr(theirs, slot)) for slot in _SLOTS)
    return bool(mine == theirs)
