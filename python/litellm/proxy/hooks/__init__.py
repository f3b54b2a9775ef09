"""Hooks around a call: what `CustomLogger` callbacks override, and what moneta builds on."""

from litellm.proxy.hooks.chain import HookChain

__all__ = ["HookChain"]
