"""Strategies and filters of the router, one module each, under upstream's names."""
