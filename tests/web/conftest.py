"""Every test of a page also shows that its requests change nothing without an event."""

from __future__ import annotations

from collections.abc import Iterator
from zlib import crc32

import pytest

from tests.support.audited import watched_requests


@pytest.fixture(autouse=True)
def unrecorded() -> Iterator[list[str]]:
    """What requests of this test changed without an event; empty at its end."""
    with watched_requests() as silent:
        yield silent
        assert silent == []


@pytest.hookimpl(tryfirst=True)
def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Show each page's promise on one of the databases, half of them on each.

    What differs between the two lies in queries and services, whose tests run on both; a page is
    rendered from what they give. `--both-databases` runs these on both as well.
    """
    test = metafunc.definition
    is_chosen = any("database" in one.args[0] for one in test.iter_markers("parametrize"))
    wants_both = metafunc.config.getoption("both_databases")
    if "database" in metafunc.fixturenames and not is_chosen and not wants_both:
        kind = ("sqlite", "postgresql")[crc32(test.nodeid.encode()) % 2]
        test.add_marker(pytest.mark.parametrize("database", [kind], indirect=True))
