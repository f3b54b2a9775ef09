"""Small conversions that many places share."""

from __future__ import annotations

from litellm.types.finish_reasons import map_finish_reason

__all__ = ["map_finish_reason"]
