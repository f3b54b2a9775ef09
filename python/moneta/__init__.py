"""Usage billing through Lago."""
