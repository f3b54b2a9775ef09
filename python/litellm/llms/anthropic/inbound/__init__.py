"""Anthropic's messages API as the near side: its requests as chat completions, chat completions as its replies."""
