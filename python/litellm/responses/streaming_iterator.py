"""The iterator over a streamed response, under the names that LiteLLM's users import it by."""

from litellm.pipeline.responses_stream import ResponsesStream

BaseResponsesAPIStreamingIterator = ResponsesStream
ResponsesAPIStreamingIterator = ResponsesStream
SyncResponsesAPIStreamingIterator = ResponsesStream

__all__ = [
    "BaseResponsesAPIStreamingIterator",
    "ResponsesAPIStreamingIterator",
    "SyncResponsesAPIStreamingIterator",
]
