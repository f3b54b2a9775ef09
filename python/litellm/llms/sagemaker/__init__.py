"""Amazon SageMaker's endpoints: Hugging Face's text generation, OpenAI's chat, and Nova's."""
