"""How gunicorn runs the application: no search for garbage may stop a worker for long."""

from __future__ import annotations

import gc
import runpy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

CONFIG = Path(__file__).parents[3] / "gunicorn.conf.py"


@pytest.fixture
def server() -> Iterator[dict[str, Any]]:
    """What the file says; afterwards garbage is looked for as before."""
    before = gc.get_threshold()
    yield runpy.run_path(str(CONFIG))
    gc.unfreeze()
    gc.set_threshold(*before)


class TestGarbage:
    def test_what_was_loaded_before_the_fork_is_never_searched(
        self, server: dict[str, Any]
    ) -> None:
        kept = [object(), []]
        assert server["preload_app"]
        server["when_ready"](None)
        assert gc.get_freeze_count() > 10_000
        assert not any(one is kept for one in gc.get_objects())

    def test_is_looked_for_once_a_page_of_rows_rather_than_many_times(
        self, server: dict[str, Any]
    ) -> None:
        server["post_fork"](None, None)
        first, second, _ = gc.get_threshold()
        assert 2_000 <= first <= 10_000 and second >= 10
