"""What a running job looks like to its handler."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy.orm import Session, sessionmaker


class RunningJob(Protocol):
    """What a job's handler is given.

    A handler reads ``payload``, calls `progress` and `should_stop` often (both end it by an
    exception when the job was taken away or the worker ends), and writes what it found in one
    ``with job.sessions() as session, transaction(session):`` ending in ``job.finish(session)``.
    Work may be repeated after a kill, so nothing may count before that transaction.
    """

    @property
    def job_id(self) -> int: ...

    @property
    def payload(self) -> Mapping[str, Any]: ...

    @property
    def sessions(self) -> sessionmaker[Session]: ...

    def now(self) -> datetime:
        """This moment."""

    def progress(self, values: Mapping[str, object], *, force: bool = False) -> None:
        """Store how far the job is, at most twice a second unless forced."""

    def should_stop(self) -> bool:
        """Whether somebody asked the job to end early and keep its best."""

    def finish(self, session: Session) -> None:
        """End the job in the handler's own transaction, together with its result."""


def sessions_of(sessions: sessionmaker[Session], request: str | None) -> sessionmaker[Session]:
    """Sessions whose audit events and further jobs name the request that asked for the work."""
    settings = {**sessions.kw, "info": {**(sessions.kw.get("info") or {}), "request_id": request}}
    return sessionmaker(**settings, class_=sessions.class_)
