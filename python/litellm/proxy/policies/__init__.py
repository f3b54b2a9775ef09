"""Policies: which guardrails run for whom, by inheritance and attachments."""
