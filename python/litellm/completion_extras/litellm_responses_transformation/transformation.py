"""Chat over the Responses API, under the path that LiteLLM users import it from."""

from __future__ import annotations

from litellm.llms.responses.stream_iterator import (
    OpenAiResponsesToChatCompletionStreamIterator as OpenAiResponsesToChatCompletionStreamIterator,
)
