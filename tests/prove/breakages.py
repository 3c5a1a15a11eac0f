"""Code and databases broken on purpose, for controls: each takes one guard away.

The functions without arguments are called in every worker of a server that is to be broken, see
`tests.support.served`; there nothing is mended before the process ends.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

from flask import Flask
from sqlalchemy import Engine, event, text, update
from sqlalchemy.orm import Session

from app import worker
from app.approvals.models import Proposal
from app.jobs import services as job_services
from tests.support.breaking import broken

_KEPT = ExitStack()
"""Held for as long as the process lives: what is forgotten is taken back at once."""
PAUSE = 0.05
SLOW = 0.2
_VERSION = re.compile(r" AND \w+\.version = %\(\w+\)s(::\w+)?")
_GUARDED = (
    "proposals", "decisions", "commitments", "tranches", "ledger_transfers", "hurdle_decisions",
)  # fmt: skip
_DROP = """
DO $$ DECLARE one record; BEGIN
    FOR one IN SELECT oid::regclass AS name FROM pg_class
        WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
    LOOP EXECUTE format('ALTER TABLE %s DISABLE TRIGGER USER', one.name); END LOOP;
    FOR one IN SELECT conrelid::regclass AS name, conname FROM pg_constraint
        WHERE contype = 'u' AND conrelid::regclass::text IN :tables
    LOOP EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I CASCADE', one.name, one.conname);
    END LOOP;
    FOR one IN SELECT indexrelid::regclass AS name FROM pg_index
        WHERE indisunique AND NOT indisprimary AND indrelid::regclass::text IN :tables
    LOOP EXECUTE format('DROP INDEX %s', one.name); END LOOP;
END $$
"""


def drop_guards(engine: Engine) -> None:
    """Take triggers and unique keys away from a PostgreSQL, so that only the services guard."""
    names = "(" + ", ".join(f"'{name}'" for name in _GUARDED) + ")"
    with engine.begin() as connection:
        connection.execute(text(_DROP.replace(":tables", names)))


def _for_good(name: str, instead: Callable[..., Any]) -> None:
    _KEPT.enter_context(broken(name, instead))


def no_locks() -> None:
    """Rows are neither locked nor asked for their versions, and every commit takes its time."""
    slow_commits()

    @event.listens_for(Engine, "before_cursor_execute", retval=True)
    def unlocked(
        _connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any
    ) -> tuple[str, Any]:
        if "audit_heads" in statement:  # the trail is not what is tried here
            return statement, parameters
        return _VERSION.sub("", statement.partition(" FOR UPDATE")[0]), parameters


def slow_commits() -> None:
    """Every commit takes longer, with all locks held."""
    event.listen(Session, "before_commit", lambda _session: time.sleep(PAUSE))


def slow_answers() -> None:
    """Every page takes longer than anybody may wait."""
    sound = Flask.full_dispatch_request

    def slow(app: Flask) -> Any:
        time.sleep(SLOW)
        return sound(app)

    _for_good("flask.Flask.full_dispatch_request", slow)


def no_approval_lock() -> None:
    """A proposal is read, judged and moved, but neither locked nor moved from its state."""
    no_locks()

    def move(session: Any, proposal: Proposal, to: Any) -> None:
        session.execute(update(Proposal).where(Proposal.id == proposal.id).values(state=to))

    _for_good("app.approvals.services.decision._move", move)


def no_tranche_lock() -> None:
    """A hurdle's money is read without waiting for who decides it at the moment."""
    no_locks()


def no_account_lock() -> None:
    """What is left is read without waiting for who spends it at the moment."""
    no_locks()


def no_request_keys() -> None:
    """A form sent twice acts twice."""
    _for_good("app.audit.services.answered_once", lambda *_, make, **__: make())


def no_versions() -> None:
    """Nobody asks which version was looked at."""
    _for_good("app.initiatives.services.checks.check_version", lambda *_: None)


def no_events() -> None:
    """What is measured leaves no event behind."""
    _for_good("app.audit.services.record", lambda *_, **__: None)


def no_reaping() -> None:
    """Nobody takes back what a killed worker held."""
    _for_good("app.worker.Worker._reap", lambda _worker: None)


def deaf_workers() -> None:
    """No job hears that it is to stop."""
    _for_good("app.worker.JobContext.should_stop", lambda _job: False)


def no_turns() -> None:
    """Whoever asked first is served until nothing of theirs is left."""
    worker.IN_TURN = frozenset()


def tireless_workers() -> None:
    """A job that has cost two workers is begun again and again."""
    job_services.MOST_ATTEMPTS = 9


def no_outages() -> None:
    """What the database can't do at the moment is taken for a fault of ours."""
    _for_good("app.db.refusals.refusal_of", lambda _error: None)
    _for_good("app.web.errors.is_outage", lambda _error: False)
