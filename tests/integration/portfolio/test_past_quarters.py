"""A run made while its cycle runs offers no start in a quarter that is over."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy.orm import Session

from app.db.session import transaction
from app.errors import InvalidError
from app.portfolio.queries import get_run, get_scenario
from app.portfolio.rules.pins import PinKind
from app.portfolio.services.bindings import PinDraft, place_pin
from app.portfolio.services.problem import freeze_problem
from app.portfolio.services.trying import Wish, try_wish
from app.values.quarter import Quarter
from tests.factories.accounts import Cast
from tests.factories.portfolio import SOLVER_MEMORY, Portfolio, begin, carry_out, make_portfolio

JUNE = datetime(2027, 6, 16, 9, 0, tzinfo=UTC)
"""In the second quarter of the cycle."""


@pytest.fixture
def portfolio(session: Session, cast: Cast) -> Portfolio:
    with transaction(session):
        return make_portfolio(session, cast)


def starts_of(content: bytes) -> set[str]:
    initiatives: list[Any] = json.loads(content)["initiatives"]
    return {start for one in initiatives for option in one["options"] for start in option["start"]}


def _fix(session: Session, portfolio: Portfolio, cast: Cast, start: Quarter, at: datetime) -> None:
    pin = PinDraft("CX-101", PinKind.FIX, None, start, "Agreed with the union")
    with transaction(session):
        scenario = get_scenario(session, portfolio.scenario.id)
        place_pin(
            session, scenario, pin, expected_version=scenario.version, actor=cast.lead, now=at
        )


class TestRuns:
    def test_offer_no_start_before_the_present_quarter(
        self, session: Session, cast: Cast, portfolio: Portfolio, now: datetime
    ) -> None:
        early = begin(session, portfolio.scenario.id, actor=cast.lead, now=now)
        late = begin(session, portfolio.scenario.id, actor=cast.lead, now=JUNE)
        assert starts_of(get_run(session, early).problem) == {"2027-Q1", "2027-Q2"}
        assert starts_of(get_run(session, late).problem) == {"2027-Q2"}

    def test_keep_the_day_they_were_made_so_that_they_can_be_made_again(
        self, session: Session, cast: Cast, portfolio: Portfolio
    ) -> None:
        run = get_run(session, begin(session, portfolio.scenario.id, actor=cast.lead, now=JUNE))
        assert run.inputs["as_of"] == "2027-06-16"
        scenario = get_scenario(session, portfolio.scenario.id)
        assert freeze_problem(session, scenario, today=JUNE.date()).digest == run.digest

    def test_spend_nothing_in_quarters_that_are_over(
        self, session: Session, cast: Cast, portfolio: Portfolio
    ) -> None:
        run_id = begin(session, portfolio.scenario.id, actor=cast.lead, now=JUNE)
        carry_out(session, JUNE)
        result = json.loads(get_run(session, run_id).result or b"{}")
        assert result["funded"]
        assert {row["start"] for row in result["funded"]} == {"2027-Q2"}
        assert all(fund["spend"][0] == 0 for fund in result["funds"])

    def test_say_when_the_last_start_of_what_they_leave_out_was(
        self, session: Session, cast: Cast, portfolio: Portfolio
    ) -> None:
        with pytest.raises(InvalidError) as refused:
            begin(session, portfolio.scenario.id, actor=cast.lead, now=JUNE.replace(month=7))
        assert "its last possible start, Q2 2027, is over" in refused.value.fields["CX-101"]


class TestWhatIf:
    def test_offers_no_start_before_the_present_quarter(
        self, session: Session, cast: Cast, portfolio: Portfolio
    ) -> None:
        scenario = get_scenario(session, portfolio.scenario.id)
        answer = try_wish(
            session, scenario, Wish(pins={"CX-101": PinKind.FUND}), known=None, actor=cast.lead,
            today=JUNE.date(), memory_bytes=SOLVER_MEMORY,
        )  # fmt: skip
        assert {row["start"] for row in answer.result["funded"]} == {"2027-Q2"}


class TestPins:
    def test_on_a_start_that_is_over_are_refused_where_it_is_typed(
        self, session: Session, cast: Cast, portfolio: Portfolio
    ) -> None:
        with pytest.raises(InvalidError) as refused:
            _fix(session, portfolio, cast, Quarter(2027, 1), JUNE)
        assert refused.value.fields["start"].startswith("Q1 2027 is over")

    def test_whose_start_is_over_meanwhile_stop_the_run_in_words(
        self, session: Session, cast: Cast, portfolio: Portfolio, now: datetime
    ) -> None:
        _fix(session, portfolio, cast, Quarter(2027, 1), now)
        with pytest.raises(InvalidError) as refused:
            begin(session, portfolio.scenario.id, actor=cast.lead, now=JUNE)
        assert "“CX-101 is funded from 2027-Q1”: Q1 2027 is over" in refused.value.fields["CX-101"]
