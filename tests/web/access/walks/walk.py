"""Do one thing after another and look at the events each leaves behind."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask import Flask
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.audit.models import AuditEvent
from tests.factories.accounts import Cast
from tests.support.client import StrictClient
from tests.support.digests import database_digest
from tests.support.pages import form_values, text

_SUBJECT = re.compile(r"[a-z_]+:\d+\Z")


@dataclass
class Walk:
    """One world; `act` posts and notes in `wrong` whatever its events should not be."""

    app: Flask
    session: Session
    engine: Engine
    cast: Cast
    now: datetime
    client_for: Callable[[Person], StrictClient]
    run_jobs: Callable[[], int]
    acted: set[str] = field(default_factory=set)
    wrong: list[str] = field(default_factory=list)
    _clients: dict[int, StrictClient] = field(default_factory=dict)
    _requests: set[str] = field(default_factory=set)

    def client(self, person: Person) -> StrictClient:
        if person.id not in self._clients:
            self._clients[person.id] = self.client_for(person)
        return self._clients[person.id]

    def form(self, person: Person, page: str, action: str) -> dict[str, Any]:
        """What the form on `page` that leads to `action` sends."""
        return form_values(self.client(person).get(page), action)

    def act(
        self,
        person: Person,
        address: str,
        *actions: str,
        page: str | None = None,
        subject: str | None = None,
        status: int = 303,
        client: StrictClient | None = None,
        sent: dict[str, Any] | None = None,
        **typed: Any,
    ) -> Any:
        """Send a form; it has to record `actions`, in any order, and nothing else.

        `page` shows the form; without it only `typed` is sent. Without actions the database has to
        stay as it was. A form with a request key is sent twice and must not act again.
        """
        browser = client or self.client(person)
        data = (self.form(person, page, address) if page else {}) | (sent or {}) | typed
        self.before_acting(person, address, data)
        endpoint, _ = self.app.url_map.bind("localhost").match(
            address.partition("?")[0], method="POST"
        )
        before, last = None if actions else database_digest(self.engine), self._last()
        answer = browser.post(address, data=data)
        if answer.status_code != status:
            self.wrong.append(f"{endpoint}: {answer.status_code}, {text(answer)[:600]}")
            return answer
        self.acted.add(str(endpoint))
        self._look(str(endpoint), person, last, actions, subject)
        if not actions and database_digest(self.engine) != before:
            self.wrong.append(f"{endpoint}: says it changes nothing, and did")
        if "once" in data and actions and not _has_files(data):
            self._repeat(str(endpoint), browser, address, data)
        return answer

    def before_acting(self, person: Person, address: str, data: dict[str, Any]) -> None:
        """What else is to be tried with what `person` is about to send."""

    def _look(
        self, endpoint: str, person: Person, last: int, actions: tuple[str, ...], only: str | None
    ) -> None:
        events = self._events_after(last)
        said = {
            "actions": sorted(one["action"] for one in events) == sorted(actions),
            "actor": {one["actor"] for one in events} <= {person.audit_key},
            "role": {one["actor_role"] for one in events} <= {person.audit_role},
            "subject": all(_SUBJECT.match(str(one["subject"])) for one in events),
            "one subject": only is None or [one["subject"] for one in events] == [only],
            "subjects": len({(one["action"], one["subject"]) for one in events}) == len(events),
            "request": len({one["request"] for one in events}) == bool(events),
        }
        requests = {str(one["request"]) for one in events}
        said["request of its own"] = not requests & self._requests and "None" not in requests
        self._requests |= requests
        faults = [name for name, holds in said.items() if not holds]
        if faults:
            seen = [(one["action"], one["subject"], one["actor"]) for one in events]
            self.wrong.append(f"{endpoint}: {faults}, wanted {actions}, seen {seen}")

    def _repeat(
        self, endpoint: str, browser: StrictClient, address: str, data: dict[str, Any]
    ) -> None:
        last = self._last()
        again = browser.post(address, data=data)
        if self._last() != last:
            self.wrong.append(f"{endpoint}: sent twice it acts twice, {again.status_code}")

    def _last(self) -> int:
        with Session(self.engine) as own:
            return own.scalar(select(func.max(AuditEvent.number))) or 0

    def _events_after(self, number: int) -> list[dict[str, Any]]:
        query = select(AuditEvent.content).where(AuditEvent.number > number)
        with Session(self.engine) as own:
            return [json.loads(one) for one in own.scalars(query.order_by(AuditEvent.number))]


def _has_files(data: dict[str, Any]) -> bool:
    return any(isinstance(value, tuple) for value in data.values())
