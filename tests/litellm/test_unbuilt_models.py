"""Responses whose classes pydantic has not built yet are dumped all the same, also by pydantic before 2.13."""

from __future__ import annotations

import pytest
from litellm.types.openai_object import OpenAIObject
from pydantic import BaseModel


class Part(OpenAIObject):
    """Never built: pydantic defers it, and nothing validates it."""

    def __init__(self) -> None:
        self._fill({}, {"said": "hi"})


class Whole(OpenAIObject):
    """A response with parts among its extra fields."""

    def __init__(self) -> None:
        self._fill({}, {"parts": [Part()], "named": {"one": Part()}})


@pytest.mark.parametrize("method", ["model_dump", "model_dump_json"])
def test_parts_are_built_when_pydantic_cannot_dump_them(monkeypatch: pytest.MonkeyPatch, method: str) -> None:
    dump = getattr(BaseModel, method)

    def old(self: BaseModel, **kwargs: object) -> object:
        if not Part.__pydantic_complete__:
            raise TypeError("'MockValSer' object cannot be converted to 'SchemaSerializer'")
        return dump(self, **kwargs)

    monkeypatch.setattr(BaseModel, method, old)
    monkeypatch.setattr(Part, "__pydantic_complete__", False)
    dumped = getattr(Whole(), method)()
    assert "hi" in str(dumped)
    assert Part.__pydantic_complete__


def test_other_type_errors_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = Whole()
    whole.model_dump()
    with pytest.raises(TypeError):
        whole.model_dump(no_such_argument=True)
