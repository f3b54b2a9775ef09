"""The gateway, asked by OpenAI's own client.

GATEWAY_URL=http://127.0.0.1:4000 LITELLM_MASTER_KEY=sk-… python gateway_client.py
"""

import os

from openai import OpenAI

base_url = os.environ.get("GATEWAY_URL", "http://127.0.0.1:4000")
client = OpenAI(base_url=base_url, api_key=os.environ["LITELLM_MASTER_KEY"])

answer = client.chat.completions.create(model="mock", messages=[{"role": "user", "content": "hi"}])
print(answer.choices[0].message.content)
