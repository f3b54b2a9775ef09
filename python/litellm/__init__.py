"""LiteLLM with a Rust core: one OpenAI-shaped API over every provider."""
