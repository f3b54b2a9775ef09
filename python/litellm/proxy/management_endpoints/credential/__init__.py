"""Provider credentials, encrypted."""
