"""Videos: `litellm.video_generation`, `video_status`, `video_content`, and others."""

from litellm.videos.main import *  # noqa: F403 - its `__all__` is this package's
from litellm.videos.main import __all__ as __all__
