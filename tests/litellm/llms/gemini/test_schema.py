"""JSON schemas in the subset that Gemini takes."""

from __future__ import annotations

from typing import Any

from hypothesis import given, strategies as st
from litellm.llms.gemini.schema import function_schema

KEPT = {
    "type", "title", "description", "nullable", "format", "minItems", "maxItems", "minProperties", "maxProperties",
    "minLength", "maxLength", "pattern", "minimum", "maximum", "required", "propertyOrdering", "example", "properties",
    "items", "anyOf", "enum",
}  # fmt: skip
_KEYWORDS = st.sampled_from(
    [
        "additionalProperties",
        "default",
        "$schema",
        "title",
        "format",
        "minLength",
        "exclusiveMinimum",
        "strict",
        "const",
    ]
)
_LEAVES = st.one_of(
    st.builds(dict),
    st.sampled_from(["string", "integer", "number", "boolean", "null", "object", "array"]).map(
        lambda kind: {"type": kind}
    ),
    st.just({"enum": ["a", "", "b"]}),
    st.just({"type": ["string", "null"]}),
    st.just({"$ref": "#/$defs/Node"}),
)


def _nest(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(
        st.dictionaries(st.sampled_from(["a", "title", "default"]), inner, max_size=3).map(
            lambda properties: {"type": "object", "properties": properties}
        ),
        inner.map(lambda items: {"type": "array", "items": items}),
        st.lists(inner, min_size=1, max_size=3).map(lambda kinds: {"anyOf": kinds}),
        st.lists(inner, min_size=1, max_size=2).map(lambda kinds: {"oneOf": kinds, "description": "d"}),
        st.tuples(inner, _KEYWORDS).map(lambda pair: {**pair[0], pair[1]: 1}),
    )


SCHEMAS = st.recursive(_LEAVES, _nest, max_leaves=12)


def schemas_in(schema: dict[str, Any]) -> list[dict[str, Any]]:
    found = [schema]
    for inner in schema.get("properties", {}).values():
        found += schemas_in(inner)
    for inner in schema.get("anyOf", ()):
        found += schemas_in(inner)
    if "items" in schema:
        found += schemas_in(schema["items"])
    return found


@given(SCHEMAS)
def test_only_what_gemini_knows_is_left(schema: dict[str, Any]) -> None:
    node = {"type": "object", "properties": {"next": {"$ref": "#/$defs/Node"}, "value": {"type": "string"}}}
    for found in schemas_in(function_schema({**schema, "$defs": {"Node": node}})):
        assert set(found) <= KEPT
        assert "anyOf" in found or "type" in found
        assert found.get("type") != "array" or "items" in found
        assert all(isinstance(value, str) and value for value in found.get("enum", ()))


@given(SCHEMAS)
def test_cleaning_twice_changes_nothing(schema: dict[str, Any]) -> None:
    once = function_schema(schema)
    assert function_schema(once) == once


def test_what_it_has_no_word_for_is_said_otherwise() -> None:
    made = function_schema(
        {
            "type": "object",
            "properties": {
                "kind": {"const": "x"},
                "maybe": {"anyOf": [{"type": "string"}, {"type": "null"}], "description": "d"},
                "either": {"oneOf": [{"type": "string"}, {"type": "integer"}]},
                "all": {"allOf": [{"properties": {"a": {"type": "string"}}}, {"required": ["a"]}]},
                "uri": {"type": "string", "format": "uri"},
            },
        }
    )["properties"]
    assert made["kind"] == {"type": "string", "enum": ["x"]}
    assert made["maybe"] == {"anyOf": [{"description": "d", "type": "string", "nullable": True}]}
    assert made["either"] == {"anyOf": [{"type": "string"}, {"type": "integer"}]}
    assert made["all"] == {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]}
    assert made["uri"] == {"type": "string"}
