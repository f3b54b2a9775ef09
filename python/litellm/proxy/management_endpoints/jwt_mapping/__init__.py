"""Which virtual keys the holders of tokens use."""
