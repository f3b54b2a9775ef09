"""OpenAI's image parameters as Google's models take them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from litellm.llms.gemini.models import facts
from litellm.llms.gemini.tools import camel

RATIOS: Mapping[str, str] = {
    "256x256": "1:1", "512x512": "1:1", "1024x1024": "1:1", "2048x2048": "1:1", "1536x1024": "3:2",
    "1024x1536": "2:3", "1792x1024": "16:9", "1024x1792": "9:16", "1280x896": "4:3", "896x1280": "3:4",
}  # fmt: skip
"""The aspect ratio that stands for each of OpenAI's sizes."""
_KNOWN_RATIOS = ("1:1", "2:3", "3:2", "3:4", "4:3", "4:5", "5:4", "9:16", "16:9", "21:9")
_LARGE = ((3000, "4K"), (1900, "2K"))
IMAGEN_FIELDS = frozenset(
    {"sampleCount", "aspectRatio", "imageSize", "personGeneration", "negativePrompt", "seed", "addWatermark",
     "enhancePrompt", "language", "safetySetting", "includeRaiReason", "outputOptions", "sampleImageSize",
     "storageUri", "guidanceScale", "baseSteps", "editMode", "editConfig", "maskMode"}
)  # fmt: skip
IMAGE_CONFIG_FIELDS = frozenset({"aspectRatio", "imageSize", "personGeneration", "outputMimeType"})


def size_fields(provider: str, model: str, size: Any) -> dict[str, str]:
    """`aspectRatio`, and `imageSize` for models that take one, for OpenAI's `size`; nothing for `auto`."""
    if not isinstance(size, str) or "x" not in size:
        return {}
    made = {"aspectRatio": RATIOS.get(size) or _nearest_ratio(size)}
    if takes_image_size(provider, model):
        made["imageSize"] = _image_size(size)
    return made


def takes_image_size(provider: str, model: str) -> bool:
    """Whether the model draws in more than one resolution."""
    if "imagen" in model:
        return provider == "gemini"
    return facts(provider, model).get("supports_image_size") is not False


def _sides(size: str) -> tuple[int, int]:
    width, _, height = size.partition("x")
    return (int(width), int(height)) if width.isdigit() and height.isdigit() else (1, 1)


def _nearest_ratio(size: str) -> str:
    width, height = _sides(size)
    asked = width / max(height, 1)
    return min(_KNOWN_RATIOS, key=lambda ratio: abs(_value(ratio) - asked))


def _value(ratio: str) -> float:
    wide, _, high = ratio.partition(":")
    return int(wide) / int(high)


def _image_size(size: str) -> str:
    longest = max(_sides(size))
    return next((name for least, name in _LARGE if longest >= least), "1K")


def own_fields(params: Mapping[str, Any], known: frozenset[str]) -> dict[str, Any]:
    """Those of `params` that Google knows, which callers may also write in snake_case."""
    return {camel(name): value for name, value in params.items() if camel(name) in known}
