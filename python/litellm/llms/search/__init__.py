"""Searches of the web: one row a provider in `providers.py`, what each is asked and answers beside it."""
