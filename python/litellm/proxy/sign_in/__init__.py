"""Signing in for the UI: by an identity provider (OpenID Connect with PKCE), or with a name and a password."""
