"""The base of every response: a pydantic model that is also read like a dict, and that is filled without validation.

Responses come from a provider by way of a wire format, which has already given them their shape; validating each
streamed chunk again would cost more than everything else done to it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict

_set = object.__setattr__


class OpenAIObject(BaseModel):
    """A response or a part of one: attributes, items, `get` and `in`; unknown fields are kept."""

    model_config = ConfigDict(extra="allow", defer_build=True, protected_namespaces=())

    def _fill(self, fields: dict[str, Any], extra: dict[str, Any], private: dict[str, Any] | None = None) -> None:
        """Become a model with these declared and extra fields, unvalidated."""
        _set(self, "__dict__", fields)
        _set(self, "__pydantic_fields_set__", {*fields, *extra})
        _set(self, "__pydantic_extra__", extra)
        _set(self, "__pydantic_private__", private)

    if not TYPE_CHECKING:

        def model_dump(self, **kwargs: Any) -> dict[str, Any]:
            """The fields as plain data. Before pydantic 2.13, parts whose class was never built are built first."""
            try:
                return super().model_dump(**kwargs)
            except TypeError:
                if not _build_parts(self):
                    raise
                return super().model_dump(**kwargs)

        def model_dump_json(self, **kwargs: Any) -> str:
            """The fields as JSON, as `model_dump` finds them."""
            try:
                return super().model_dump_json(**kwargs)
            except TypeError:
                if not _build_parts(self):
                    raise
                return super().model_dump_json(**kwargs)

        def __getattr__(self, name: str) -> Any:
            """Extra and private fields, without the detours of pydantic's own way to them."""
            if name[:2] != "__":
                extra = self.__pydantic_extra__
                if extra is not None and name in extra:
                    return extra[name]
                private = self.__pydantic_private__
                if private is not None and name in private:
                    return private[name]
            return super().__getattr__(name)

    def __getitem__(self, key: str) -> Any:
        try:
            return getattr(self, key)
        except AttributeError:
            raise KeyError(key) from None

    def __setitem__(self, key: str, value: Any) -> None:
        setattr(self, key, value)

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str) and hasattr(self, key)

    def get(self, key: str, default: Any = None) -> Any:
        """The field `key`, or `default` when there is none."""
        return getattr(self, key, default)

    def json(self, **kwargs: Any) -> Any:
        """The fields as plain data, as `model_dump` gives them."""
        return self.model_dump(**kwargs)


def _build_parts(value: Any) -> bool:
    """Builds the classes of all models in `value` that are not built yet; whether there was any."""
    built = False
    parts: list[Any] = []
    if isinstance(value, BaseModel):
        built = not type(value).__pydantic_complete__ and bool(type(value).model_rebuild())
        parts = [value.__dict__, value.__pydantic_extra__]
    elif isinstance(value, dict):
        parts = list(value.values())
    elif isinstance(value, list | tuple):
        parts = list(value)
    for part in parts:
        built = _build_parts(part) or built
    return built


def field_of(value: Any, name: str) -> Any:
    """A field of an object or a mapping; None where there is none, which a pydantic model is slow to say itself."""
    if value is None:
        return None
    if type(value) is dict:
        return value.get(name)
    try:
        extra = value.__pydantic_extra__
    except AttributeError:  # no model
        return value.get(name) if isinstance(value, Mapping) else getattr(value, name, None)
    found = value.__dict__.get(name)
    return extra.get(name) if found is None and extra else found


def as_model(kind: type[BaseModel], value: Any) -> Any:
    """`value` as a `kind`: a dict is taken apart, anything else stays as it is."""
    return kind(**value) if isinstance(value, dict) else value
