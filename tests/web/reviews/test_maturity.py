"""The pages of maturity: everybody reads them, leads and managers answer, nothing typed is lost."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.db.session import transaction
from app.reviews.models import MaturityAssessment
from app.reviews.queries.maturity import answers_of, get_assessment
from app.reviews.rules.maturity import CURRENT
from tests.factories.accounts import Cast
from tests.factories.maturity import make_assessment, make_draft
from tests.support.pages import buttons, error_on, form_values, links, parse, table, text

ClientFor = Callable[[Any], Any]
ALL_TWO = {one.key: 2 for one in CURRENT.questions}
TRIALS = next(one for one in CURRENT.questions if one.key == "technology_trials")


@pytest.fixture
def closed(session: Session, cast: Cast) -> MaturityAssessment:
    """The second of two closed assessments."""
    with transaction(session):
        make_assessment(session, cast.lead, assessed_on=date(2026, 2, 10), people_goals=1)
        return make_assessment(
            session, cast.lead, stage=3, technology_trials=1, strategy_needs=None
        )


@pytest.fixture
def draft(session: Session, cast: Cast) -> MaturityAssessment:
    with transaction(session):
        return make_draft(session, cast.lead)


class TestOverview:
    def test_draws_the_figures_of_its_table(
        self, client_for: ClientFor, cast: Cast, closed: MaturityAssessment
    ) -> None:
        page = client_for(cast.viewer).get("/maturity")

        rows = table(page, "Levels by dimension")
        drawn = [text(one) for one in parse(page).select(".radar text") if one.find("tspan")]
        assert drawn == [
            f"{row['Dimension'].split(' 1 of')[0]} {row['Level']}" for row in rows.rows
        ]
        assert rows.row("Technology")["Level"] == "2.5"
        assert rows.row("People") | {"Weakest answer": ""} == {
            "Dimension": "People", "Level": "3.0", "Before": "1.8", "Change": "+1.3",
            "Weakest answer": "",
        }  # fmt: skip
        trend = table(page, "Levels over time")
        assert trend.row("10 Feb 2027")["Strategy"] == "2.5 to 3.5"
        assert len(page.queries) <= 12

    def test_says_where_to_act_first(
        self, client_for: ClientFor, cast: Cast, closed: MaturityAssessment
    ) -> None:
        found = table(client_for(cast.viewer).get("/maturity"), "Where to act").rows

        weakest = next(row for row in found if row["Weakest question"] == TRIALS.text)
        assert weakest["What the next stage shows"] == TRIALS.shown[1]
        assert any(row["Next"] == "Find out" for row in found)

    @pytest.mark.parametrize("who", ["lead", "manager", "cfo", "viewer", "admin"])
    def test_leads_on_those_who_may_assess(
        self, client_for: ClientFor, cast: Cast, closed: MaturityAssessment, who: str
    ) -> None:
        empty = links(client_for(getattr(cast, who)).get("/maturity"))

        assert ("Start an assessment" in empty) == (who in ("lead", "manager"))

    def test_says_what_to_do_before_anything_is_assessed(
        self, client_for: ClientFor, cast: Cast
    ) -> None:
        assert links(client_for(cast.lead).get("/maturity"))["Start the first assessment"]
        assert "A CX lead or a program manager starts one." in text(
            client_for(cast.viewer).get("/maturity")
        )

    def test_keeps_units_apart(
        self, client_for: ClientFor, cast: Cast, session: Session, closed: MaturityAssessment
    ) -> None:
        with transaction(session):
            make_assessment(session, cast.lead, scope="Claims", stage=1)
        client = client_for(cast.viewer)

        assert "Whole company, assessed" in text(client.get("/maturity"))
        page = client.get("/maturity?scope=claims")
        assert table(page, "Levels by dimension").row("People")["Before"] == "–"
        assert "A trend begins with the second closed assessment of Claims." in text(page)


class TestAnswering:
    def _address(self, draft: MaturityAssessment) -> str:
        return f"/maturity/{draft.id}/people"

    def test_shows_the_answers_of_last_time_beside_and_copies_none(
        self, client_for: ClientFor, cast: Cast, session: Session, closed: MaturityAssessment
    ) -> None:
        with transaction(session):
            id_ = make_draft(session, cast.lead, assessed_on=date(2027, 2, 12)).id

        page = client_for(cast.manager).get(f"/maturity/{id_}/people")

        assert "Last time, 10 Feb 2027" in text(page) and "Record 3" in text(page)
        assert not parse(page).select("input[type=radio][checked]")
        assert len(page.queries) <= 12

    def test_saves_a_dimension_and_goes_on_to_the_next_open_one(
        self, client_for: ClientFor, cast: Cast, session: Session, draft: MaturityAssessment
    ) -> None:
        client, address = client_for(cast.lead), self._address(draft)
        typed = form_values(client.get(address), address) | {
            f"{one}_stage": "2" for one in ALL_TWO if one.startswith("people_")
        }

        answer = client.post(address, data=typed | {"people_goals_stage": "unknown"})

        assert (answer.status_code, answer.location) == (303, f"/maturity/{draft.id}/technology")
        session.expire_all()
        found = answers_of(get_assessment(session, draft.id))
        assert len(found) == 4 and found["people_goals"].stage is None

    def test_asks_for_evidence_and_keeps_everything_typed(
        self, client_for: ClientFor, cast: Cast, draft: MaturityAssessment
    ) -> None:
        client, address = client_for(cast.lead), self._address(draft)
        typed = form_values(client.get(address), address) | {
            "people_goals_stage": "4", "people_owners_stage": "1",
            "people_owners_evidence": "Nobody is named", "people_skills_link": "wiki",
        }  # fmt: skip

        page = client.post(address, data=typed)

        assert page.status_code == 422
        assert "from stage 3 on" in text(parse(page).find(id="people_goals_evidence-error"))
        assert "Choose the stage" in (
            error_on(page, next(q.text for q in CURRENT.questions if q.key == "people_skills"))
            or ""
        )
        kept = form_values(page, address)
        assert {name: kept[name] for name in typed} == typed | {"csrf_token": kept["csrf_token"]}

    def test_shows_both_versions_when_somebody_was_faster(
        self, client_for: ClientFor, cast: Cast, draft: MaturityAssessment
    ) -> None:
        client, address = client_for(cast.lead), self._address(draft)
        typed = form_values(client.get(address), address)

        client.post(address, data=typed | {"people_goals_stage": "1"})
        late = client.post(
            address, data=typed | {"people_goals_stage": "2", "people_goals_evidence": "Mine"}
        )

        assert late.status_code == 409
        assert "1 Initial" in text(late) and "2 Development" in text(late)
        again = form_values(late, address)
        assert (again["people_goals_stage"], again["people_goals_evidence"]) == ("2", "Mine")
        assert client.post(address, data=again).status_code == 303


class TestOneAssessment:
    def test_is_closed_once_complete_and_cannot_be_answered_any_more(
        self, client_for: ClientFor, cast: Cast, session: Session, draft: MaturityAssessment
    ) -> None:
        client, address = client_for(cast.lead), f"/maturity/{draft.id}"
        assert not buttons(client.get(address))["Close the assessment"]
        with transaction(session):
            id_ = make_draft(session, cast.lead, scope="Claims", stages=ALL_TWO).id
        page = client.get(f"/maturity/{id_}")
        typed = form_values(page, f"/maturity/{id_}/close")

        done = client.post(f"/maturity/{id_}/close", data=typed)

        assert (done.status_code, done.location) == (303, "/maturity?scope=Claims")
        assert client.post(f"/maturity/{id_}/close", data=typed).status_code == 409
        assert client.get(f"/maturity/{id_}/people").status_code == 303
        late = client.post(
            f"/maturity/{id_}/people", data={"people_goals_evidence": "Typed late",
                                             "people_goals_stage": "5", "version": "4"},
        )  # fmt: skip
        assert late.status_code == 409
        assert parse(late).find(id="people_goals_evidence").text.strip() == "Typed late"

    def test_stands_beside_any_earlier_one(
        self, client_for: ClientFor, cast: Cast, session: Session, closed: MaturityAssessment
    ) -> None:
        with transaction(session):
            first = make_assessment(
                session, cast.lead, assessed_on=date(2025, 2, 10), people_goals=5
            ).id
        client, address = client_for(cast.cfo), f"/maturity/{closed.id}"

        last, chosen = client.get(address), client.get(f"{address}?with={first}")

        assert "Before, 10 Feb 2026" in text(last)
        assert "Before, 10 Feb 2025" in text(chosen) and "−2" in text(chosen)
        assert client.get(f"{address}?with=99").status_code == 404
        assert len(chosen.queries) <= 12

    def test_is_discarded_with_a_reason(
        self, client_for: ClientFor, cast: Cast, draft: MaturityAssessment
    ) -> None:
        client, address = client_for(cast.lead), f"/maturity/{draft.id}/discard"
        typed = form_values(client.get(f"/maturity/{draft.id}"), address)

        assert client.post(address, data=typed).status_code == 422
        assert client.post(address, data=typed | {"reason": "Wrong unit"}).status_code == 303
        assert client.get(f"/maturity/{draft.id}").status_code == 404

    def test_is_changed_by_version(
        self, client_for: ClientFor, cast: Cast, draft: MaturityAssessment
    ) -> None:
        client, address = client_for(cast.lead), f"/maturity/{draft.id}/edit"
        typed = form_values(client.get(address), address)

        assert client.post(address, data=typed | {"method": "Interviews"}).status_code == 303
        late = client.post(address, data=typed | {"method": "Workshop"})
        assert late.status_code == 409
        assert "Interviews" in text(late) and "Workshop" in text(late)

    def test_gives_its_answers_as_a_file_that_holds_no_formula(
        self, client_for: ClientFor, cast: Cast, session: Session, draft: MaturityAssessment
    ) -> None:
        client, address = client_for(cast.lead), f"/maturity/{draft.id}/people"
        typed = form_values(client.get(address), address)
        client.post(
            address,
            data=typed | {"people_goals_stage": "1", "people_goals_evidence": "=1+1"},
        )

        file = client.get(f"/maturity/{draft.id}/answers.csv").get_data(as_text=True)

        lines = list(csv.DictReader(io.StringIO(file)))
        assert len(lines) == 24
        given = next(line for line in lines if line["Stage"])
        assert (given["Stage word"], given["Evidence"]) == ("Initial", "'=1+1")


class TestCommand:
    def test_shows_the_figures_of_the_page(
        self, app: Flask, client_for: ClientFor, cast: Cast, closed: MaturityAssessment
    ) -> None:
        shown = app.test_cli_runner().invoke(args=["maturity", "show", "--json"])
        plain = app.test_cli_runner().invoke(args=["maturity", "show"])

        page = table(client_for(cast.viewer).get("/maturity"), "Levels by dimension")
        said = json.loads(shown.output)
        assert [one["level"]["shown"] for one in said["dimensions"]] == page.column("Level")
        assert said["dimensions"][0]["level"]["low"] == "5/2"
        assert "Technology\t2.5\tweakest answer 1 Initial" in plain.output

    def test_says_what_is_not_there(self, app: Flask) -> None:
        result = app.test_cli_runner().invoke(args=["maturity", "show", "--scope", "Claims"])

        assert result.exit_code == 3
        assert "No assessment of “Claims” was closed yet." in result.output
