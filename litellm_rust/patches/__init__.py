"""Patches that accelerate upstream LiteLLM: `table` lists them, `installer` puts them in and takes them out."""
