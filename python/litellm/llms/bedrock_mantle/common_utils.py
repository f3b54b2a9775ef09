"""Bedrock Mantle's addresses, under the path that LiteLLM users import them from."""

from __future__ import annotations

import re

MANTLE_HOST_RE = re.compile(r"https?://bedrock-mantle\.([^./]+)\.api\.aws(?:/|$)", re.IGNORECASE)
"""The beginning of an address of Bedrock Mantle; its group is the region."""
