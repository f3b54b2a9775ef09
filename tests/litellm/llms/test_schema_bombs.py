"""A small JSON schema that is endless once it is written out is refused, and not written out."""

from __future__ import annotations

from typing import Any

import litellm
import pytest

DEEP = 40
AWS = {"aws_access_key_id": "a", "aws_secret_access_key": "b", "aws_region_name": "us-east-1"}


def doubling(wrap: str) -> dict[str, Any]:
    """Each definition names the next twice."""

    def part(name: str) -> dict[str, Any]:
        twice = [{"$ref": f"#/$defs/{name}"}] * 2
        if wrap == "properties":
            return {"type": "object", "properties": dict(zip("xy", twice, strict=True))}
        return {wrap: twice}

    names = {f"a{depth}": part(f"a{depth + 1}") for depth in range(DEEP)}
    return {"type": "object", "properties": {"r": {"$ref": "#/$defs/a0"}}, "$defs": names | {f"a{DEEP}": {}}}


def kinds() -> dict[str, Any]:
    """Each object may be of a thousand types, and so may each within it."""
    schema: dict[str, Any] = {"type": "string"}
    for _ in range(10):
        schema = {"type": ["object"] * 1000, "properties": {"x": schema}}
    return {"type": "object", "properties": {"r": schema}}


def asked(model: str, **params: Any) -> None:
    there: dict[str, Any] = {"api_base": "http://127.0.0.1:9", "api_key": "x", "num_retries": 0}
    litellm.completion(model, [{"role": "user", "content": "x"}], **there, **AWS, **params)


def tool(schema: dict[str, Any]) -> dict[str, Any]:
    return {"tools": [{"type": "function", "function": {"name": "f", "parameters": schema}}]}


def answer(schema: dict[str, Any]) -> dict[str, Any]:
    return {"response_format": {"type": "json_schema", "json_schema": {"name": "n", "schema": schema}}}


@pytest.mark.parametrize("wrap", ["properties", "anyOf", "allOf"])
@pytest.mark.parametrize(
    ("model", "params"),
    [
        ("anthropic/claude-sonnet-4-5", answer), ("gemini/gemini-2.5-pro", tool), ("gemini/gemini-1.5-pro", answer),
        ("bedrock/converse/us.amazon.nova-pro-v1:0", tool), ("bedrock/converse/us.amazon.nova-pro-v1:0", answer),
    ],
)  # fmt: skip
def test_references_are_not_written_out_without_end(model: str, params: Any, wrap: str) -> None:
    cut = wrap == "allOf" and "gemini" in model  # merged, and cut off where it is too deep
    with pytest.raises(litellm.APIConnectionError if cut else litellm.UnsupportedParamsError) as caught:
        asked(model, **params(doubling(wrap)))
    assert cut or "more than 20000 parts" in str(caught.value)


def test_alternatives_are_not_written_out_without_end() -> None:
    with pytest.raises(litellm.UnsupportedParamsError, match="more than 20000 parts"):
        asked("gemini/gemini-2.5-pro", **tool(kinds()))
