"""No path leaves its target, and what does not try to is sent as it came."""

from __future__ import annotations

from urllib.parse import quote, urlsplit

import pytest
from hypothesis import given, strategies as st
from litellm.proxy.errors import InvalidRequestError
from litellm.proxy.pass_through_endpoints.target import address, below, model_in, query_of, with_model

BASE = "https://api.example.com/v1"


@pytest.mark.parametrize(
    "path",
    [
        "/openai/../admin", "/openai/a/../../b", "/openai/%2e%2e/admin", "/openai/%2E%2E%2fadmin", "/openai/a/..%2f..",
        "/openai/%252e%252e/x", "/openai/..;/x", "/openai/.", "/openai/a\\b", "/openai/a%5c..%5cb", "/openai/a%0d%0ab",
        "/openai/a%00", "/openai/a b", "/openai/a#b", "/openaix/y", "/%6fpenai/x", "/openai/" + "a" * 9000,
    ],
)  # fmt: skip
def test_a_path_that_could_lead_elsewhere_is_refused(path: str) -> None:
    with pytest.raises(InvalidRequestError):
        below(path, "/openai")


@pytest.mark.parametrize(
    ("path", "rest"),
    [
        ("/openai/v1/chat/completions", "v1/chat/completions"),
        ("/openai//evil.com/x", "evil.com/x"),
        ("/openai/@evil.com/", "@evil.com/"),
        ("/openai/model/arn%3Aaws%3Abedrock%2Fx/invoke", "model/arn%3Aaws%3Abedrock%2Fx/invoke"),
        ("/openai/a%20b/c%3Fd", "a%20b/c%3Fd"),
        ("/openai/http://evil.com", "http://evil.com"),
        ("/openai", ""),
    ],
)
def test_what_follows_the_route_is_kept_as_it_was_sent(path: str, rest: str) -> None:
    assert below(path, "/openai") == rest
    made = urlsplit(address(BASE, rest))
    assert (made.scheme, made.netloc) == ("https", "api.example.com")


@given(st.text(max_size=60))
def test_every_path_stays_on_its_host_or_is_refused(text: str) -> None:
    for path in (f"/openai/{text}", f"/openai/{quote(text)}", f"/openai/{quote(quote(text))}"):
        try:
            made = urlsplit(address(BASE, below(path, "/openai")))
        except InvalidRequestError:
            continue
        assert (made.scheme, made.netloc) == ("https", "api.example.com")
        assert ".." not in made.path.split("/")


def test_a_version_is_there_once() -> None:
    assert address("https://a.com/v1", "v1/x") == "https://a.com/v1/x"
    assert address("https://a.com/v1", "x") == "https://a.com/v1/x"
    assert address("https://a.com", "chat", version="v1") == "https://a.com/v1/chat"
    assert address("https://a.com/v1", "chat", version="v1") == "https://a.com/v1/chat"
    assert address("https://a.com/api/v1/", "v1/x", "q=%20") == "https://a.com/api/v1/x?q=%20"


def test_queries_keep_their_bytes() -> None:
    assert query_of("a=%20b&key=sk&c=1&k%65y=2&c=2", ("key",)) == "a=%20b&c=1&c=2"
    assert query_of("", (), (("version", "1"),)) == "version=1"
    assert query_of("version=2", (), (("version", "1"),)) == "version=2"


@pytest.mark.parametrize(
    ("rest", "model", "changed"),
    [
        ("v1beta/models/gemini-pro:generateContent", "gemini-pro", "v1beta/models/M:generateContent"),
        ("v1/publishers/google/models/g:rawPredict", "g", "v1/publishers/google/models/M:rawPredict"),
        ("model/arn%3Aaws%3Ax%2Fy/converse-stream", "arn:aws:x/y", "model/M/converse-stream"),
        ("openai/deployments/gpt/chat/completions", "gpt", "openai/deployments/M/chat/completions"),
        ("v1/files", None, "v1/files"),
    ],
)  # fmt: skip
def test_the_model_in_a_path(rest: str, model: str | None, changed: str) -> None:
    assert model_in(rest) == model
    assert with_model(rest, "M") == changed
