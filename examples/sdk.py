"""The SDK: one call, one stream, one callback. Needs no key; take `mock_response` away to call OpenAI."""

import sys
from typing import Any

import litellm
from litellm.integrations.custom_logger import CustomLogger


class PrintCost(CustomLogger):
    """Print what each call cost, after it has returned."""

    def log_success_event(self, kwargs: Any, response_obj: Any, start_time: Any, end_time: Any) -> None:
        """Called by the callback worker, beside what the call itself prints, once a call has ended well."""
        print(f"{kwargs['model']}: {kwargs['response_cost']:.8f} USD", file=sys.stderr)


litellm.callbacks = [PrintCost()]
messages = [{"role": "user", "content": "Say hello."}]

response = litellm.completion(model="openai/gpt-4o", messages=messages, mock_response="Hello!")
print(response.choices[0].message.content, response.usage.total_tokens, "tokens")

stream = litellm.completion(model="openai/gpt-4o", messages=messages, mock_response="Hello, in pieces!", stream=True)
for chunk in stream:
    print(chunk.choices[0].delta.content or "", end="", flush=True)
print()

print(litellm.token_counter(model="gpt-4o", messages=messages), "prompt tokens")
