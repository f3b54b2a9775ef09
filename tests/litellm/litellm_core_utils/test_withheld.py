"""What the settings keep out of the standard payload of callbacks."""

from __future__ import annotations

import litellm
import pytest
from litellm.litellm_core_utils.redact_messages import withheld


def test_fields_and_keys_are_withheld(monkeypatch: pytest.MonkeyPatch) -> None:
    payload = {"messages": ["secret"], "model": "m", "metadata": {"user_api_key_hash": "h", "tags": ["t"]}}
    assert withheld(payload) is payload
    monkeypatch.setattr(litellm, "standard_logging_payload_excluded_fields", ["messages", "response"])
    monkeypatch.setattr(litellm, "redact_user_api_key_info", True)
    assert withheld(payload) == {"model": "m", "metadata": {"user_api_key_hash": None, "tags": ["t"]}}
    assert payload["messages"] == ["secret"], "the caller's own stays"
