"""Every test of a page also shows that its requests change nothing without an event."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.audited import watched_requests


@pytest.fixture(autouse=True)
def unrecorded() -> Iterator[list[str]]:
    """What requests of this test changed without an event; empty at its end."""
    with watched_requests() as silent:
        yield silent
        assert silent == []
