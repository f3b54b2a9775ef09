"""Names that the functions of LiteLLM's configs import."""
