"""The version of LiteLLM's API that this package stands for."""

from __future__ import annotations

version = "1.106.2"
