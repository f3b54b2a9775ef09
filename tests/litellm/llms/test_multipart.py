"""Forms: what is written is what a parser reads."""

from __future__ import annotations

from email.parser import BytesParser
from email.policy import HTTP
from pathlib import Path

import pytest
from hypothesis import given, strategies as st
from litellm.llms.multipart import NamedFile, encode, form_fields, named_file

names = st.text(st.characters(codec="ascii", categories=["L", "N"]), min_size=1, max_size=8)
values = st.text(st.characters(codec="utf-8", exclude_characters="\r\n"), max_size=20)


def read(content_type: str, body: bytes) -> list[tuple[str, str | None, bytes]]:
    message = BytesParser(policy=HTTP).parsebytes(f"Content-Type: {content_type}\r\n\r\n".encode() + body)
    return [
        (
            part.get_param("name", header="content-disposition"),
            part.get_filename(),
            part.get_payload(decode=True) or b"",
        )
        for part in message.iter_parts()  # type: ignore[attr-defined]
    ]


@given(st.lists(st.tuples(names, values), max_size=4), st.binary(max_size=200))
def test_what_is_written_is_read(fields: list[tuple[str, str]], content: bytes) -> None:
    parts = [*fields, ("file", NamedFile("a.bin", content))]
    found = read(*encode(parts))
    assert [(name, value.decode()) for name, filename, value in found[:-1]] == fields
    assert found[-1][:2] == ("file", "a.bin")
    assert found[-1][2].rstrip(b"\r\n") == content.rstrip(b"\r\n")


def test_lists_and_flags() -> None:
    assert form_fields({"a": [1, 2], "b": True, "c": None, "d": {"x": 1}}) == [
        ("a[]", "1"),
        ("a[]", "2"),
        ("b", "true"),
        ("d[x]", "1"),
    ]
    assert form_fields({"a": [1]}, brackets=False) == [("a", "1")]


def test_a_name_cannot_add_a_header() -> None:
    file = NamedFile('a"\r\nx-evil: 1', b"", "text/plain\r\nx-evil: 1")
    _, body = encode([("file", file)])
    assert b"\r\nx-evil" not in body


def test_files_given_wrongly_are_named(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="image: there is no file"):
        named_file(str(tmp_path / "missing.png"), field="image")
    with pytest.raises(ValueError, match="image: expected bytes"):
        named_file(3, field="image")
