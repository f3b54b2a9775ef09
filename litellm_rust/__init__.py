"""LiteLLM's hot paths in Rust."""

from litellm_rust._native import __version__

__all__ = ["__version__"]
