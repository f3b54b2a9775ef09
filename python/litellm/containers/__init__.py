"""Containers, in which a model's code runs: `litellm.containers.create_container`, and others."""

from litellm.containers.main import *  # noqa: F403 - its `__all__` is this package's
from litellm.containers.main import __all__ as __all__
