"""The base of every response: a pydantic model that is also read like a dict, and that is filled without validation.

Responses come from a provider by way of a wire format, which has already given them their shape; validating each
streamed chunk again would cost more than everything else done to it.
"""

from __future__ import annotations

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


def as_model(kind: type[BaseModel], value: Any) -> Any:
    """`value` as a `kind`: a dict is taken apart, anything else stays as it is."""
    return kind(**value) if isinstance(value, dict) else value
