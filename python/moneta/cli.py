"""`litellm moneta …`."""

from __future__ import annotations

import click


@click.group(name="moneta")
def commands() -> None:
    """Billing through Lago."""
