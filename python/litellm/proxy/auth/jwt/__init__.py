"""Tokens of an identity provider (OIDC): checked with its keys, and turned into who asks."""
