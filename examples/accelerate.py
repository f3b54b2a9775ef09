"""The accelerator: upstream LiteLLM, made faster by one line.

Run it where upstream `litellm` and the `litellm-rust` wheel are installed.
"""

import litellm_rust

litellm_rust.enable()

import litellm  # noqa: E402 - any order works; this one shows that enable() imports nothing of it

messages = [{"role": "user", "content": "How many tokens is this?"}]
print(litellm.token_counter(model="gpt-4o", messages=messages), "tokens")

for feature, state in litellm_rust.status().items():
    print(feature, state)
