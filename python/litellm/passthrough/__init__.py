"""Requests in a provider's own format: `litellm.llm_passthrough_route` and `allm_passthrough_route`."""

from litellm.passthrough.main import allm_passthrough_route, llm_passthrough_route

__all__ = ["allm_passthrough_route", "llm_passthrough_route"]
