"""Budgets that several entities can share."""
