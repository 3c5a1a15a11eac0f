"""A ring wakes a worker over whichever queue is set; a queue that is away harms nobody."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from app.jobs.engine import JobBell
from tests.support.postgres import PostgresServer
from tests.support.redis import RedisServer, find_program

LONG = 20.0
SHORT = 0.1


@pytest.fixture(scope="module")
def redis_server() -> Iterator[RedisServer]:
    program = find_program()
    if program is None:
        pytest.skip("Redis is not installed (no redis-server found)")
    server = RedisServer(program)
    yield server
    server.stop()


@pytest.fixture(params=["sqlite", "postgresql", "redis"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a queue; the test runs once on each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'queue.db'}"
    if request.param == "redis":
        redis: RedisServer = request.getfixturevalue("redis_server")
        return redis.url
    postgres: PostgresServer = request.getfixturevalue("postgres_server")
    return postgres.url("postgres")


def _bell(url: str) -> Iterator[JobBell]:
    bell = JobBell(url)
    yield bell
    bell.close()


bell = pytest.fixture(_bell)
far_bell = pytest.fixture(_bell, name="far_bell")


@pytest.fixture
def far(far_bell: JobBell) -> JobBell:
    """The same bell in another process, which has listened before."""
    far_bell.wait(SHORT)
    far_bell.wait(SHORT)
    return far_bell


class TestRing:
    def test_wakes_who_waits(self, bell: JobBell, far: JobBell) -> None:
        with ThreadPoolExecutor() as pool:
            waiting = pool.submit(far.wait, LONG if _wakes_by_itself(far) else SHORT * 5)
            time.sleep(SHORT)
            bell.ring()
            assert waiting.result(timeout=LONG / 2)

    def test_is_kept_for_who_is_busy_and_many_are_one(self, bell: JobBell, far: JobBell) -> None:
        for _ in range(3):
            bell.ring()
        time.sleep(SHORT)
        assert far.wait(SHORT)
        assert not far.wait(SHORT)


class TestAQueueThatIsAway:
    @pytest.mark.parametrize(
        "address",
        [
            "postgresql://nobody@/nothing?host=/nowhere",
            "redis://127.0.0.1:1/0",
            "sqlite:////proc/nowhere/queue.db",
        ],
    )
    def test_loses_rings_without_a_fault_and_lets_nobody_ask_in_a_circle(
        self, address: str, caplog: pytest.LogCaptureFixture
    ) -> None:
        bell = JobBell(address)
        bell.ring()
        began = time.monotonic()
        assert not bell.wait(SHORT)
        assert time.monotonic() - began >= SHORT
        assert [record.levelname for record in caplog.records] == ["WARNING"]

    def test_is_heard_again_once_it_is_back(self, redis_server: RedisServer) -> None:
        bell = JobBell(redis_server.url)
        bell.ring()
        redis_server.stop()
        assert not bell.wait(SHORT)
        redis_server.start()
        bell.ring()
        assert bell.wait(LONG)
        bell.close()


def _wakes_by_itself(bell: JobBell) -> bool:
    return "sqlite" not in bell.url
