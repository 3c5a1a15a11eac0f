"""Garbage is looked for again when the last of several threads has made its objects."""

from __future__ import annotations

import gc

from app.portfolio.engine.collecting import without_collecting


def test_stays_off_until_the_last_has_left_and_is_on_then() -> None:
    assert gc.isenabled()
    one, other = without_collecting(), without_collecting()
    one.__enter__()
    other.__enter__()
    one.__exit__(None, None, None)
    assert not gc.isenabled()
    other.__exit__(None, None, None)
    assert gc.isenabled()
