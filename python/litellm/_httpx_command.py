"""What `import httpx` finds where it looks for its command line, which nobody runs who imports litellm.

Where click, rich and pygments are installed, httpx loads them with itself, for longer than all the rest of it takes.
"""

from __future__ import annotations

import importlib
import sys

NAME = "httpx._main"


def stand_in() -> None:
    """Be httpx's command line from now on, unless httpx is loaded already."""
    sys.modules.setdefault(NAME, sys.modules[__name__])


def main() -> None:
    """The command line after all."""
    del sys.modules[NAME]
    importlib.import_module(NAME).main()
