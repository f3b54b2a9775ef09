"""Where the gateway keeps what must survive a restart: the generated master key, the SQLite file, the journal."""

from __future__ import annotations

import os
from pathlib import Path

VARIABLE = "LITELLM_DATA_DIR"


def data_dir() -> Path:
    """`LITELLM_DATA_DIR`, else `.litellm` in the working directory. It may not exist yet."""
    return Path(os.environ.get(VARIABLE) or ".litellm").absolute()
