"""Texts of documents and images; `litellm.ocr` is also a function."""

from __future__ import annotations

from litellm.litellm_core_utils.callable_package import called_as
from litellm.ocr.main import aocr, ocr

__all__ = ["aocr", "ocr"]

called_as(__name__, ocr)
