"""The gateway's own settings, looked at and changed while it runs."""
