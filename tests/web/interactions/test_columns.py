"""The columns' form says all that a mapping file can, and keeps it for the next file."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.db.session import transaction
from app.interactions.engine.mapping import Mapping, parse_mapping
from app.interactions.engine.requests import Sample
from app.interactions.engine.shipped import list_shipped
from app.interactions.forms import ColumnsForm, answers, mapping_json
from tests.factories.accounts import Cast
from tests.factories.journeys import make_journey
from tests.support.pages import (
    error_on,
    field,
    form_values,
    heading,
    links,
    table,
    text,
    value_of,
)
from tests.unit.interactions.logs import ROW, mapping, row, rows

ClientFor = Callable[[Any], Any]
UPLOAD = "/interactions/import"
COLUMNS = "/interactions/import/columns"
COMMIT = "/interactions/import/commit"
KEEP = "/interactions/mappings"

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

OWN = {
    "everything": mapping(
        journey={"column": "j", "words": {"car": "motor-claim"}, "otherwise": "home-claim"},
        stage={"column": "s", "words": {"a": "awareness", "b = c": "use"}, "otherwise": "action"},
        channel={"column": "c", "words": {"Phone": "contact_centre"}, "otherwise": "web"},
        reason={"fixed": "All"}, outcome={"fixed": "Done"}, segment={"fixed": "Fleet"},
        expected_by={"column": "due", "format": "%y/%m/%d"},
        met={"ended": {"column": "end", "format": "offset"}},
        cost={"tariff": {"contact_centre": "4.20", "web": "0"}},
        prospect={"column": "p", "words": ["yes", "maybe, later"]},
        only={"column": "o", "words": ["real"]}, escalated={"column": "e", "words": ["x, y"]},
        contacts="n", invited="i", score={"column": "score", "low": 1, "high": 5},
        encoding="windows-1252", delimiter=";", decimal=",", missing=["n/a", "-"],
    ),
    "cents": mapping(cost={"column": "cost", "scale": "0.01"}, lost=None, escalated=None),
}  # fmt: skip


def _again(app: Flask, given: Mapping) -> Mapping:
    with app.test_request_context():
        form = ColumnsForm(formdata=None, file_name="f.csv", **answers(given))
        form.offer(Sample(columns=tuple(given.columns()), rows=(), words={}))
        assert not form.rule_faults()
        made = parse_mapping(mapping_json(form, given.currency))
    named = {"name": given.name, "title": given.title}
    return made.model_copy(update=named | ({} if made.journey else {"journey": given.journey}))


class TestForm:
    @pytest.mark.parametrize("name", [one.name for one in list_shipped()])
    def test_gives_every_shipped_mapping_again(self, app: Flask, name: str) -> None:
        given = next(one for one in list_shipped() if one.name == name)
        assert _again(app, given) == given

    @pytest.mark.parametrize("name", OWN)
    def test_gives_what_no_shipped_one_has(self, app: Flask, name: str) -> None:
        assert _again(app, OWN[name]) == OWN[name]


@pytest.fixture
def lead(session: Session, cast: Cast, client_for: ClientFor) -> Any:
    with transaction(session):
        make_journey(session, cast.owner)
    return client_for(cast.lead)


def _upload(browser: Any, content: bytes, **changes: Any) -> Any:
    values = form_values(browser.get(UPLOAD), UPLOAD) | {
        "journey": "motor-claim",
        "file": (io.BytesIO(content), "contacts.csv"),
        "mapping": "own-columns",
    }
    return browser.post(UPLOAD, data=values | changes, content_type="multipart/form-data")


def _file(line: str, name: str) -> tuple[io.BytesIO, str]:
    return io.BytesIO(rows(line).encode()), name


def _dry_run(browser: Any, content: bytes, **changes: Any) -> Any:
    values = form_values(_upload(browser, content), COLUMNS)
    values |= {"stage": "use", "channel_words": "Phone = Contact centre"} | changes
    return browser.post(COLUMNS, data=values)


class TestPage:
    def test_guesses_the_format_and_the_system_from_the_file_and_what_came_before(
        self, lead: Any
    ) -> None:
        offset = row(when="2026-05-04T10:00:00+02:00")
        page = _upload(lead, b"", file=_file(offset, "calls-2026-05.csv"))
        assert value_of(page, "Moments look like") == "offset"
        assert value_of(page, "System") == "calls"
        typed = form_values(page, COLUMNS) | {
            "source": "Hotline", "stage": "use", "channel_words": "Phone = Contact centre",
        }  # fmt: skip
        dry = lead.post(COLUMNS, data=typed)
        assert lead.post(COMMIT, data=form_values(dry, COMMIT)).status_code == 303
        next_month = row(id="2", when="2026-06-04T10:00:00+02:00")
        page = _upload(lead, b"", file=_file(next_month, "June.csv"))
        systems = page.soup.find(id=page.soup.find("input", attrs={"name": "source"})["list"])
        assert [one["value"] for one in systems.find_all("option")] == ["Hotline"]
        assert value_of(page, "Id of the contact") == "id"
        assert value_of(page, "System") == "Hotline"

    def test_asks_for_the_stage_and_takes_a_tariff(self, lead: Any) -> None:
        content = rows(ROW).encode()
        refused = _dry_run(lead, content, stage="", cost="", tariff="Hotline = 4.20", zone="Mars")
        assert refused.status_code == 422
        assert "Choose the stage" in (error_on(refused, "Stage") or "")
        assert "needs one of" in (error_on(refused, "Cost per contact by channel") or "")
        no_column = _dry_run(lead, content, outcome="", lost="", lost_words="Left")
        assert "Choose the column" in (error_on(no_column, "Customer left") or "")
        no_zone = _dry_run(lead, content, zone="Mars")
        assert "no time zone" in (error_on(no_zone, "Time zone") or "")
        dry = _dry_run(lead, content, cost="", tariff="Contact centre = 4.20")
        assert heading(dry) == "Dry run of contacts.csv"
        given = lead.get(links(dry)["Mapping as a file"]).json
        assert given["cost"] == {"tariff": {"contact_centre": "4.20"}}

    def test_guesses_only_what_the_words_say(self, lead: Any) -> None:
        content = "opened,due,target,through,ok\n2026-05-04,2026-05-09,Today,Phone,ONTIME\n"
        page = _upload(lead, (content + "2026-05-05,2026-05-09,Today,Pigeon,OVERDUE\n").encode())
        assert (value_of(page, "Expected result"), value_of(page, "Expected by")) == (
            "target", "due",
        )  # fmt: skip
        assert value_of(page, "What its words mean") == "Phone = Contact centre\nPigeon = "
        values = form_values(page, COLUMNS) | {"stage": "use", "met": "ok"}
        refused = lead.post(COLUMNS, data=values)
        assert "“Pigeon” needs one of" in (error_on(refused, "What its words mean") or "")

    def test_reads_a_file_in_another_encoding(self, lead: Any) -> None:
        content = rows(ROW).replace("why", "Grund für").replace(",", ";").encode("windows-1252")
        assert _upload(lead, content).status_code == 422
        page = _upload(lead, content, encoding="windows-1252", delimiter=";")
        assert "Grund für" in [one.text for one in field(page, "Reason").find_all("option")]
        values = form_values(page, COLUMNS)
        assert (values["encoding"], values["delimiter"]) == ("windows-1252", ";")
        dry = lead.post(COLUMNS, data=values | {"stage": "use", "reason": "Grund für"})
        assert heading(dry) == "Dry run of contacts.csv"

    def test_is_come_back_to_from_the_dry_run_with_everything_kept(self, lead: Any) -> None:
        dry = _dry_run(lead, rows(row(score="eleven")).encode(), reason_text="", segment="who")
        page = lead.get(links(dry)["Change the columns"])
        assert heading(page) == "Columns of contacts.csv"
        assert (value_of(page, "Stage"), value_of(page, "Segment")) == ("use", "who")
        assert value_of(page, "What its words mean") == "Phone = Contact centre"
        again = lead.post(COLUMNS, data=form_values(page, COLUMNS) | {"score": ""})
        assert lead.post(COMMIT, data=form_values(again, COMMIT)).status_code == 303

    def test_gives_all_faults_as_a_file(self, lead: Any) -> None:
        wrong = [row(id=str(n), score="=cmd") for n in range(1, 61)]
        dry = _dry_run(lead, rows(ROW.replace("1,", "x,", 1), *wrong, row(id="1")).encode())
        name = next(word for word in links(dry) if word.startswith("All "))
        found = lead.get(links(dry)[name])
        lines = list(csv.DictReader(io.StringIO(found.data.decode("utf-8-sig"))))
        scores = [one for one in lines if one["Column"] == "score"]
        assert (len(scores), scores[-1]["Row"]) == (60, "62")
        assert {one["Value"] for one in scores} == {"'=cmd"}
        (copy,) = [one for one in lines if one["Column"] == "id"]
        assert (copy["Row"], copy["Kind"], copy["Value"]) == ("63", "error", "1")
        assert name == f"All {len(lines)} errors and notes as CSV"


def test_knows_a_file_again_under_another_name(lead: Any) -> None:
    content = rows(ROW).encode()
    dry = _dry_run(lead, content)
    assert lead.post(COMMIT, data=form_values(dry, COMMIT)).status_code == 303
    page = _upload(lead, content, file=(io.BytesIO(content), "again.csv"))
    values = form_values(page, COLUMNS) | {"stage": "use"}
    refused = text(lead.post(COLUMNS, data=values | {"channel_words": "Phone = Contact centre"}))
    assert "as “contacts.csv” by the mapping “Columns of contacts.csv”" in refused


class TestKeeping:
    def test_offers_a_mapping_for_the_next_file(self, lead: Any) -> None:
        dry = _dry_run(lead, rows(ROW).encode())
        unnamed = lead.post(KEEP, data=form_values(dry, KEEP))
        assert unnamed.status_code == 422
        typed = form_values(dry, KEEP) | {"title": "Hotline"}
        kept = lead.post(KEEP, data=typed)
        assert kept.status_code == 303
        named = lead.get(kept.location)
        assert heading(named) == "Dry run of contacts.csv"
        assert "Hotline. Nothing is saved yet." in text(named)
        taken = lead.post(KEEP, data=typed)
        assert "a mapping of this name" in (error_on(taken, "Name") or "")
        assert lead.post(KEEP, data=typed | {"replace": "y"}).status_code == 303

        page = lead.get(UPLOAD)
        choices = {one.text: one["value"] for one in field(page, "Mapping").find_all("option")}
        again = _upload(lead, rows(row(id="7")).encode(), mapping=choices["Hotline"], journey="")
        assert heading(again) == "Dry run of contacts.csv"
        assert "Hotline. Nothing is saved yet." in text(again)

        assert lead.get(links(page)["JSON"]).json["title"] == "Hotline"
        (listed,) = table(page, "Mappings kept here").rows
        assert listed["Mapping"] == "Hotline"
        forget = "/interactions/mappings/1/forget"
        assert lead.post(forget, data=form_values(page, forget)).status_code == 303
        assert "Mappings kept here" not in text(lead.get(UPLOAD))
