"""Ollama's API as the near side: its chats and prompts as chat completions, and the answers back."""
