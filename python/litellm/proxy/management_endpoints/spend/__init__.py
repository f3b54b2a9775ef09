"""Spend logs."""
