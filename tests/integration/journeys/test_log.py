"""What the contact log adds up to, read from its counted months."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy.orm import Session

from app.db.session import transaction
from app.journeys.models import Journey
from app.journeys.queries import (
    LogScope,
    find_last_month,
    list_reason_rows,
    load_by_channel,
    load_by_reason,
    load_by_segment,
    load_by_touchpoint,
    load_log_frame,
    use_by_segment,
)
from app.journeys.rules import Audience, Channel, Logged, SourceState, last_months
from tests.factories.accounts import Cast
from tests.factories.interactions import LOGGED_MONTH, make_month, make_source
from tests.factories.journeys import make_journey

YEAR = last_months(LOGGED_MONTH)
YEAR_BEFORE = date(2025, 12, 1)
FLEET = {"segment": "Fleet", "is_prospect": True}


@pytest.fixture
def journey(session: Session, cast: Cast) -> Journey:
    """Calls in use about two reasons, one of them also a year before; letters of a fleet."""
    with transaction(session):
        journey = make_journey(session, cast.lead)
        _, _, calls, letters = (one.id for one in journey.touchpoints)
        source = make_source(session, cast.lead, name="calls.csv")
        make_month(
            session, source, calls, contacts=90, judged=80, unmet=40, costed=50, cost_minor=200_00,
            timed=10, minutes="75.5", scored=4, score_sum="22.5", repeats=30, escalated=2, lost=1,
        )  # fmt: skip
        make_month(session, source, calls, contacts=10, reason="Queue", unmet=1)
        make_month(session, source, calls, contacts=70, unmet=7, month=YEAR_BEFORE)
        make_month(session, source, letters, contacts=20, reason="Bill", expected="", **FLEET)
        removed = make_source(session, cast.lead, name="wrong.csv", state=SourceState.REMOVED)
        make_month(session, removed, calls, contacts=5_000, month=date(2027, 5, 1))
    return journey


def _scope(journey: Journey, audience: Audience | None = None) -> LogScope:
    return LogScope(journey.id, YEAR, audience or Audience())


class TestSpan:
    def test_ends_with_the_last_month_that_counts(self, session: Session, journey: Journey) -> None:
        assert find_last_month(session, journey.id) == LOGGED_MONTH

    def test_is_none_without_a_log(self, session: Session, cast: Cast) -> None:
        with transaction(session):
            other = make_journey(session, cast.lead, key="other")
        assert find_last_month(session, other.id) is None

    def test_names_sources_and_audiences(self, session: Session, journey: Journey) -> None:
        audiences, sources = load_log_frame(session, journey.id, YEAR)

        assert sources == ["calls.csv"]
        assert [one.word for one in audiences] == [
            "Everybody", "Customers", "Prospects", "Fleet", "Private motor customers",
        ]  # fmt: skip


class TestSums:
    def test_by_touchpoint_now_and_as_long_before(self, session: Session, journey: Journey) -> None:
        calls, letters = (one.id for one in journey.touchpoints[2:])

        now, before = load_by_touchpoint(session, _scope(journey))

        assert {id_: one.contacts for id_, one in now.items()} == {calls: 100, letters: 20}
        assert {id_: one.unmet for id_, one in before.items()} == {calls: 7}

    def test_by_reason_keep_every_figure_exactly(self, session: Session, journey: Journey) -> None:
        found = load_by_reason(session, _scope(journey), journey.touchpoints[2].id)

        assert found == {
            "Where is my claim?": Logged(
                90, 80, 40, 50, 200_00, 10, Decimal("75.5"), 4, Decimal("22.5"), 90, 30, 2, 1
            ),
            "Queue": Logged(contacts=10, judged=10, unmet=1),
        }

    def test_by_reason_channel_and_expected_result(
        self, session: Session, journey: Journey
    ) -> None:
        rows = list_reason_rows(session, _scope(journey), None)

        assert [(one.reason, one.channel, one.expected, one.logged.contacts) for one in rows] == [
            ("Where is my claim?", Channel.CONTACT_CENTRE, "A date", 90),
            ("Bill", Channel.LETTER, "", 20),
            ("Queue", Channel.CONTACT_CENTRE, "A date", 10),
        ]
        assert len(list_reason_rows(session, _scope(journey), journey.touchpoints[3].id)) == 1

    @pytest.mark.parametrize(
        ("audience", "contacts"),
        [(Audience(segment="Fleet"), 20), (Audience(is_prospect=False), 100), (Audience(), 120)],
    )
    def test_of_an_audience(
        self, session: Session, journey: Journey, audience: Audience, contacts: int
    ) -> None:
        found = load_by_channel(session, _scope(journey, audience))

        assert sum(one.contacts for one in found.values()) == contacts

    def test_by_segment_and_channel(self, session: Session, journey: Journey) -> None:
        segments = load_by_segment(session, _scope(journey, Audience(segment="Fleet")), None)

        assert {place: one.contacts for place, one in segments.items()} == {
            ("Fleet", True): 20, ("Private motor customers", False): 100,
        }  # fmt: skip
        assert use_by_segment(session, journey.id, YEAR)["Fleet"] == {Channel.LETTER: 20}
