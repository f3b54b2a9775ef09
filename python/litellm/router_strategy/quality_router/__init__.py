"""Routing by the quality that a question needs."""
