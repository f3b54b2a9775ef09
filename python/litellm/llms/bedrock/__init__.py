"""Amazon Bedrock: the Converse API, and each model family's own API under InvokeModel."""
