"""The near side of Converse: its requests as chat completions, and chat completions as its replies."""
