"""Vertex AI: Google's own models and those of its partners, behind Google Cloud's addresses and credentials."""
