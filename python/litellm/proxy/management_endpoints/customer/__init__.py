"""End users, which upstream also calls customers."""
