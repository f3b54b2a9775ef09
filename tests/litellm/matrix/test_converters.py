"""Every module that turns one API's words into another's has a property test, named here; a new one fails without."""

from __future__ import annotations

from pathlib import Path

import litellm
import pytest

LLMS = Path(litellm.__file__).parent / "llms"
TESTS = Path(__file__).parent.parent
CONVERTERS = {
    "anthropic/inbound": "llms/anthropic/test_messages.py",
    "bedrock/converse/inbound": "llms/bedrock/test_converse_stream.py",
    "cohere/inbound": "llms/test_inbound_formats.py",
    "ollama/inbound": "llms/test_inbound_formats.py",
    "gemini/inbound": "llms/gemini/test_inbound.py",
    "responses/events.py": "responses/test_conversion.py",
    "responses/from_chat.py": "responses/test_conversion.py",
    "responses/from_responses.py": "responses/test_conversion.py",
    "responses/from_responses_input.py": "responses/test_conversion.py",
    "responses/stream_iterator.py": "matrix/test_wire_properties.py",
    "responses/to_chat.py": "responses/test_conversion.py",
}
"""Those of the APIs that callers speak. What providers speak is all in `test_wire_properties`, by `OUTBOUND`."""
NEITHER = {"__init__.py", "chat_over.py", "encrypted.py", "ids.py", "native.py"}
"""Of `responses/`: addresses and headers, seals and ids, with tests of their own."""


def test_every_inbound_format_is_listed() -> None:
    packages = {str(path.relative_to(LLMS)) for path in LLMS.rglob("inbound") if path.is_dir()}
    modules = {f"responses/{path.name}" for path in (LLMS / "responses").glob("*.py") if path.name not in NEITHER}
    assert packages | modules == set(CONVERTERS)


@pytest.mark.parametrize("test", sorted({*CONVERTERS.values(), "matrix/test_wire_properties.py"}))
def test_it_has_a_property_test(test: str) -> None:
    assert "@given(" in (TESTS / test).read_text()
