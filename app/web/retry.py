"""Run a view again when its transaction met another one by chance.

PostgreSQL ends one of two transactions that wait for each other, or that can't be put in an order.
Nothing of it was saved and nothing was answered yet, so the view simply runs once more.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import Any

from flask import Flask, request

from app.errors import RetryableError

WAITS = (0.02, 0.04, 0.08)
"""Seconds before each further try, give or take a half, so that the two don't meet again."""


def init_retry(app: Flask) -> None:
    """Let every view of the application run up to four times."""
    once: Callable[..., Any] = app.dispatch_request

    def dispatch(*arguments: Any) -> Any:
        for wait in WAITS:
            try:
                return once(*arguments)
            except RetryableError:
                time.sleep(wait * random.uniform(0.5, 1.5))
                for file in request.files.values():
                    file.stream.seek(0)
        return once(*arguments)

    app.dispatch_request = dispatch  # type: ignore[method-assign]
