"""Several completions at once."""
