"""How often something may happen in a minute, counted in this process."""

from __future__ import annotations

import time
from threading import Lock

from flask import Flask, current_app

MINUTE = 60.0
MOST_KEYS = 10_000
METER = "rate_meter"


class Meter:
    """Counts by key in minutes; what was long ago is forgotten."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._counts: dict[str, tuple[float, int]] = {}

    def lets(self, key: str, limit: int) -> bool:
        """Count once more; False when there were ``limit`` in this minute already."""
        at = time.monotonic()
        with self._lock:
            began, count = self._counts.get(key, (at, 0))
            if at - began >= MINUTE:
                began, count = at, 0
            self._counts[key] = (began, count + 1)
            if len(self._counts) > MOST_KEYS:
                self._counts = {k: v for k, v in self._counts.items() if at - v[0] < MINUTE}
        return count < limit


def meter() -> Meter:
    """The meter of this application."""
    found: Meter = current_app.extensions[METER]
    return found


def init_rates(app: Flask) -> None:
    app.extensions[METER] = Meter()
