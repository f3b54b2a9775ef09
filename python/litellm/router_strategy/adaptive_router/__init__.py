"""Routing that learns from how users react which model is good at what."""
