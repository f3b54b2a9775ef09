"""The base of OpenAI's objects, under the path that LiteLLM's users import it from."""

from litellm.types.openai_object import OpenAIObject as BaseLiteLLMOpenAIResponseObject

__all__ = ["BaseLiteLLMOpenAIResponseObject"]
