"""What a process serves of the database, kept in step with it."""

from __future__ import annotations

import asyncio
import logging
from typing import ClassVar

from litellm.proxy.db.database import DATABASE_ERRORS, Database
from litellm.proxy.db.events import EVERYTHING

log = logging.getLogger("litellm.proxy.db")

RETRY_S = 1.0


class Followed:
    """Loads at the start, and again whenever a process says that `topic` changed: every second while it cannot."""

    topic: ClassVar[str]
    things: ClassVar[str]
    """What they are called in the log."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._task: asyncio.Task[None] | None = None
        self._again = False

    async def start(self) -> None:
        """Load, and listen. Raises what an absent database raises."""
        await self.load()
        self._database.events.subscribe(self._changed)

    async def load(self) -> None:
        """Serve what the database has now. Raises what an absent database raises."""
        raise NotImplementedError

    def _changed(self, topic: str) -> None:
        if topic not in (self.topic, EVERYTHING):
            return
        self._again = True
        if self._task is None or self._task.done():
            self._task = asyncio.ensure_future(self._follow())

    async def _follow(self) -> None:
        while self._again:
            self._again = False
            try:
                await self.load()
            except DATABASE_ERRORS as error:
                log.warning("stored %s are not known: %s", self.things, type(error).__name__)
                self._again = True
                await asyncio.sleep(RETRY_S)
