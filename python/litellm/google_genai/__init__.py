"""Google's generateContent, for every provider."""

from litellm.google_genai.main import (
    agenerate_content,
    agenerate_content_stream,
    generate_content,
    generate_content_stream,
)

__all__ = ["agenerate_content", "agenerate_content_stream", "generate_content", "generate_content_stream"]
