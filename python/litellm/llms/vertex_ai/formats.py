"""Which format a model at Vertex AI speaks."""

from __future__ import annotations

from litellm.llms.vertex_ai.anthropic import VertexAnthropic
from litellm.llms.vertex_ai.gemini import VertexGemini
from litellm.llms.vertex_ai.partners import VertexPartner, family_of
from litellm.llms.wire import WireFormat


def chat_format(provider: str, model: str) -> WireFormat:
    """The chat format of `model`. What no partner makes speaks Gemini's."""
    bare = model.removeprefix(f"{provider}/")
    if is_claude(bare):
        return VertexAnthropic()
    family = family_of(bare)
    if family is None or (family.publisher is not None and bare != model):  # as upstream knows prefixed names
        return VertexGemini()
    return VertexPartner(family)


def is_claude(model: str) -> bool:
    """Whether `model` is Anthropic's."""
    return model.removeprefix("anthropic/").startswith("claude")
