"""Whole requests of upstream's proxy: chat completions of a caller who needs no database.

The first request of a kind goes through upstream and is watched on both sides: what the provider was sent and said,
and what the client was answered. From both come the rules by which later requests of that kind are answered, and they
are used only if they give, for the watched request, the bytes that upstream gave. What no rule covers is upstream's:
from the start, or, once a provider has answered, with that answer, which is not asked for again.
"""
