"""Routing by how hard a question is."""
