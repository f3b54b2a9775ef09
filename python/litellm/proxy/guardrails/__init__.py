"""Guardrails: what looks at requests and replies, and may change or refuse them."""
