"""Plans found elsewhere while a search is under way, told to it over its standard input."""

from __future__ import annotations

import json
import threading
from typing import TextIO


class Hints:
    """Keeps the newest plan told; reading goes on beside the search."""

    def __init__(self, source: TextIO) -> None:
        self._source = source
        self._newest: list[int] | None = None
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        for line in self._source:
            try:
                self._newest = [int(position) for position in json.loads(line)]
            except (ValueError, TypeError):
                continue

    def take(self) -> list[int] | None:
        """The newest plan not taken yet."""
        newest, self._newest = self._newest, None
        return newest
