"""Deployments that are kept in the database."""
