"""The gateway's version."""

from importlib.metadata import PackageNotFoundError, version


def _installed() -> str:
    try:
        return version("litellm-rust-gateway")
    except PackageNotFoundError:
        return "0.0.0"


VERSION = _installed()
