"""Semantic auto-routing."""
