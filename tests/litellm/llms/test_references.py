"""JSON schemas without references."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given, strategies as st
from litellm.llms.references import inline_references

NAMES = ("A", "B", "C")
LEAVES = st.sampled_from([{"type": "string"}, {"type": "integer", "minimum": 0}, {"enum": ["x", None]}])


def schemas(known: tuple[str, ...]) -> st.SearchStrategy[Any]:
    """Schemas that refer to `known` only."""
    references = st.sampled_from([{"$ref": f"#/$defs/{name}"} for name in known]) if known else LEAVES
    return st.recursive(
        LEAVES | references,
        lambda inner: (
            st.builds(lambda items: {"type": "array", "items": items}, inner)
            | st.builds(lambda some: {"anyOf": some}, st.lists(inner, min_size=1, max_size=3))
            | st.builds(
                lambda some: {"type": "object", "properties": some}, st.dictionaries(st.sampled_from("pqr"), inner)
            )
        ),
        max_leaves=6,
    )


@given(st.tuples(schemas(()), schemas(("A",)), schemas(("A", "B"))), schemas(NAMES))
def test_no_reference_is_left_and_nothing_else_is_changed(defined: tuple[Any, ...], schema: dict[str, Any]) -> None:
    definitions = dict(zip(NAMES, defined, strict=True))
    made = inline_references({**schema, "$defs": definitions})
    assert "$ref" not in json.dumps(made)
    assert "$defs" not in made

    def resolved(part: Any) -> Any:
        if isinstance(part, list):
            return [resolved(item) for item in part]
        if isinstance(part, dict):
            if "$ref" in part:
                return resolved(definitions[part["$ref"].rsplit("/", 1)[-1]])
            return {name: resolved(value) for name, value in part.items()}
        return part

    assert made == resolved(schema)


def test_what_leads_back_to_itself_stays() -> None:
    tree = {"type": "object", "properties": {"next": {"$ref": "#/$defs/Tree"}}}
    made = inline_references({"$ref": "#/$defs/Tree", "$defs": {"Tree": tree}})
    assert made == {**tree, "$defs": {"Tree": tree}}
