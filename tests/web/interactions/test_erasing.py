"""A customer is erased by page: looked for first, then confirmed with a reason."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit.models import AuditEvent
from app.db.session import transaction
from app.journeys.models import InteractionErasure
from tests.factories.accounts import Cast
from tests.factories.journeys import make_journey
from tests.support.pages import error_on, form_values, links, notice, table, text
from tests.unit.interactions.logs import ROW, mapping, row, rows

ERASE = "/interactions/erase"
CONFIRM = "/interactions/erase/confirm"
FINISH = "/interactions/erase/finish"

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture
def logged(app: Flask, session: Session, cast: Cast, tmp_path: Path) -> None:
    """Two logs, one of which has two rows of a customer and the other one."""
    with transaction(session):
        make_journey(session, cast.owner)
    own = tmp_path / "own.json"
    own.write_text(mapping().model_dump_json(exclude_defaults=True))
    theirs = (row(id="2", who="customer-4711"), row(id="3", who="customer-4711"))
    later = (row(id="4"), row(id="5", who="customer-4711"))
    for name, lines in {"one.csv": (ROW, *theirs), "two.csv": later}.items():
        (tmp_path / name).write_text(rows(*lines))
        taken = app.test_cli_runner().invoke(
            args=["interactions", "import", str(tmp_path / name), "--mapping", str(own), "--as",
                  cast.lead.email],
        )  # fmt: skip
        assert taken.exit_code == 0, taken.output


def test_erases_what_was_shown_once_and_says_so(
    app: Flask, logged: None, session: Session, cast: Cast, client_for: Callable[[Any], Any],
    run_jobs: Callable[[], int],
) -> None:  # fmt: skip
    admin = client_for(cast.admin)
    assert links(admin.get("/interactions"))["Erase a customer"] == ERASE
    asked = form_values(admin.get(ERASE), ERASE)
    assert admin.post(ERASE, data=asked).status_code == 422
    nobody = admin.post(ERASE, data=asked | {"customer": "customer-1"})
    assert "No log has this customer" in text(nobody)

    found = admin.post(ERASE, data=asked | {"customer": "customer-4711"})
    listed = table(found, "What the logs have of this customer")
    assert [(one["Import"], one["Rows"], one["Contacts"]) for one in listed.rows[:2]] == [
        ("one.csv", "2", "2"), ("two.csv", "1", "1"),
    ]  # fmt: skip
    assert "4711" not in text(found)
    assert session.scalars(select(InteractionErasure)).all() == []

    typed = form_values(found, CONFIRM)
    unsure = admin.post(CONFIRM, data=typed)
    assert "Say why" in (error_on(unsure, "Reason") or "")
    sure = typed | {"reason": "Asked for it, case 17.", "sure": "y"}
    done, again = admin.post(CONFIRM, data=sure), admin.post(CONFIRM, data=sure)
    assert (done.status_code, again.status_code) == (303, 303)
    assert "3 rows in 2 imports were erased" in (notice(admin.get(ERASE)) or "")

    session.rollback()
    begun = select(AuditEvent).where(AuditEvent.action == "interactions.erasure_begun")
    events = session.scalars(begun).all()
    assert [one.reason for one in events] == ["Asked for it, case 17."] * 2
    assert not any(b"4711" in one.content for one in session.scalars(select(AuditEvent)))
    nothing = admin.post(ERASE, data=asked | {"customer": "customer-4711"})
    assert "No log has this customer" in text(nothing)
    # Each log is counted after its import and after the erasure, which moves the end of one log;
    # so the log beside it is counted once more.
    assert run_jobs() == 5
    counted = app.test_cli_runner().invoke(args=["interactions", "count", "1"])
    assert "1 contact at touchpoints" in counted.output


def test_ends_what_broke_off(
    logged: None, session: Session, cast: Cast, client_for: Callable[[Any], Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    admin = client_for(cast.admin)
    asked = form_values(admin.get(ERASE), ERASE) | {"customer": "customer-4711"}
    sure = form_values(admin.post(ERASE, data=asked), CONFIRM) | {"reason": "Asked.", "sure": "y"}
    with monkeypatch.context() as patched:
        patched.setattr("app.interactions.routes.erasing.list_open", lambda _: [])
        admin.post(CONFIRM, data=sure)
    page = admin.get(ERASE)
    assert "2 erasures broke off" in text(page)
    assert admin.post(FINISH, data=form_values(page, FINISH)).status_code == 303
    assert "broke off" not in text(admin.get(ERASE))


def test_is_for_cx_leads_and_admins(cast: Cast, client_for: Callable[[Any], Any]) -> None:
    assert client_for(cast.manager).get(ERASE).status_code == 403
