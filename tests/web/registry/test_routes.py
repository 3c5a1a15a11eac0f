"""A person brings a file in: dry run first, every bad row named, nothing lost or half saved."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.calendar.models import Cycle
from app.db.session import transaction
from app.initiatives.models import Criterion, Initiative, Milestone
from app.roadmap.models import Evidence
from app.values.quarter import Quarter
from tests.factories.accounts import Cast
from tests.factories.calendar import make_cycle, make_fund
from tests.support.pages import buttons, error_on, form_values, heading, links, notice, table, text

ClientFor = Callable[[Any], Any]
HEADER = (
    "Unique Investment Identifier,Agency Name,Investment Title,Project Name,Start Date,"
    "Completion Date (B1),Planned Cost ($ M)"
)
GOOD = "I-1,Labor,Portal,Build,2011-01-01,2011-12-31,3"
BAD = "I-2,Labor,Mail,Build,2011-01-01,2011-12-31,"
LATE = "I-8,Labor,Portal,Build,2011-01-01,2021-12-31,3"
COMMIT = "/initiatives/import/commit"


@pytest.fixture
def cycle(session: Session, cast: Cast) -> Cycle:
    with transaction(session):
        cycle = make_cycle(
            session, currency="USD", first_quarter=Quarter(2011, 1), quarter_count=40
        )
        make_fund(session, cycle, "it")
    return cycle


def upload(browser: Any, cycle: Cycle, *rows: str, name: str = "projects.csv") -> Any:
    page = browser.get("/initiatives/import")
    values = form_values(page, "/initiatives/import")
    values |= {
        "mapping": "us-it-dashboard",
        "cycle": str(cycle.id),
        "file": (io.BytesIO("\n".join([HEADER, *rows]).encode()), name),
    }
    values.pop("own_mapping", None)
    return browser.post("/initiatives/import", data=values, content_type="multipart/form-data")


def count(session: Session) -> int:
    session.rollback()
    return session.scalar(select(func.count()).select_from(Initiative)) or 0


class TestPreview:
    def test_shows_what_would_come_and_saves_nothing(
        self, client_for: ClientFor, cast: Cast, cycle: Cycle, session: Session
    ) -> None:
        page = upload(client_for(cast.lead), cycle, GOOD)
        assert heading(page) == "Dry run of projects.csv"
        row = table(page, "The first initiatives").rows[0]
        assert row["Key"] == "IT-I-1"
        assert row["Cost"] == "US$3,000,000.00"
        assert "Value is a declared benefit, evidence grade E" in text(page)
        assert count(session) == 0

    def test_names_what_is_like_something_there_already(
        self, client_for: ClientFor, cast: Cast, cycle: Cycle
    ) -> None:
        browser = client_for(cast.lead)
        first = upload(browser, cycle, GOOD)
        assert "Similar to what is there" not in text(first)
        browser.post(COMMIT, data=form_values(first, COMMIT))
        again = upload(browser, cycle, GOOD.replace("I-1,", "I-7,", 1))
        row = table(again, "Similar to what is there").rows[0]
        assert (row["Key"], row["Like"]) == ("IT-I-7", "IT-I-1")
        assert "Similar to what is there" not in text(upload(browser, cycle, GOOD))

    def test_says_at_the_own_mapping_what_is_wrong_with_it(
        self, client_for: ClientFor, cast: Cast, cycle: Cycle
    ) -> None:
        browser = client_for(cast.lead)
        values = form_values(browser.get("/initiatives/import"), "/initiatives/import") | {
            "mapping": "us-it-dashboard",
            "cycle": str(cycle.id),
            "file": (io.BytesIO(f"{HEADER}\n{GOOD}".encode()), "projects.csv"),
            "own_mapping": (io.BytesIO(b'{"name": "own"}'), "own.json"),
        }
        page = browser.post("/initiatives/import", data=values, content_type="multipart/form-data")
        assert page.status_code == 422
        said = error_on(page, "Own mapping (JSON), used instead") or ""
        assert "at $.title: it is missing." in said
        assert error_on(page, "File") is None

    def test_names_line_and_column_of_each_bad_row(
        self, client_for: ClientFor, cast: Cast, cycle: Cycle
    ) -> None:
        page = upload(client_for(cast.lead), cycle, GOOD, BAD)
        (row,) = table(page, "What there is to say about the rows").rows
        assert (row["Line"], row["Column"]) == ("3", "Planned Cost ($ M)")
        assert row["What"] == "The planned cost is missing."

    def test_notes_a_cost_that_stands_for_not_known_at_its_row(
        self, client_for: ClientFor, cast: Cast, cycle: Cycle
    ) -> None:
        absurd = "I-3,Labor,Web,Build,2011-01-01,2011-12-31,999.999999"
        page = upload(client_for(cast.lead), cycle, GOOD, absurd)
        (row,) = table(page, "What there is to say about the rows").rows
        assert (row["Line"], row["Column"], row["Kind"]) == ("3", "Planned Cost ($ M)", "note")
        assert "IT-I-3: An amount is all nines" in row["What"]

    def test_notes_a_cost_a_thousand_times_the_usual(
        self, client_for: ClientFor, cast: Cast, cycle: Cycle
    ) -> None:
        rows = [f"I-{n},Labor,Web,Build,2011-01-01,2011-12-31,0.5" for n in (1, 2)]
        dear = "I-3,Labor,Web,Build,2011-01-01,2011-12-31,1500"
        page = upload(client_for(cast.lead), cycle, *rows, dear)
        (row,) = table(page, "What there is to say about the rows").rows
        assert "IT-I-3: The cost is 3,000 times the median of this file’s" in row["What"]

    @pytest.mark.parametrize("name", ["projects.pdf", "projects"])
    def test_refuses_other_kinds_of_files(
        self, client_for: ClientFor, cast: Cast, cycle: Cycle, name: str
    ) -> None:
        page = upload(client_for(cast.lead), cycle, GOOD, name=name)
        assert page.status_code == 422
        assert "Choose a CSV, XLSX or JSON file" in text(page)

    def test_asks_for_a_file(self, client_for: ClientFor, cast: Cast, cycle: Cycle) -> None:
        browser = client_for(cast.lead)
        values = form_values(browser.get("/initiatives/import"), "/initiatives/import")
        page = browser.post("/initiatives/import", data=values | {"cycle": str(cycle.id)})
        assert page.status_code == 422
        assert "Choose a CSV, XLSX or JSON file." in text(page)

    def test_is_not_for_viewers(self, client_for: ClientFor, cast: Cast) -> None:
        assert client_for(cast.viewer).get("/initiatives/import").status_code == 403


class TestMeasurements:
    def test_stand_at_the_import_and_at_the_milestones_with_day_and_source(
        self, client_for: ClientFor, cast: Cast, session: Session
    ) -> None:
        with transaction(session):
            cycle = make_cycle(
                session, currency="USD", first_quarter=Quarter(2021, 4), quarter_count=8
            )
        content = (
            Path(__file__).parents[2] / "data/us_performance_goals_extract.json"
        ).read_bytes()
        browser = client_for(cast.manager)
        values = form_values(browser.get("/initiatives/import"), "/initiatives/import") | {
            "mapping": "us-performance-goals",
            "cycle": str(cycle.id),
            "file": (io.BytesIO(content), "goals.json"),
        }
        values.pop("own_mapping", None)
        dry_run = browser.post(
            "/initiatives/import", data=values, content_type="multipart/form-data"
        )
        answer = browser.post(COMMIT, data=form_values(dry_run, COMMIT))
        stored = session.scalar(select(func.count()).select_from(Evidence)) or 0
        assert stored > 0
        assert f"Measurements {stored:,}" in text(dry_run)
        assert f"Measurements {stored:,}" in text(browser.get(answer.headers["Location"]))

        name, key = session.execute(
            select(Milestone.name, Initiative.key)
            .join(Initiative, Initiative.id == Milestone.initiative_id)
            .join(Criterion, Criterion.milestone_id == Milestone.id)
            .join(Evidence, Evidence.criterion_id == Criterion.id)
            .group_by(Milestone.id, Milestone.name, Initiative.key)
            .having(func.count() > 1)
            .limit(1)
        ).one()
        page = browser.get(f"/initiatives/{key}/milestones")
        rows = table(page, f"Measurements of {name}").rows
        assert len(rows) > 1
        assert all("line" in row["Source"] and "20" in row["Measured on"] for row in rows)
        assert len(page.queries) <= 12


class TestCommit:
    def test_imports_what_the_dry_run_showed(
        self, client_for: ClientFor, cast: Cast, cycle: Cycle, session: Session
    ) -> None:
        browser = client_for(cast.lead)
        values = form_values(upload(browser, cycle, GOOD), COMMIT)
        answer = browser.post(COMMIT, data=values)
        assert answer.status_code == 303
        page = browser.get(answer.location)
        assert notice(page) == "1 initiative imported as draft."
        assert table(page, "Initiatives by state").rows[0]["Initiatives"] == "1"
        assert count(session) == 1

    def test_bad_rows_bar_it_until_they_are_left_out_on_purpose(
        self, client_for: ClientFor, cast: Cast, cycle: Cycle, session: Session
    ) -> None:
        browser = client_for(cast.lead)
        values = form_values(upload(browser, cycle, GOOD, BAD), COMMIT)
        refused = browser.post(COMMIT, data=values)
        assert refused.status_code == 422
        assert "1 of 2 rows have errors" in text(refused)
        assert count(session) == 0
        again = form_values(refused, COMMIT) | {"leave_out": "y"}
        assert browser.post(COMMIT, data=again).status_code == 303
        assert count(session) == 1

    def test_sending_it_twice_imports_once(
        self, client_for: ClientFor, cast: Cast, cycle: Cycle, session: Session
    ) -> None:
        browser = client_for(cast.lead)
        values = form_values(upload(browser, cycle, GOOD), COMMIT)
        first = browser.post(COMMIT, data=values)
        second = browser.post(COMMIT, data=values)
        assert second.status_code == 303
        assert second.location == first.location
        assert count(session) == 1

    def test_a_forged_file_name_finds_nothing(
        self, client_for: ClientFor, cast: Cast, cycle: Cycle
    ) -> None:
        browser = client_for(cast.lead)
        values = form_values(upload(browser, cycle, GOOD), COMMIT)
        assert browser.post(COMMIT, data=values | {"file": "0" * 64}).status_code == 404
        assert browser.post(COMMIT, data=values | {"file": "../../config.py"}).status_code == 422


class TestMoves:
    def test_finance_certifies_what_others_imported_and_submitted(
        self, client_for: ClientFor, cast: Cast, cycle: Cycle, session: Session
    ) -> None:
        lead, cfo = client_for(cast.lead), client_for(cast.cfo)
        shown = lead.post(COMMIT, data=form_values(upload(lead, cycle, GOOD), COMMIT)).location
        for browser, move in ((lead, "submit"), (cfo, "certify"), (lead, "nominate")):
            action = f"{shown}/{move}"
            answer = browser.post(action, data=form_values(browser.get(shown), action))
            assert answer.status_code == 303
        page = lead.get(shown)
        assert table(page, "Initiatives by state").rows[0]["State"] == "Candidate"

    def test_name_everything_that_stays_with_its_reasons_and_keep_naming_it(
        self, client_for: ClientFor, cast: Cast, cycle: Cycle
    ) -> None:
        lead = client_for(cast.lead)
        late = [LATE, LATE.replace("I-8", "I-9")]
        dry_run = upload(lead, cycle, GOOD, *late)
        warned = table(dry_run, "Can't go to Finance like this").rows
        assert [row["Key"] for row in warned] == ["IT-I-8", "IT-I-9"]
        assert "Move “" in warned[0]["Why"]
        shown = lead.post(COMMIT, data=form_values(dry_run, COMMIT)).location
        action = f"{shown}/submit"
        lead.post(action, data=form_values(lead.get(shown), action))
        page = lead.get(shown)
        assert "2 initiatives could not be submitted" in text(page)
        for again in (page, lead.get(shown)):
            rows = table(again, "What can't go on").rows
            assert [row["Initiative"] for row in rows] == ["IT-I-8 Portal", "IT-I-9 Portal"]
            assert [row["State"] for row in rows] == ["Draft", "Draft"]
            assert (
                "between the planned start and the cycle’s last quarter" in rows[1]["Why it stays"]
            )
            assert links(again)["IT-I-9 Portal"] == "/initiatives/IT-I-9"
            assert len(again.queries) <= 12

    def test_say_when_rows_of_an_initiative_were_left_out(
        self, client_for: ClientFor, cast: Cast, cycle: Cycle
    ) -> None:
        lead = client_for(cast.lead)
        bad = GOOD.removesuffix("3")
        dry_run = upload(lead, cycle, GOOD, bad, bad)
        said = "IT-I-1: 2 of its 3 rows were left out of the import; its cost is that of 1."
        assert said in text(dry_run)
        values = form_values(dry_run, COMMIT) | {"leave_out": "y"}
        shown = lead.post(COMMIT, data=values).location
        assert said in text(lead.get(shown))
        assert said in text(lead.get("/initiatives/IT-I-1"))
        row = table(lead.get("/initiatives/import"), "Imports so far").rows[0]
        assert (row["Rows"], row["Left out"]) == ("3", "2")

    def test_say_that_a_benefit_after_the_last_quarter_counts_nothing(
        self, client_for: ClientFor, cast: Cast, cycle: Cycle
    ) -> None:
        lead = client_for(cast.lead)
        lead.post(COMMIT, data=form_values(upload(lead, cycle, LATE), COMMIT))
        said = text(lead.get("/initiatives/IT-I-8"))
        assert "goes live in 2021-Q4, after 2020-Q4, the last quarter of" in said
        assert "no option" not in said

    def test_a_lead_cannot_certify(self, client_for: ClientFor, cast: Cast, cycle: Cycle) -> None:
        lead = client_for(cast.lead)
        shown = lead.post(COMMIT, data=form_values(upload(lead, cycle, GOOD), COMMIT)).location
        values = form_values(lead.get(shown), f"{shown}/submit")
        assert lead.post(f"{shown}/certify", data=values).status_code == 403


class TestUndo:
    def test_takes_everything_back(
        self, client_for: ClientFor, cast: Cast, cycle: Cycle, session: Session
    ) -> None:
        lead = client_for(cast.lead)
        shown = lead.post(COMMIT, data=form_values(upload(lead, cycle, GOOD), COMMIT)).location
        values = form_values(lead.get(shown), f"{shown}/undo")
        refused = lead.post(f"{shown}/undo", data=values)
        assert refused.status_code == 422
        assert "Tick this" in text(refused)
        assert count(session) == 1
        assert lead.post(f"{shown}/undo", data=values | {"sure": "y"}).status_code == 303
        assert count(session) == 0
        assert lead.get(shown).status_code == 404

    def test_is_barred_with_the_reason_once_somebody_worked_on_it(
        self, client_for: ClientFor, cast: Cast, cycle: Cycle, session: Session
    ) -> None:
        lead = client_for(cast.lead)
        shown = lead.post(COMMIT, data=form_values(upload(lead, cycle, GOOD), COMMIT)).location
        values = form_values(lead.get(shown), f"{shown}/undo")
        action = f"{shown}/submit"
        lead.post(action, data=form_values(lead.get(shown), action))
        page = lead.get(shown)
        assert buttons(page)["Take the import back"] is False
        assert "1 of its initiatives, IT-I-1 first, has been worked on since" in text(page)
        assert lead.post(f"{shown}/undo", data=values | {"sure": "y"}).status_code == 409
        assert count(session) == 1
