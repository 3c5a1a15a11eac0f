"""A CX lead brings a log in: dry run, columns, import, undo, all without scripts."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts.rules import Role
from app.db.session import transaction
from app.journeys.models import InteractionMonth, InteractionSource
from app.journeys.rules import SourceState
from tests.factories.accounts import Cast, make_person
from tests.factories.journeys import make_journey
from tests.support.pages import error_on, form_values, heading, notice, table, text, value_of
from tests.unit.interactions.logs import ROW, mapping, row, rows

ClientFor = Callable[[Any], Any]
UPLOAD = "/interactions/import"
COLUMNS = "/interactions/import/columns"
COMMIT = "/interactions/import/commit"
LINES = rows(ROW, row(id="2", through="Fax"), row(id="3", score="eleven"))

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture
def lead(session: Session, cast: Cast, client_for: ClientFor) -> Any:
    with transaction(session):
        make_journey(session, cast.owner)
    return client_for(cast.lead)


def _upload(browser: Any, content: str = LINES, **changes: Any) -> Any:
    values = form_values(browser.get(UPLOAD), UPLOAD) | {
        "journey": "motor-claim",
        "file": (io.BytesIO(content.encode()), "contacts.csv"),
        "own_mapping": (io.BytesIO(mapping().model_dump_json(exclude_defaults=True).encode()), "m"),
    }
    values |= changes
    values = {name: value for name, value in values.items() if value is not None}
    return browser.post(UPLOAD, data=values, content_type="multipart/form-data")


def _sources(session: Session) -> int:
    session.rollback()
    return session.scalar(select(func.count()).select_from(InteractionSource)) or 0


class TestUploads:
    def test_are_each_persons_own(self, lead: Any, session: Session, client_for: ClientFor) -> None:
        with transaction(session):
            second = make_person(session, "Lia Lead", Role.CX_LEAD)
        other = client_for(second)
        mine, theirs = _upload(lead), _upload(other)
        taken = lead.post(COMMIT, data=form_values(mine, COMMIT) | {"leave_out": "y"})
        assert taken.status_code == 303
        again = other.get(f"{UPLOAD}/faults.csv?" + urlencode(_asked(theirs)))
        assert again.status_code == 200

    def test_stay_where_the_same_file_is_refused_in_another_way(self, lead: Any) -> None:
        page = _upload(lead)
        assert _upload(lead, own_mapping=(io.BytesIO(b"{}"), "m")).status_code == 422
        taken = lead.post(COMMIT, data=form_values(page, COMMIT) | {"leave_out": "y"})
        assert taken.status_code == 303

    def test_that_are_kept_no_more_blame_no_address(self, lead: Any) -> None:
        page = _upload(lead)
        asked = _asked(page) | {"file": "0" * 64}
        gone = lead.get(f"{UPLOAD}/faults.csv?" + urlencode(asked))
        assert gone.status_code == 404
        assert "This file is kept no more" in text(gone)
        assert "The address is wrong" not in text(gone)


def _asked(page: Any) -> dict[str, str]:
    values = form_values(page, COMMIT)
    return {"name": "contacts.csv", "file": values["file"], "mapping": values["mapping"]}


class TestImport:
    def test_goes_from_dry_run_to_months_and_back(
        self, lead: Any, session: Session, run_jobs: Callable[[], int]
    ) -> None:
        page = _upload(lead)
        assert heading(page) == "Dry run of contacts.csv"
        (issue,) = table(page, "What there is to say about the rows").rows
        assert (issue["Row"], issue["Column"]) == ("4", "score")
        (nowhere,) = table(page, "Contacts without a place").rows
        assert nowhere["Why"] == "“Fax” means no channel"
        assert _sources(session) == 0

        refused = lead.post(COMMIT, data=form_values(page, COMMIT))
        assert refused.status_code == 422
        assert "1 of 3 rows has errors" in text(refused)
        taken = lead.post(COMMIT, data=form_values(page, COMMIT) | {"leave_out": "y"})
        assert taken.status_code == 303
        assert run_jobs() == 1
        shown = lead.get(taken.headers["Location"])
        assert table(shown, "Contacts by month").rows[0]["Contacts"] == "1"
        assert table(shown, "Contacts by month").rows[0]["With customer"] == "1"
        listed = table(lead.get("/interactions"), "Sources of interactions").rows[0]
        assert (listed["State"], listed["Left out"], listed["Without a place"]) == (
            "Counted",
            "1",
            "1",
        )

        undo = f"{taken.headers['Location']}/undo"
        unsure = lead.post(undo, data=form_values(shown, undo))
        assert unsure.status_code == 422
        gone = lead.post(undo, data=form_values(shown, undo) | {"sure": "y"})
        assert gone.status_code == 303
        session.rollback()
        assert session.scalar(select(InteractionSource.state)) is SourceState.REMOVED
        assert session.scalar(select(func.count()).select_from(InteractionMonth)) == 0

    def test_keeps_the_file_only_between_dry_run_and_import(self, app: Flask, lead: Any) -> None:
        def kept() -> bool:
            folder = Path(app.instance_path) / "uploads"
            files = [file for file in folder.rglob("*") if file.is_file()]
            return any(b"customer-4711" in file.read_bytes() for file in files)

        page = _upload(lead, rows(row(who="customer-4711")))
        assert kept()
        values = form_values(page, COMMIT)
        taken = lead.post(COMMIT, data=values)
        assert (taken.status_code, kept()) == (303, False)
        assert lead.post(COMMIT, data=values).headers["Location"] == taken.headers["Location"]

        personal = rows(row(who="customer-4711", why="Call 0170 1234567"))
        assert "This seems to hold a phone number" in text(_upload(lead, personal))
        assert not kept()
        assert _upload(lead, "who\ncustomer-4711\n").status_code == 422
        assert not kept()

    def test_says_that_a_file_came_in_before(self, lead: Any) -> None:
        good = rows(ROW)
        lead.post(COMMIT, data=form_values(_upload(lead, good), COMMIT))
        page = _upload(lead, good)
        assert page.status_code == 422
        assert "taken in already" in text(page)

    def test_refuses_what_is_no_table_at_the_file(self, lead: Any) -> None:
        page = _upload(lead, "\0\0\0")
        assert page.status_code == 422
        assert "zero byte" in (error_on(page, "File") or "")

    def test_says_how_a_larger_file_comes_in(self, app: Flask, lead: Any) -> None:
        app.config["INTERACTIONS_MEGABYTES"] = 0
        page = _upload(lead)
        assert page.status_code == 413
        assert "larger than 0 MB" in text(page)
        assert "INTERACTIONS_MEGABYTES" in text(page)
        assert "flask --app wsgi interactions import" in text(page)

    def test_is_not_for_program_managers(self, client_for: ClientFor, cast: Cast) -> None:
        assert client_for(cast.manager).get(UPLOAD).status_code == 403


class TestColumns:
    def test_are_guessed_and_can_be_chosen(self, lead: Any, session: Session) -> None:
        page = _upload(lead, own_mapping=None, mapping="own-columns")
        assert heading(page) == "Columns of contacts.csv"
        assert value_of(page, "Moment") == "when"
        assert "Phone = Contact centre" in value_of(page, "What its words mean")
        values = form_values(page, COLUMNS)
        values |= {"stage": "use", "channel_words": "Phone = Contact centre", "minutes": "length"}
        dry = lead.post(COLUMNS, data=values)
        assert heading(dry) == "Dry run of contacts.csv"
        assert _sources(session) == 0

    def test_say_which_word_is_no_channel(self, lead: Any) -> None:
        page = _upload(lead, own_mapping=None, mapping="own-columns")
        values = form_values(page, COLUMNS) | {"channel_words": "Phone = Telegraph"}
        answer = lead.post(COLUMNS, data=values)
        assert answer.status_code == 422
        assert "“Phone” needs one of" in (error_on(answer, "What its words mean") or "")

    def test_need_a_journey(self, lead: Any) -> None:
        page = _upload(lead, own_mapping=None, mapping="own-columns", journey="")
        assert page.status_code == 422
        assert error_on(page, "Journey") == "Choose the journey the contacts belong to."


class TestShow:
    def test_gives_the_mapping_back(self, lead: Any) -> None:
        lead.post(COMMIT, data=form_values(_upload(lead, rows(ROW)), COMMIT))
        answer = lead.get("/interactions/1/mapping.json")
        assert answer.json["name"] == "own"
        assert notice(lead.get("/interactions/1")) is not None
