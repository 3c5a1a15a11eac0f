"""Proposing on pages: nothing typed is lost, every refusal stands at its field."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.db.session import transaction
from app.initiatives.models import Initiative
from app.initiatives.queries import ANSWERS, MILESTONES, get_initiative, get_option
from app.initiatives.rules import Question
from tests.factories.accounts import Cast
from tests.factories.initiatives import (
    Company,
    make_certified,
    make_complete,
    make_draft,
    make_submitted,
)
from tests.support.client import StrictClient
from tests.support.pages import (
    buttons,
    error_on,
    field,
    form_values,
    heading,
    links,
    notice,
    table,
    text,
    value_of,
)

ClientFor = Callable[[Person], StrictClient]


@pytest.fixture
def draft(session: Session, cast: Cast, company: Company) -> Initiative:
    with transaction(session):
        return make_draft(session, cast, company)


class TestCreate:
    def typed(self, company: Company, cast: Cast, **changes: str) -> dict[str, str]:
        return {
            "title": "Tracker", "journey_id": str(company.journey.id), "lens": "process",
            "cycle_id": str(company.cycle.id), "planned_start": "2027-Q2", "unit": "Claims",
            "owner_id": str(cast.lead.id), "sponsor_id": "",
        } | changes  # fmt: skip

    def test_starts_with_the_cycle_that_runs_and_oneself(
        self, client_for: ClientFor, cast: Cast, company: Company
    ) -> None:
        page = client_for(cast.lead).get("/initiatives/new")

        assert value_of(page, "Cycle") == str(company.cycle.id)
        assert value_of(page, "Owner") == str(cast.lead.id)
        assert value_of(page, "Planned start") == "2027-Q1"

    def test_has_to_be_told_what_it_mainly_changes(
        self, client_for: ClientFor, cast: Cast, company: Company
    ) -> None:
        client = client_for(cast.lead)

        assert value_of(client.get("/initiatives/new"), "Mainly changes") == ""
        page = client.post("/initiatives/new", data=self.typed(company, cast, lens=""))
        assert error_on(page, "Mainly changes") == "Say what it mainly changes."

    def test_gives_a_key_and_goes_on_to_the_first_question(
        self, client_for: ClientFor, cast: Cast, company: Company
    ) -> None:
        client = client_for(cast.lead)
        answer = client.post("/initiatives/new", data=self.typed(company, cast))

        assert answer.status_code == 303
        assert answer.headers["Location"] == "/initiatives/CX-101/questions/goals"
        assert heading(client.get("/initiatives/CX-101")) == "Tracker Draft"

    def test_keeps_what_was_typed_and_says_what_is_wrong(
        self, client_for: ClientFor, cast: Cast, company: Company
    ) -> None:
        typed = self.typed(company, cast, title=" ", planned_start="soon", unit="Odd <unit>")

        page = client_for(cast.lead).post("/initiatives/new", data=typed)

        assert page.status_code == 422
        assert error_on(page, "Title") == "Give the initiative a title."
        assert "2027-Q1" in (error_on(page, "Planned start") or "")
        assert value_of(page, "Planned start") == "soon"
        assert value_of(page, "Organisation unit") == "Odd <unit>"

    def test_a_viewer_is_told_so(self, client_for: ClientFor, cast: Cast, company: Company) -> None:
        page = client_for(cast.viewer).post("/initiatives/new", data=self.typed(company, cast))

        assert page.status_code == 403
        assert "None of your roles allows this" in text(page)


class TestMissing:
    @pytest.mark.parametrize(
        "path", ["", "/options", "/case", "/edit", "/questions/goals", "/options/none"]
    )
    def test_is_404_in_words(self, client_for: ClientFor, cast: Cast, path: str) -> None:
        page = client_for(cast.lead).get(f"/initiatives/CX-999{path}")
        assert page.status_code == 404
        assert "no such initiative" in text(page)

    def test_a_question_there_is_not(
        self, client_for: ClientFor, cast: Cast, draft: Initiative
    ) -> None:
        page = client_for(cast.lead).get(f"/initiatives/{draft.key}/questions/seventh")
        assert page.status_code == 404


class TestQuestions:
    def test_each_step_saves_by_itself_and_leads_to_the_next(
        self, client_for: ClientFor, session: Session, cast: Cast, draft: Initiative
    ) -> None:
        client = client_for(cast.owner)
        path = f"/initiatives/{draft.key}/questions/goals"
        sent = form_values(client.get(path), path) | {"goals": "Fewer calls.\r\nHappier people."}

        answer = client.post(path, data=sent)

        assert answer.headers["Location"].endswith("/questions/customers")
        kept = get_initiative(session, draft.key, *ANSWERS).answers
        assert [(one.question, one.text) for one in kept] == [
            (Question.GOALS, "Fewer calls.\r\nHappier people.")
        ]

    def test_the_design_names_touchpoints(
        self, client_for: ClientFor, session: Session, cast: Cast, draft: Initiative
    ) -> None:
        client = client_for(cast.owner)
        path = f"/initiatives/{draft.key}/questions/design"
        page = client.get(path)
        box = field(page, "Use, contact centre")

        client.post(path, data=form_values(page, path) | {"touchpoints": box["value"]})

        assert "Use, contact centre" in text(client.get(f"/initiatives/{draft.key}/questions"))

    def test_two_people_at_once_see_both_texts_and_nothing_is_lost(
        self, client_for: ClientFor, session: Session, cast: Cast, draft: Initiative
    ) -> None:
        mine, theirs = client_for(cast.owner), client_for(cast.lead)
        path = f"/initiatives/{draft.key}/questions/goals"
        seen = form_values(mine.get(path), path)
        theirs.post(path, data=form_values(theirs.get(path), path) | {"goals": "Theirs"})

        page = mine.post(path, data=seen | {"goals": "Mine"})

        assert page.status_code == 409
        assert "Lena Lead changed this while you were writing" in text(page)
        row = _both_versions(page)
        assert (row["Yours, not saved"], row["Theirs, saved"]) == ("Mine", "Theirs")
        assert value_of(page, "Business goals") == "Mine"
        again = mine.post(path, data=form_values(page, path))
        assert again.status_code == 303
        (kept,) = get_initiative(session, draft.key, *ANSWERS).answers
        assert kept.text == "Mine"


def _both_versions(page: Any) -> dict[str, str]:
    found = next(t for t in page.soup.find_all("table") if "Theirs, saved" in text(t))
    heads = [text(cell) for cell in found.thead.find_all("th")]
    cells = [text(cell) for cell in found.tbody.find("tr").find_all(["th", "td"])]
    return dict(zip(heads, cells, strict=True))


class TestOptions:
    def test_the_grid_is_saved_cell_by_cell(
        self,
        client_for: ClientFor,
        session: Session,
        cast: Cast,
        company: Company,
        draft: Initiative,
    ) -> None:
        client = client_for(cast.owner)
        path = f"/initiatives/{draft.key}/options/new"
        page = client.get(path)
        typed = form_values(page, "") | {
            "name": "All claims", f"spend-{company.capex.id}-0": "250k",
            f"spend-{company.run.id}-7": "1,000.50", f"days-{company.team.id}-1": "12.5",
        }  # fmt: skip

        answer = client.post(path, data=typed)

        assert answer.status_code == 303
        kept = get_option(session, get_initiative(session, draft.key), "full")
        assert {(one.fund_id, one.quarter_index): one.amount_minor for one in kept.spend} == {
            (company.capex.id, 0): 250_000_00,
            (company.run.id, 7): 1_000_50,
        }
        assert "€251,000.50" in text(client.get(f"/initiatives/{draft.key}/options"))

    def test_everything_that_is_wrong_is_said_at_once(
        self, client_for: ClientFor, cast: Cast, company: Company, draft: Initiative
    ) -> None:
        client = client_for(cast.owner)
        path = f"/initiatives/{draft.key}/options/new"
        typed = form_values(client.get(path), "") | {
            "name": "All claims", f"spend-{company.capex.id}-0": "lots",
            f"spend-{company.run.id}-0": "-5", "ramp_quarters": "99", "go_live_quarters": "soon",
            f"days-{company.team.id}-0": "-1",
        }  # fmt: skip
        page = client.post(path, data=typed)
        assert page.status_code == 422
        assert "5 things need your attention" in text(page)
        assert "Spend can’t be negative" in text(page)
        assert "The ramp takes 1 to 40 quarters." in text(page)

    def test_a_bad_cell_is_named_where_it_stands_and_the_rest_stays(
        self, client_for: ClientFor, cast: Cast, company: Company, draft: Initiative
    ) -> None:
        client = client_for(cast.owner)
        path = f"/initiatives/{draft.key}/options/new"
        typed = form_values(client.get(path), "") | {
            "name": "All claims", f"spend-{company.capex.id}-0": "a lot",
            f"spend-{company.capex.id}-1": "-5", f"spend-{company.capex.id}-2": "70,000",
        }  # fmt: skip

        page = client.post(path, data=typed)

        assert page.status_code == 422
        cell = page.soup.find(id=f"spend-{company.capex.id}-0")
        assert (cell["value"], cell["aria-invalid"]) == ("a lot", "true")
        assert page.soup.find(id=f"spend-{company.capex.id}-2")["value"] == "70,000"
        mended = form_values(page, "") | {f"spend-{company.capex.id}-0": "1"}
        refused = client.post(path, data=mended)
        assert refused.status_code == 422
        assert "Spend can’t be negative" in text(refused)


class TestRows:
    def test_empty_rows_are_left_out_and_messages_stand_in_the_row_typed(
        self, client_for: ClientFor, session: Session, cast: Cast, draft: Initiative
    ) -> None:
        client = client_for(cast.owner)
        path = f"/initiatives/{draft.key}/milestones/new"
        typed = form_values(client.get(path), "") | {
            "name": "Pilot", "due_on": "2027-09-30", "tranche_share": "40 %",
            "criteria-1-metric": "Calls per claim", "criteria-1-threshold": "1.8",
            "criteria-1-minimum_sample": "0",
        }  # fmt: skip

        page = client.post(path, data=typed)

        assert page.status_code == 422
        assert "A sample has at least 1" in text(
            page.soup.find(id="criteria-1-minimum_sample-error")
        )
        mended = form_values(page, "") | {"criteria-1-minimum_sample": "1500"}
        assert client.post(path, data=mended).status_code == 303
        (kept,) = get_initiative(session, draft.key, *MILESTONES).milestones
        assert [(one.metric, one.minimum_sample) for one in kept.criteria] == [
            ("Calls per claim", 1500)
        ]

    def test_a_hurdle_after_the_last_quarter_is_refused_with_what_to_do(
        self, client_for: ClientFor, cast: Cast, draft: Initiative
    ) -> None:
        client = client_for(cast.owner)
        path = f"/initiatives/{draft.key}/milestones/new"
        typed = {"name": "Late", "due_on": "2031-01-01", "tranche_share": "100"}

        page = client.post(path, data=form_values(client.get(path), "") | typed)

        assert page.status_code == 422
        assert "Choose a day until 31 Dec 2029" in (error_on(page, "Due on") or "")

    def test_an_effect_is_added_to_a_pool_with_its_evidence(
        self, client_for: ClientFor, session: Session, cast: Cast, company: Company
    ) -> None:
        with transaction(session):
            made = make_complete(session, cast, company)
        client = client_for(cast.owner)
        path = links(client.get(f"/initiatives/{made.key}/behaviours"))["Edit"]
        page = client.get(path)
        typed = form_values(page, "") | {
            "effects-1-option_key": "full", "effects-1-pool_id": str(company.retain.id),
            "effects-1-removal_share": "4", "effects-1-grade": "D",
            "effects-1-evidence": "Study",
        }  # fmt: skip

        assert client.post(path, data=typed).status_code == 303

        effects = table(
            client.get(f"/initiatives/{made.key}/behaviours"),
            "Effects of “Customers look up their claim instead of calling”",
        )
        assert effects.column("Does to the pool") == ["removes 18 %", "removes 4 %"]
        assert effects.column("Evidence grade")[1] == "D, keeps 35 %"

    def test_a_disbenefit_is_entered_with_a_minus_and_counts_in_full(
        self, client_for: ClientFor, session: Session, cast: Cast, company: Company
    ) -> None:
        with transaction(session):
            made = make_complete(session, cast, company)
        client = client_for(cast.owner)
        path = links(client.get(f"/initiatives/{made.key}/behaviours"))["Edit"]
        typed = form_values(client.get(path), "") | {
            "effects-1-option_key": "full", "effects-1-pool_id": str(company.retain.id),
            "effects-1-removal_share": "\u22124", "effects-1-grade": "E",
            "effects-1-evidence": "Some will miss the phone",
        }  # fmt: skip

        assert client.post(path, data=typed).status_code == 303

        effects = table(
            client.get(f"/initiatives/{made.key}/behaviours"),
            "Effects of “Customers look up their claim instead of calling”",
        )
        assert effects.column("Does to the pool") == ["removes 18 %", "adds 4 %"]
        assert effects.column("Evidence grade")[1] == "E; a disbenefit counts in full"

    def test_a_circle_is_refused_naming_it(
        self, client_for: ClientFor, session: Session, cast: Cast, company: Company
    ) -> None:
        with transaction(session):
            make_draft(session, cast, company)
            make_draft(session, cast, company)
        client = client_for(cast.lead)
        for key, other in (("CX-101", "CX-102"), ("CX-102", "CX-101")):
            path = f"/initiatives/{key}/links"
            page = client.post(
                path, data=form_values(client.get(path), path) | {"needs-0-key": other}
            )

        assert page.status_code == 422
        assert "This makes a circle: CX-102 needs CX-101 needs CX-102." in text(page)


class TestMoves:
    def test_a_bare_draft_says_what_it_lacks_and_why_the_button_is_barred(
        self, client_for: ClientFor, cast: Cast, draft: Initiative
    ) -> None:
        page = client_for(cast.owner).get(f"/initiatives/{draft.key}")

        assert buttons(page)["Submit to Finance"] is False
        for words in ("Name a sponsor.", "Answer “Goals”", "Add an option", "Add a milestone"):
            assert words in text(page)

    def test_from_draft_to_candidate_with_four_hands(
        self, client_for: ClientFor, session: Session, cast: Cast, company: Company
    ) -> None:
        with transaction(session):
            key = make_complete(session, cast, company).key
        lead, cfo = client_for(cast.owner), client_for(cast.cfo)

        for client, action in ((lead, "submit"), (cfo, "certify"), (lead, "nominate")):
            path = f"/initiatives/{key}/moves/{action}"
            sent = form_values(client.get(f"/initiatives/{key}"), path)
            assert client.post(path, data=sent).status_code == 303

        assert heading(lead.get(f"/initiatives/{key}")) == "Claim status tracker Candidate"
        history = text(lead.get(f"/initiatives/{key}/history"))
        assert "Draft → Submitted" in history
        assert "Submitted → Certified" in history

    def test_a_return_without_a_reason_is_refused_and_open_to_mend(
        self, client_for: ClientFor, session: Session, cast: Cast, company: Company
    ) -> None:
        with transaction(session):
            key = make_complete(session, cast, company).key
        owner, cfo = client_for(cast.owner), client_for(cast.cfo)
        owner.post(f"/initiatives/{key}/moves/submit", data={"version": _version(owner, key)})

        page = cfo.post(f"/initiatives/{key}/moves/return", data={"version": _version(cfo, key)})

        assert page.status_code == 422
        assert "Give the reason" in (notice(page) or "")

    def test_the_lead_who_proposed_reads_why_somebody_else_certifies(
        self, client_for: ClientFor, session: Session, cast: Cast, company: Company
    ) -> None:
        with transaction(session):
            key = make_complete(session, cast, company).key
        owner = client_for(cast.owner)
        owner.post(f"/initiatives/{key}/moves/submit", data={"version": _version(owner, key)})

        page = owner.get(f"/initiatives/{key}")
        assert buttons(page)["Certify the figures"] is False
        assert "This is for Finance." in text(page)
        refused = owner.post(
            f"/initiatives/{key}/moves/certify", data={"version": _version(owner, key)}
        )
        assert refused.status_code == 403

    def test_what_is_certified_says_that_it_is_locked(
        self, client_for: ClientFor, session: Session, cast: Cast, company: Company
    ) -> None:
        with transaction(session):
            key = make_certified(session, cast, company).key
        client = client_for(cast.lead)

        for part in ("options", "behaviours", "milestones", "questions", "links"):
            page = client.get(f"/initiatives/{key}/{part}")
            assert "Reopen it to change it; the certification is then lost." in text(page)
            assert "Edit" not in links(page)
        answer = client.post(f"/initiatives/{key}/questions/goals", data={"goals": "New"})
        assert answer.status_code == 409
        assert value_of(answer, "Business goals") == "New"
        assert "certification is lost" in text(client.get(f"/initiatives/{key}"))

    def test_a_key_in_another_case_leads_to_the_page(
        self, client_for: ClientFor, cast: Cast, company: Company, session: Session
    ) -> None:
        with transaction(session):
            key = make_complete(session, cast, company).key
        browser = client_for(cast.viewer)
        for place in ("", "/options"):
            answer = browser.get(f"/initiatives/{key.lower()}{place}")
            assert answer.status_code == 308
            assert answer.location.endswith(f"/initiatives/{key}{place}")
        assert browser.get("/initiatives/nothing-there").status_code == 404
        assert "the option “" in text(browser.get(f"/initiatives/{key}"))

    def test_the_wrong_role_is_told_so_before_an_old_version_is(
        self, client_for: ClientFor, cast: Cast, company: Company, session: Session
    ) -> None:
        with transaction(session):
            key = make_submitted(session, cast, company).key
        page = client_for(cast.manager).post(
            f"/initiatives/{key}/moves/certify", data={"version": "1"}
        )
        assert page.status_code == 403
        assert "This is for Finance." in text(page)

    def test_a_move_from_an_old_page_is_a_conflict(
        self, client_for: ClientFor, session: Session, cast: Cast, company: Company
    ) -> None:
        with transaction(session):
            key = make_complete(session, cast, company).key
        page = client_for(cast.owner).post(
            f"/initiatives/{key}/moves/submit", data={"version": "1"}
        )
        assert page.status_code == 409
        assert "It was moved or changed meanwhile" in text(page)


def _version(client: StrictClient, key: str) -> str:
    page: Any = client.get(f"/initiatives/{key}")
    return str(page.soup.find("input", attrs={"name": "version"})["value"])


class TestEveryPage:
    def test_takes_at_most_twelve_queries(
        self, client_for: ClientFor, session: Session, cast: Cast, company: Company
    ) -> None:
        with transaction(session):
            key = make_complete(session, cast, company).key
        client = client_for(cast.lead)
        paths = ["", "/edit", "/questions", "/questions/design", "/options", "/options/full"]
        paths += ["/behaviours", "/behaviours/1", "/milestones", "/milestones/1", "/links"]
        paths += ["/case", "/history", "/options/new", "/behaviours/new", "/milestones/new"]

        counts = {path: len(client.get(f"/initiatives/{key}{path}").queries) for path in paths}
        assert {path: count for path, count in counts.items() if count > 12} == {}
