"""Agents that are asked through the gateway by the A2A protocol."""
