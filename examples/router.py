"""The router: two deployments of one model group, and a fallback group. Needs no key."""

import asyncio

from litellm import Router


def deployment(group: str, answer: str, weight: int = 1) -> dict[str, object]:
    """A deployment that answers by itself."""
    params = {"model": "openai/gpt-4o", "mock_response": answer, "weight": weight}
    return {"model_name": group, "litellm_params": params}


router = Router(
    model_list=[
        deployment("chat", "from A", weight=3),
        deployment("chat", "from B"),
        deployment("broken", "litellm.InternalServerError"),
    ],
    fallbacks=[{"broken": ["chat"]}],
    num_retries=0,
)


async def main() -> None:
    """Ask the healthy group, then the broken one, which falls back."""
    for group in ("chat", "broken"):
        response = await router.acompletion(model=group, messages=[{"role": "user", "content": "hi"}])
        print(group, "answered", response.choices[0].message.content)


asyncio.run(main())
