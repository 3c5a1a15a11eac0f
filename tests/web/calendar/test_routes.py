"""Finance plans cycles on these pages; everybody else may look."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.calendar.models import Cycle
from app.calendar.queries import BUDGET_FLOORS
from app.calendar.rules import CycleState
from app.db.session import transaction
from app.values.quarter import Quarter
from tests.factories.accounts import Cast
from tests.factories.calendar import make_cycle, make_fund, make_team
from tests.factories.journeys import make_journey
from tests.support.pages import (
    buttons,
    error_on,
    form_values,
    heading,
    links,
    notice,
    table,
    text,
    value_of,
)

ClientFor = Callable[[Any], Any]
NEW = {
    "name": "FY27 H2",
    "starts_on": "2027-07-01",
    "ends_on": "2027-12-31",
    "currency": "EUR",
    "first_quarter": "2027-Q3",
    "quarter_count": "8",
    "discount_rate": "9",
    "hurdle_rate": "15 %",
    "release_confidence": "60",
}


def _typed(page: Any, action: str) -> dict[str, Any]:
    """What the form holds, without the token that belongs to one browser."""
    return {name: v for name, v in form_values(page, action).items() if name != "csrf_token"}


@pytest.fixture
def cycle(session: Session, cast: Cast) -> Cycle:
    """A drafted cycle of four quarters with one fund and one team."""
    with transaction(session):
        cycle = make_cycle(session, state=CycleState.DRAFT, quarter_count=4)
        make_fund(session, cycle)
        make_team(session, cycle)
    return cycle


class TestIndex:
    def test_lists_every_cycle_with_its_budget(
        self, client_for: ClientFor, cast: Cast, cycle: Cycle
    ) -> None:
        page = client_for(cast.viewer).get("/cycles")

        row = table(page, "Cycles").row("FY27 H1")
        assert (row["State"], row["Plans"]) == ("Draft", "Q1 2027 to Q4 2027")
        assert row["Budget"] == "€4,000,000.00"
        assert "New cycle" not in links(page)
        assert len(page.queries) <= 12

    def test_says_what_to_do_when_there_is_none(self, client_for: ClientFor, cast: Cast) -> None:
        page = client_for(cast.cfo).get("/cycles")

        assert "No cycle yet" in text(page)
        assert links(page)["New cycle"] == "/cycles/new"

    def test_names_the_open_cycle_on_top_of_every_page(
        self, client_for: ClientFor, cast: Cast, session: Session
    ) -> None:
        with transaction(session):
            make_cycle(session)

        page = client_for(cast.viewer).get("/account")

        assert "Cycle FY27 H1" in text(page)


class TestCreate:
    def test_says_everything_that_is_wrong_at_once(self, client_for: ClientFor, cast: Cast) -> None:
        typed = {
            "name": "", "starts_on": "2027-07-01", "ends_on": "2027-06-01", "first_quarter": "Q",
            "quarter_count": "-3", "discount_rate": "900", "release_confidence": "lots",
        }  # fmt: skip
        page = client_for(cast.cfo).post("/cycles", data=NEW | typed)
        assert page.status_code == 422
        assert "6 things need your attention" in text(page)
        assert "end after it starts" in (error_on(page, "Ends on") or "")
        assert "between 1 and 40" in (error_on(page, "Quarters planned") or "")
        assert "between 0 % and 50 %" in (error_on(page, "Discount rate a year") or "")

    def test_drafts_a_cycle(self, client_for: ClientFor, cast: Cast) -> None:
        client = client_for(cast.cfo)

        answer = client.post("/cycles", data=NEW)
        page = client.get(answer.location)

        assert answer.status_code == 303
        assert heading(page) == "FY27 H2 Draft"
        assert "is drafted" in (notice(page) or "")

    @pytest.mark.parametrize(
        ("name", "typed", "label", "words"),
        [
            ("ends_on", "2027-06-30", "Ends on", "end after it starts"),
            ("ends_on", "tomorrow", "Ends on", "Enter a day"),
            ("first_quarter", "Q3", "First quarter", "year and number"),
            ("first_quarter", "2029-Q1", "First quarter", "after the cycle has ended"),
            ("quarter_count", "99", "Quarters planned", "between 1 and 40"),
            ("discount_rate", "900", "Discount rate a year", "between 0 % and 50 %"),
            ("hurdle_rate", "-5", "Hurdle rate", "between 0 % and 500 %"),
            ("release_confidence", "100", "Release confidence θ", "below 100 %"),
            ("name", "", "Name", "Give the cycle a name"),
        ],
    )
    def test_says_at_the_field_what_is_wrong_and_keeps_what_was_typed(
        self, client_for: ClientFor, cast: Cast, name: str, typed: str, label: str, words: str
    ) -> None:
        page = client_for(cast.cfo).post("/cycles", data=NEW | {name: typed})

        assert page.status_code == 422
        assert words in (error_on(page, label) or "")
        assert value_of(page, label) == typed
        assert value_of(page, "Starts on") == "2027-07-01"

    def test_is_not_for_others(self, client_for: ClientFor, cast: Cast) -> None:
        for person in (cast.lead, cast.viewer):
            client = client_for(person)

            assert client.get("/cycles/new").status_code == 403
            refused = client.post("/cycles", data=NEW)
            assert refused.status_code == 403
            assert "None of your roles allows this" in text(refused)


class TestShow:
    def test_shows_rates_budgets_and_capacities(
        self, client_for: ClientFor, cast: Cast, cycle: Cycle
    ) -> None:
        page = client_for(cast.viewer).get(f"/cycles/{cycle.id}")

        assert table(page, "Budgets").rows[0]["Q2 2027"] == "1,000,000"
        assert table(page, "Team capacities").rows[0]["Total"] == "1,200"
        assert "9 % a year" in text(page).replace("\u202f", " ")
        assert buttons(page).keys().isdisjoint({"Open cycle", "Add fund"})
        assert len(page.queries) <= 12

    def test_says_what_bars_the_opening(
        self, client_for: ClientFor, cast: Cast, session: Session
    ) -> None:
        with transaction(session):
            bare = make_cycle(session, state=CycleState.DRAFT)

        page = client_for(cast.cfo).get(f"/cycles/{bare.id}")

        assert buttons(page)["Open cycle"] is False
        assert "It has no fund yet; add one and give it a budget." in text(page)

    def test_is_missing_when_it_is_not_there(self, client_for: ClientFor, cast: Cast) -> None:
        assert client_for(cast.cfo).get("/cycles/99").status_code == 404

    def test_shows_what_is_committed(
        self, client_for: ClientFor, cast: Cast, cycle: Cycle, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        fund_id = cycle.funds[0].fund_id
        floors = [lambda *_: {(fund_id, Quarter(2027, 1)): 300_000_00}]
        monkeypatch.setattr("app.calendar.queries.BUDGET_FLOORS", floors)

        page = client_for(cast.viewer).get(f"/cycles/{cycle.id}")

        assert table(page, "Budgets").rows[0]["Q1 2027"] == "1,000,000 300,000 committed"


class TestMoves:
    def test_open_and_close_the_cycle(
        self, client_for: ClientFor, cast: Cast, cycle: Cycle, app: Flask
    ) -> None:
        client = client_for(cast.cfo)

        assert client.post(f"/cycles/{cycle.id}/open").status_code == 303
        page = client.get(f"/cycles/{cycle.id}")
        assert heading(page) == "FY27 H1 Open"
        assert buttons(page)["Close cycle"] is False
        assert "It runs until 30 Jun 2027" in text(page)
        assert client.post(f"/cycles/{cycle.id}/close").status_code == 409

    def test_are_refused_in_words_where_something_is_missing(
        self, client_for: ClientFor, cast: Cast, session: Session
    ) -> None:
        with transaction(session):
            bare = make_cycle(session, state=CycleState.DRAFT)

        refused = client_for(cast.cfo).post(f"/cycles/{bare.id}/open")

        assert refused.status_code == 409
        assert "It has no fund yet" in text(refused)


class TestEdit:
    def test_changes_a_rate(self, client_for: ClientFor, cast: Cast, cycle: Cycle) -> None:
        client = client_for(cast.cfo)
        typed = _typed(client.get(f"/cycles/{cycle.id}/edit"), f"/cycles/{cycle.id}/edit")

        client.post(f"/cycles/{cycle.id}/edit", data=typed | {"hurdle_rate": "20"})

        assert value_of(client.get(f"/cycles/{cycle.id}/edit"), "Hurdle rate") == "20"

    def test_shows_both_versions_and_keeps_what_was_typed(
        self, client_for: ClientFor, cast: Cast, cycle: Cycle
    ) -> None:
        client, other = client_for(cast.cfo), client_for(cast.cfo2)
        address = f"/cycles/{cycle.id}/edit"
        typed = _typed(client.get(address), address)
        other.post(address, data=typed | {"hurdle_rate": "20"})

        refused = client.post(address, data=typed | {"hurdle_rate": "10"})

        assert refused.status_code == 409
        assert "Cem Finance changed this while you were writing" in text(refused)
        row = table(refused, "").row("Hurdle rate")
        assert (row["Yours, not saved"], row["Theirs, saved"]) == ("10 %", "20 %")
        assert value_of(refused, "Hurdle rate") == "10"
        again = client.post(address, data=_typed(refused, address))
        assert again.status_code == 303
        assert value_of(client.get(address), "Hurdle rate") == "10"


class TestFunds:
    def test_are_added_and_taken_out(self, client_for: ClientFor, cast: Cast, cycle: Cycle) -> None:
        client = client_for(cast.cfo)

        added = client.post(
            f"/cycles/{cycle.id}/funds", data={"key": "opex", "name": "Opex", "carry_over": "10"}
        )
        page = client.get(f"/cycles/{cycle.id}")
        assert added.location.endswith("/budgets")
        assert [row["Fund"] for row in table(page, "Budgets").rows[:2]] == [
            "Capex", "Opex",
        ]  # fmt: skip
        action = next(
            form["action"] for form in page.soup.find_all("form")
            if str(form["action"]).endswith("/remove") and "Opex" in form.text
        )  # fmt: skip
        client.post(action)
        assert len(table(client.get(f"/cycles/{cycle.id}"), "Budgets").rows) == 1

    def test_stay_while_they_have_a_budget(
        self, client_for: ClientFor, cast: Cast, cycle: Cycle
    ) -> None:
        fund_id = cycle.funds[0].fund_id

        refused = client_for(cast.cfo).post(f"/cycles/{cycle.id}/funds/{fund_id}/remove")

        assert refused.status_code == 409
        assert "set it to 0 in every quarter" in text(refused)

    def test_are_refused_at_the_field(
        self, client_for: ClientFor, cast: Cast, cycle: Cycle
    ) -> None:
        refused = client_for(cast.cfo).post(
            f"/cycles/{cycle.id}/funds", data={"key": "Big Money", "name": "Big"}
        )

        assert refused.status_code == 422
        assert "lower-case" in str(refused.soup.find(id="key-error"))


class TestNotes:
    def test_say_that_no_journey_is_there_and_bar_nothing(
        self, client_for: ClientFor, cast: Cast, cycle: Cycle, session: Session
    ) -> None:
        said = "No journey is in use yet"
        assert said in text(client_for(cast.cfo).get(f"/cycles/{cycle.id}"))
        with transaction(session):
            make_journey(session, cast.lead)
        assert said not in text(client_for(cast.cfo).get(f"/cycles/{cycle.id}"))


class TestBudgets:
    def _grid(self, client: Any, cycle: Cycle, **cells: str) -> Any:
        address = f"/cycles/{cycle.id}/budgets"
        typed = _typed(client.get(address), address)
        return client.post(address, data=typed | cells)

    def test_take_figures_as_people_write_them(
        self, client_for: ClientFor, cast: Cast, cycle: Cycle
    ) -> None:
        client = client_for(cast.cfo)

        saved = self._grid(
            client, cycle,
            **{"budget-capex-2027-Q1": "1.25m", "budget-capex-2027-Q2": "", "carry-capex": "40"},
        )  # fmt: skip

        assert saved.status_code == 303
        row = table(client.get(f"/cycles/{cycle.id}"), "Budgets").rows[0]
        assert (row["Q1 2027"], row["Q2 2027"], row["Q3 2027"]) == ("1,250,000", "0", "1,000,000")
        assert row["Carry-over"] == "40 %"

    @pytest.mark.parametrize(
        ("typed", "words"),
        [
            ("-5", "cannot be negative"),
            ("lots", "Enter an amount"),
            ("99999999999999", "too large"),
            ("999,999,999", "more than 100 times the usual"),
        ],
    )
    def test_are_refused_at_the_cell_with_everything_kept(
        self, client_for: ClientFor, cast: Cast, cycle: Cycle, typed: str, words: str
    ) -> None:
        cells = {f"budget-capex-2027-Q{n}": "1,000" for n in (2, 3, 4)}

        refused = self._grid(
            client_for(cast.cfo), cycle, **cells, **{"budget-capex-2027-Q1": typed}
        )

        assert refused.status_code == 422
        assert words in text(refused.soup.find(id="budget-capex-2027-Q1-error"))
        assert refused.soup.find(id="budget-capex-2027-Q1")["value"] == typed
        assert refused.soup.find(id="budget-capex-2027-Q3")["value"] == "1,000"

    def test_are_filled_for_every_quarter_where_nothing_stands_yet(
        self, client_for: ClientFor, cast: Cast, cycle: Cycle
    ) -> None:
        client = client_for(cast.cfo)
        cells = {"budget-capex-2027-Q1": "2m", "budget-capex-2027-Q2": ""}
        kept = {f"budget-capex-2027-Q{n}": "0" for n in (3, 4)}
        filled = self._grid(client, cycle, **cells, **kept, **{"fill-capex": "250k"})
        assert filled.status_code == 303
        row = table(client.get(f"/cycles/{cycle.id}"), "Budgets").rows[0]
        said = [row[f"Q{n} 2027"] for n in (1, 2, 3, 4)]
        assert said == ["2,000,000", "250,000", "250,000", "250,000"]
        assert (
            self._grid(client, cycle, **{"fill-capex": "3m", "fills_all": "y"}).status_code == 303
        )
        row = table(client.get(f"/cycles/{cycle.id}"), "Budgets").rows[0]
        assert {row[f"Q{n} 2027"] for n in (1, 2, 3, 4)} == {"3,000,000"}

    def test_are_refused_at_every_wrong_cell_at_once(
        self, client_for: ClientFor, cast: Cast, cycle: Cycle
    ) -> None:
        refused = self._grid(
            client_for(cast.cfo), cycle,
            **{"budget-capex-2027-Q1": "lots", "budget-capex-2027-Q3": "-5", "carry-capex": "400"},
        )  # fmt: skip
        assert refused.status_code == 422
        for cell in ("budget-capex-2027-Q1", "budget-capex-2027-Q3", "carry-capex"):
            assert refused.soup.find(id=f"{cell}-error") is not None, cell

    def test_take_an_unusual_amount_once_it_is_confirmed(
        self, client_for: ClientFor, cast: Cast, cycle: Cycle
    ) -> None:
        cells = {f"budget-capex-2027-Q{n}": "1,000" for n in (2, 3, 4)}

        saved = self._grid(
            client_for(cast.cfo), cycle, **cells,
            **{"budget-capex-2027-Q1": "999,999,999", "is_confirmed": "y"},
        )  # fmt: skip

        assert saved.status_code == 303

    def test_never_go_below_what_is_committed(
        self, client_for: ClientFor, cast: Cast, cycle: Cycle
    ) -> None:
        fund_id = cycle.funds[0].fund_id
        BUDGET_FLOORS.append(lambda *_: {(fund_id, Quarter(2027, 1)): 300_000_00})
        try:
            refused = self._grid(
                client_for(cast.cfo), cycle, **{"budget-capex-2027-Q1": "299,999.99"}
            )
        finally:
            BUDGET_FLOORS.pop()

        assert refused.status_code == 422
        assert "€300,000.00 is committed already" in text(refused)

    def test_show_both_versions_when_somebody_was_faster(
        self, client_for: ClientFor, cast: Cast, cycle: Cycle
    ) -> None:
        client, other = client_for(cast.cfo), client_for(cast.cfo2)
        address = f"/cycles/{cycle.id}/budgets"
        typed = _typed(client.get(address), address)
        other.post(address, data=typed | {"budget-capex-2027-Q1": "5"})

        refused = client.post(address, data=typed | {"budget-capex-2027-Q1": "7"})

        assert refused.status_code == 409
        row = table(refused, "").row("Capex, 2027-Q1")
        assert (row["Yours, not saved"], row["Theirs, saved"]) == ("€7.00", "€5.00")
        assert refused.soup.find(id="budget-capex-2027-Q1")["value"] == "7"


class TestTeams:
    def test_are_added_with_their_rate_and_days(
        self, client_for: ClientFor, cast: Cast, cycle: Cycle
    ) -> None:
        client = client_for(cast.cfo)
        added = client.post(
            f"/cycles/{cycle.id}/teams", data={"key": "data", "name": "Data", "day_rate": "900"}
        )
        address = f"/cycles/{cycle.id}/capacities"
        typed = _typed(client.get(added.location), address)
        days = {f"days-data-2027-Q{n}": str(10 * n) for n in (1, 2, 3, 4)}

        assert client.post(address, data=typed | days).status_code == 303
        rows = table(client.get(f"/cycles/{cycle.id}"), "Team capacities").rows
        assert rows[0]["Team"] == "Data"
        assert rows[0]["Total"] == "100"

    def test_need_a_figure_for_every_quarter_or_none(
        self, client_for: ClientFor, cast: Cast, cycle: Cycle
    ) -> None:
        client = client_for(cast.cfo)
        address = f"/cycles/{cycle.id}/capacities"
        typed = _typed(client.get(address), address)

        refused = client.post(address, data=typed | {"days-digital-2027-Q2": ""})

        assert refused.status_code == 422
        assert "Enter 0 if the team has no days" in text(
            refused.soup.find(id="days-digital-2027-Q2-error")
        )

    def test_change_their_rate(
        self, client_for: ClientFor, cast: Cast, cycle: Cycle, today: date
    ) -> None:
        client = client_for(cast.cfo)
        address = next(
            href for words, href in links(client.get(f"/cycles/{cycle.id}")).items()
            if words == "Change Digital"
        )  # fmt: skip
        typed = _typed(client.get(address), address)

        assert client.post(address, data=typed | {"day_rate": "850"}).status_code == 303
        refused = client.post(address, data=typed | {"day_rate": "750"})

        assert refused.status_code == 409
        assert table(refused, "").row("Day rate")["Theirs, saved"] == "€850.00"


class TestClosed:
    @pytest.mark.parametrize("page_name", ["budgets", "capacities", "edit"])
    def test_is_shown_to_read_with_the_reason(
        self, client_for: ClientFor, cast: Cast, session: Session, page_name: str
    ) -> None:
        with transaction(session):
            cycle = make_cycle(session, state=CycleState.CLOSED, quarter_count=4)
            make_fund(session, cycle)
            make_team(session, cycle)
        page = client_for(cast.cfo).get(f"/cycles/{cycle.id}/{page_name}")
        assert page.status_code == 200
        assert "is closed and stays as it was; change the next cycle." in text(page)
        assert not [name for name in buttons(page) if name.startswith("Save")]
        assert not page.soup.select("main input:not([type=hidden])")
