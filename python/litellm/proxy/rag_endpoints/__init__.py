"""Files into vector stores over the gateway."""
