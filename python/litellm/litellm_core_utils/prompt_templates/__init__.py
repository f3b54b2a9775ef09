"""Chats in the words of other APIs."""
