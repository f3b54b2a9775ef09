"""Request bodies: whatever arrives is a checked body or a 400 that names a field."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from hypothesis import given, strategies as st
from litellm.proxy.errors import InvalidRequestError
from litellm.proxy.request_body import check_body, parse_body, refuse_control_fields

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
FIELDS = st.sampled_from(["model", "messages", "stream", "n", "max_tokens", "metadata", "stream_options", "api_base"])


@given(st.binary(max_size=60))
def test_any_bytes_are_an_object_or_a_400(raw: bytes) -> None:
    try:
        body = parse_body(raw)
    except InvalidRequestError as error:
        refused = error
    else:
        assert isinstance(body, dict)
        return
    assert (refused.status_code, refused.param) == (400, "request_body")


@given(st.dictionaries(FIELDS, JSON))
def test_any_object_is_checked_or_a_400_that_names_a_field(body: dict[str, Any]) -> None:
    try:
        check_body(parse_body(orjson.dumps(body)), {"messages": (list,)})
    except InvalidRequestError as error:
        refused = error
    else:
        assert isinstance(body["model"], str)
        assert all(isinstance(message, dict) for message in body["messages"])
        assert (body.get("n") or 1) >= 1
        return
    assert refused.status_code == 400
    assert refused.param in str(refused)


@pytest.mark.parametrize(
    "body",
    [
        {"fallbacks": [{"model": "m", "api_base": "http://elsewhere"}]},
        {"default_fallbacks": [{"model": "m", "iam_url": "http://elsewhere"}]},
        {"context_window_fallbacks": [{"a": ["m", {"model": "m", "api_base": "http://elsewhere"}]}]},
        {"content_policy_fallbacks": [{"a": [{"model": "m", "vertex_credentials": "/etc/passwd"}]}]},
        {"fallbacks": [{"model": "m", "fallbacks": [{"model": "m", "api_base": "http://elsewhere"}]}]},
        {"fallbacks": "m"},
        {"fallbacks": [{"a": ["m"]}]},
        {"context_window_fallbacks": ["m"]},
        {"content_policy_fallbacks": [{"a": "m"}]},
    ],
)
def test_fallbacks_lead_nowhere_else(body: dict[str, Any]) -> None:
    with pytest.raises(InvalidRequestError):
        refuse_control_fields(body, admin=True, client_credentials=False)
    refuse_control_fields({"fallbacks": ["m", {"model": "n", "temperature": 0}]}, admin=False, client_credentials=False)


@pytest.mark.parametrize(
    ("field", "admin", "credentials", "accepted"),
    [
        ("api_base", True, False, False),
        ("api_base", False, True, True),
        ("vertex_ai_credentials", False, False, False),
        ("iam_url", False, False, False),
        ("oci_key_file", False, False, False),
        ("oci_key_file", False, True, True),
        ("callbacks", True, True, False),
        ("mock_response", False, True, False),
        ("mock_response", True, False, True),
        ("mock_testing_fallbacks", False, False, False),
        ("temperature", False, False, True),
    ],
)
def test_who_may_set_what(field: str, admin: bool, credentials: bool, accepted: bool) -> None:
    try:
        refuse_control_fields({field: 1}, admin=admin, client_credentials=credentials)
    except InvalidRequestError as error:
        assert (accepted, error.param) == (False, field)  # noqa: PT017
    else:
        assert accepted


def test_deep_nesting_is_a_400() -> None:
    with pytest.raises(InvalidRequestError, match="JSON"):
        parse_body(b'{"a":' * 5000 + b"1" + b"}" * 5000)
