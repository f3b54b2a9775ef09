"""What a reading of a document gives, by upstream's path."""

from litellm.types.ocr import OCRPage, OCRPageDimensions, OCRPageImage, OCRResponse, OCRUsageInfo

__all__ = ["OCRPage", "OCRPageDimensions", "OCRPageImage", "OCRResponse", "OCRUsageInfo"]
