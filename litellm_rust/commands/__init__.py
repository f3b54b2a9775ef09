"""The commands of `python -m litellm_rust`, one module each."""
