"""Workload identity by AWS, under the path that LiteLLM users import it from."""

from __future__ import annotations

from litellm.secret_managers.google.loading import VertexAIAwsWifAuth as VertexAIAwsWifAuth
