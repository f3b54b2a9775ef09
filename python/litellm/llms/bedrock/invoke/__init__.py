"""Each model family's own API, under Bedrock's InvokeModel. Source: the parameters pages of Bedrock's user guide."""
