"""Acts of several people at the same moment, each in a transaction of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from sqlalchemy import Engine, create_engine
from sqlalchemy.orm import Session

from app.db.session import transaction
from app.db.sqlite import engine_options
from app.errors import AppError


def roomy_engine(url: str, threads: int) -> Engine:
    """An engine with a connection for every thread and for the test itself."""
    return create_engine(**engine_options(url) | {"pool_size": threads + 2})


def at_once(engine: Engine, acts: Sequence[Callable[[Session], Any]]) -> list[Any]:
    """Let every act run in a transaction of its own, all starting together.

    Gives what each returned, or the refusal it met.
    """
    barrier = Barrier(len(acts))

    def run(act: Callable[[Session], Any]) -> Any:
        with Session(engine, expire_on_commit=False) as session:
            barrier.wait()
            try:
                with transaction(session):
                    return act(session)
            except AppError as error:
                return error

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))
