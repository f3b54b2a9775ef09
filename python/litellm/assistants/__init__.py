"""Assistants and threads that a provider keeps."""
