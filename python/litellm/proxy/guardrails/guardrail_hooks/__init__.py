"""The guardrails themselves, one module each; `guardrails/registry.py` has their names."""
