"""Cohere's chat API, version 2, as the near side: its requests as chat completions, and the answers back."""
