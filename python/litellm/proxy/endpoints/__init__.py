"""The routes that clients of a provider's API call, and the lists of models."""
