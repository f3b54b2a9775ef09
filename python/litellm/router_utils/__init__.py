"""The parts of the router, each on its own: deployments, selection, retries, fallbacks, cooldown, calls."""
