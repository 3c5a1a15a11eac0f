"""The worker: takes jobs from the database, one at a time, and shows that it is alive.

What carries out each kind stands in app/handlers.py. A worker that is killed leaves its job running
without a heartbeat; any worker then queues it once more, or marks it lost.
"""

from __future__ import annotations

import logging
import os
import secrets
import socket
import threading
import time
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from flask import Flask, g
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker

from app.accounts.queries import has_reset_requests
from app.audit.queries import find_head
from app.audit.rules import anchor
from app.audit.services import forget_request_keys
from app.db.session import transaction
from app.errors import AppError, RetryableError
from app.extensions import db
from app.handlers import HANDLERS, IN_TURN
from app.interactions.services import LogStore, sweep_store
from app.jobs.engine import JobBell, RunningJob, is_dead_here, sessions_of
from app.jobs.models import Job
from app.jobs.queries import is_stop_requested, list_running_jobs
from app.jobs.services import (
    BELL,
    beat,
    claim,
    fail,
    finish,
    forget_worker,
    reap,
    release,
    report_progress,
    show_worker,
)
from app.mail.services import Outbox, forget_letters, wake_delivery
from app.portfolio.engine.sandbox import sweep_folders
from app.reporting.services import wake_digests
from app.web.clock import now
from app.web.typed import sweep_typed
from app.web.uploads import sweep_uploads

logger = logging.getLogger("waymark.worker")


BEAT_SECONDS = 2.0
PROGRESS_SECONDS = 0.5
STOP_SECONDS = 0.2
"""How often a job asks whether it is to stop: whoever presses the button waits a second at most."""
REAP_SECONDS = 3.0
SHOW_SECONDS = 10.0
ANCHOR_SECONDS = 86_400.0
TIDY_SECONDS = 3_600.0
MAIL_SECONDS = 5.0
NAP_SECONDS = 0.1


class JobTakenAwayError(Exception):
    """Somebody else holds the job now; what this worker still does must not count."""


class WorkerEndsError(Exception):
    """The worker was asked to end; its job goes back into the queue."""


class JobContext:
    """A claimed job, as `RunningJob` describes it, with its heartbeat in a thread of its own."""

    def __init__(
        self,
        job: Job,
        *,
        worker: str,
        sessions: sessionmaker[Session],
        clock: Callable[[], datetime],
        ending: threading.Event,
    ) -> None:
        self.job_id = job.id
        self.payload: Mapping[str, Any] = job.payload
        self.sessions = sessions_of(sessions, job.request)
        self.now = clock
        self._worker = worker
        self._ending = ending
        self._gone = threading.Event()
        self._over = threading.Event()
        self._stop = False
        self._asked_at = 0.0
        self._reported_at = 0.0
        self._beater = threading.Thread(target=self._beat, name=f"beat-{job.id}", daemon=True)

    def __enter__(self) -> JobContext:
        self._beater.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._beater.join()

    def progress(self, values: Mapping[str, object], *, force: bool = False) -> None:
        """Store how far the job is, at most twice a second unless forced."""
        self._stay()
        if not force and time.monotonic() - self._reported_at < PROGRESS_SECONDS:
            return
        self._reported_at = time.monotonic()
        with self.sessions() as session, transaction(session):
            held = report_progress(
                session, self.job_id, worker=self._worker, progress=values, now=self.now()
            )
        self._note(held)
        self._stay()

    def should_stop(self) -> bool:
        """Whether somebody asked the job to end early and keep its best."""
        self._stay()
        if not self._stop and time.monotonic() - self._asked_at >= STOP_SECONDS:
            self._asked_at = time.monotonic()
            with self.sessions() as session:
                self._stop = is_stop_requested(session, self.job_id)
        return self._stop

    def finish(self, session: Session) -> None:
        """End the job in the handler's own transaction, together with its result."""
        if not finish(session, self.job_id, worker=self._worker, now=self.now()):
            self._gone.set()
            raise JobTakenAwayError

    def _stay(self) -> None:
        if self._gone.is_set():
            raise JobTakenAwayError
        if self._ending.is_set():
            raise WorkerEndsError

    def _note(self, held: bool) -> None:
        if not held:
            self._gone.set()

    def _beat(self) -> None:
        while not self._over.wait(BEAT_SECONDS):
            try:
                with self.sessions() as session, transaction(session):
                    self._note(beat(session, self.job_id, worker=self._worker, now=self.now()))
            except (AppError, SQLAlchemyError) as error:
                logger.warning("A heartbeat failed: %s", error, extra={"job": self.job_id})


class Worker:
    """The loop of one worker process."""

    def __init__(
        self,
        app: Flask,
        *,
        handlers: Mapping[str, Callable[[RunningJob], None]] | None = None,
    ) -> None:
        self.name = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(3)}"
        self.ending = threading.Event()
        self._app = app
        self._handlers = HANDLERS if handlers is None else handlers
        with app.app_context():
            self._sessions = db.sessionmaker
        self._bell: JobBell = self._sessions.kw["info"][BELL]
        self._poll_seconds = float(app.config["WORKER_POLL_SECONDS"])
        self._silence = timedelta(seconds=app.config["JOB_LOST_SECONDS"])
        self._keys_kept = timedelta(days=app.config["REQUEST_KEY_DAYS"])
        self._started_at = self._now()
        self._due = {"show": 0.0, "reap": 0.0, "anchor": 0.0, "tidy": 0.0, "mail": 0.0}
        self._suspects: dict[int, datetime | None] = {}
        self._is_woken = False

    def run(self) -> None:
        """Work until `ending` is set."""
        logger.info("The worker %s is ready.", self.name)
        sweep_folders()
        while not self.ending.is_set():
            try:
                self.look_after()
                if not self.run_next():
                    self._sleep()
            except (AppError, SQLAlchemyError) as error:
                logger.error("The worker waits for its database: %s", error)
                self.ending.wait(self._poll_seconds)
        self._say_goodbye()

    def run_next(self) -> bool:
        """Carry out the oldest job; False when there is none."""
        with self._sessions() as session, transaction(session):
            job = claim(
                session,
                worker=self.name,
                kinds=frozenset(self._handlers),
                now=self._now(),
                in_turn=IN_TURN,
            )
        is_woken, self._is_woken = self._is_woken, False
        if job is None:
            return False
        if is_woken:
            # One ring may stand for several jobs: pass it on until somebody finds nothing.
            self._bell.ring()
        self._carry_out(job)
        return True

    def look_after(self) -> None:
        """Show that this worker lives, and take jobs from workers that don't."""
        if self._is_due("show", SHOW_SECONDS):
            with self._sessions() as session, transaction(session):
                show_worker(session, self.name, started_at=self._started_at, now=self._now())
        if self._is_due("reap", REAP_SECONDS):
            self._reap()
        if self._is_due("mail", MAIL_SECONDS) and Outbox.of(self._app.config):
            with self._sessions() as session:
                wake_delivery(session, also=has_reset_requests(session), now=self._now())
                wake_digests(session, now=self._now())
        if self._is_due("anchor", ANCHOR_SECONDS):
            self._note_audit_head()
        if self._is_due("tidy", TIDY_SECONDS):
            self._tidy()

    def _note_audit_head(self) -> None:
        """Write the end of the audit chain into the log, where no one can rewrite both."""
        with self._sessions() as session:
            head = find_head(session)
        if head is not None:
            logger.info(
                "The audit trail ends here.", extra={"audit_head": anchor(head.number, head.hash)}
            )

    def _tidy(self) -> None:
        """Forget answers to requests that nobody sends again, and what imports left behind."""
        with self._sessions() as session, transaction(session):
            gone = forget_request_keys(session, before=self._now() - self._keys_kept)
            forget_letters(session, now=self._now())
        if gone:
            logger.info("Forgot the answers to %s old requests.", gone)
        with self._sessions() as session:
            swept = sweep_store(session, LogStore.of(self._app.config), now=self._now())
        if swept:
            logger.info("Removed what %s broken imports of logs had left.", swept)
        with self._app.app_context():
            dropped = sweep_uploads(now=time.time())
            sweep_typed(now=time.time())
        if dropped:
            logger.info("Removed %s uploaded files that were not taken in.", dropped)

    def _carry_out(self, job: Job) -> None:
        context = JobContext(
            job, worker=self.name, sessions=self._sessions, clock=self._now, ending=self.ending
        )
        with context:
            failure = self._outcome(job, context)
        with self._sessions() as session, transaction(session):
            if failure is None:
                finish(session, job.id, worker=self.name, now=self._now())
            else:
                fail(session, job.id, worker=self.name, failure=failure, now=self._now())

    def _outcome(self, job: Job, context: JobContext) -> str | None:
        """Run the handler; gives why it failed, in words for people."""
        try:
            self._handle(job, context)
        except JobTakenAwayError:
            logger.warning("The job was taken away.", extra={**job.names, "kind": job.kind})
        except WorkerEndsError:
            with self._sessions() as session, transaction(session):
                release(session, job.id, worker=self.name)
        except AppError as error:
            return error.message
        except Exception:
            incident = secrets.token_hex(4)
            logger.exception("Incident %s", incident, extra={**job.names, "incident": incident})
            return f"Something went wrong on our side (incident {incident})."
        return None

    def _handle(self, job: Job, context: JobContext) -> None:
        """Run the handler; once more if its transaction met another one by chance."""
        with self._app.app_context():
            g.job, g.request_id = job.id, job.request
            try:
                self._handlers[job.kind](context)
            except RetryableError as error:
                logger.warning("Once more: %s", error.message, extra={"job": job.id})
                self._handlers[job.kind](context)

    def _reap(self) -> None:
        """Reap what was silent at two looks: a beat held up by a long write gets through."""
        with self._sessions() as session:
            silent = {
                job.id: job.heartbeat_at
                for job in list_running_jobs(session)
                if self._is_silent(job)
            }
        convicted = {i for i, at in silent.items() if self._suspects.get(i, ...) == at}
        self._suspects = silent
        if not convicted:
            return
        with self._sessions() as session, transaction(session):
            jobs = [job for job in list_running_jobs(session) if job.id in convicted]
            for job in reap(session, [j for j in jobs if self._is_silent(j)], now=self._now()):
                logger.warning("A worker is gone: %s", job.state.value, extra={"job": job.id})
        sweep_folders()

    def _is_silent(self, job: Job) -> bool:
        if job.worker == self.name:
            return False
        if job.heartbeat_at is None or job.heartbeat_at < self._now() - self._silence:
            return True
        return is_dead_here(job.worker or "")

    def _sleep(self) -> None:
        until = time.monotonic() + self._poll_seconds
        while (left := until - time.monotonic()) > 0 and not self.ending.is_set():
            if self._bell.wait(min(left, NAP_SECONDS)):
                self._is_woken = True
                return

    def _is_due(self, what: str, every: float) -> bool:
        if time.monotonic() < self._due[what]:
            return False
        self._due[what] = time.monotonic() + every
        return True

    def _now(self) -> datetime:
        with self._app.app_context():
            return now()

    def _say_goodbye(self) -> None:
        try:
            with self._sessions() as session, transaction(session):
                forget_worker(session, self.name)
        except (AppError, SQLAlchemyError) as error:
            logger.warning("The worker could not sign off: %s", error)
        self._bell.close()
        logger.info("The worker %s has ended.", self.name)
