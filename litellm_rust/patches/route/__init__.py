"""Routers of upstream: choosing a deployment, and whole calls of a router.

A `Group` is what upstream's own checks leave of a model group, kept for a second; a choice from it looks up only the
chosen deployment's cooldown. A router's call is learnt as a single call is: what upstream passes to `acompletion` for
a deployment, and what it adds to the response, is taken from a watched call.
"""
