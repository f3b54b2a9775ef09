"""Bedrock's Converse API. Source: its API reference, and LiteLLM 1.106.2 as observed for what it leaves open."""
