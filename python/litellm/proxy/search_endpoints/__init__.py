"""Search tools: which there are, and the routes that tell of them and change them."""
