"""Requests that go to a provider as they are: its own API behind the gateway's keys, budgets and limits."""
