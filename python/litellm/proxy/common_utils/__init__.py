"""Helpers for callbacks and guardrails of the gateway."""
