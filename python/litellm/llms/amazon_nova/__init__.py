"""Amazon Nova's own API, apart from Bedrock: OpenAI's format with its habits."""
