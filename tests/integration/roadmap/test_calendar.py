"""The gate calendar counts in the database what the timeline says hurdle by hurdle."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from app.approvals.models import Commitment
from app.db.session import transaction
from app.roadmap.presenters import calendar
from app.roadmap.presenters.choices import GateChoices, When, matches
from app.roadmap.presenters.standing import Standing, standings, waits_for_decision
from app.roadmap.queries.calendar import (
    CalendarFilter,
    due_days,
    list_calendar_rows,
    list_due_days,
    load_calendar_options,
    load_following,
)
from app.roadmap.queries.timeline import TimelineCommitment, TimelineHurdle, load_timeline
from app.roadmap.routes.calendar import view_of
from app.roadmap.rules import HurdleState
from tests.factories.accounts import Cast
from tests.factories.amendments import answer, ask
from tests.factories.roadmap import move_due_dates, tranches_of

Entry = tuple[TimelineCommitment, TimelineHurdle, HurdleState, bool]
GROUPS = (When.LATE, When.MONTH, When.NEXT, When.DECIDED)


def when(hurdle: TimelineHurdle, today: date) -> When:
    if not hurdle.is_open:
        return When.DECIDED
    if hurdle.due_on < today:
        return When.LATE
    return When.MONTH if f"{hurdle.due_on:%Y%m}" == f"{today:%Y%m}" else When.NEXT


def entries(known: list[Standing], today: date) -> list[Entry]:
    """Every hurdle of the timeline as the calendar orders it, with whether it waits."""

    def order(entry: Entry) -> tuple[int, int, str, int]:
        commitment, hurdle, _, _ = entry
        days = (hurdle.decided_on or hurdle.due_on).toordinal()
        group = when(hurdle, today)
        sign = -1 if group is When.DECIDED else 1
        return GROUPS.index(group), sign * days, commitment.key, hurdle.position

    found = [
        (
            one.commitment, hurdle, state,
            hurdle is one.following and waits_for_decision(hurdle.facts, today),
        )
        for one in known
        for hurdle, state in zip(one.commitment.hurdles, one.states, strict=True)
    ]  # fmt: skip
    return sorted(found, key=order)


def fits(entry: Entry, choices: GateChoices) -> bool:
    commitment, hurdle, state, _ = entry
    return (
        choices.state in ("", state.value)
        and choices.owner in (None, commitment.owner_id)
        and choices.journey in ("", commitment.journey_key)
        and choices.month in ("", f"{hurdle.due_on:%Y-%m}")
        and matches(choices.q, commitment.key, commitment.title, hurdle.name)
    )


def asked(cast: Cast) -> list[dict[str, Any]]:
    """Every filter alone, and some together."""
    return [
        {}, {"owner": cast.owner.id}, {"owner": cast.lead.id}, {"journey": "claims"},
        {"journey": "none"}, {"month": "2027-07"}, {"month": "July"}, {"q": "tracker"},
        {"q": "CX-10 hurdle 2"}, {"month": "2027-07", "journey": "claims", "q": "1"},
        *({"state": state.value} for state in HurdleState), {"state": "odd"},
        {"state": "waived", "owner": cast.owner.id, "month": "2027-10"},
    ]  # fmt: skip


@pytest.mark.usefixtures("under_way")
class TestGateCalendar:
    @pytest.mark.parametrize("days", [0, 40, 140, 400])
    @pytest.mark.parametrize("rows", [2, 3, 50])
    def test_shows_what_the_timeline_says_for_every_filter_tab_and_page(
        self, session: Session, cast: Cast, commitments: dict[str, Commitment],
        now: datetime, monkeypatch: pytest.MonkeyPatch, days: int, rows: int,
    ) -> None:  # fmt: skip
        last = tranches_of(session, commitments["CX-101"].id)[-1]
        with transaction(session):
            moves = [(last, date(2027, 12, 1))]
            move_due_dates(session, moves, reason="Late", actor=cast.manager, now=now)
        monkeypatch.setattr(calendar, "ROWS", rows)
        today = now.date() + timedelta(days=days)
        known = entries(standings(load_timeline(session), today), today)
        for part in asked(cast):
            reach = [one for one in known if fits(one, GateChoices(**part))]
            for tab in When:
                chosen = [one for one in reach if tab in (When.ALL, when(one[1], today))]
                for page in range(1, max(1, -(-len(chosen) // rows)) + 1):
                    choices = GateChoices(**part, when=tab, page=page)
                    view = view_of(session, choices, today)
                    expected = chosen[rows * (page - 1) : rows * page]
                    assert [(one.key, one.tranche_id, one.due_on) for one in view.page.items] == [
                        (one.key, hurdle.tranche_id, hurdle.due_on)
                        for one, hurdle, _, _ in expected
                    ], choices
                    assert view.page.total == len(chosen)
                    assert view.waiting == {one[1].tranche_id for one in reach if one[3]}
            open_ = [one for one in reach if one[1].is_open]
            still = [one for one in view.days if one.state.value in ("pending", "held")]
            assert sum(one.hurdles for one in view.days) == len(reach)
            assert sum(one.hurdles for one in still) == len(open_)
            assert sum(one.amount_minor for one in still) == sum(
                one[1].amount_minor for one in open_
            )

    def test_offers_what_there_is(self, session: Session, cast: Cast) -> None:
        found = load_calendar_options(session)
        known = load_timeline(session)
        assert found.owners == {str(one.owner_id): one.owner for one in known}
        assert found.journeys == {one.journey_key: one.journey for one in known}
        assert found.days == sorted({hurdle.due_on for one in known for hurdle in one.hurdles})
        assert cast.owner.name in found.owners.values()

    def test_counts_in_the_database_what_its_rows_are(self, session: Session) -> None:
        def per_day(days: Any) -> dict[Any, int]:
            sums: dict[Any, int] = {}
            for one in days:
                key = one.due_on, one.state, one.currency
                sums[key] = sums.get(key, 0) + one.amount_minor
            return sums

        wanted = CalendarFilter()
        counted = list_due_days(session, wanted)
        assert per_day(counted) == per_day(due_days(list_calendar_rows(session, wanted)))
        assert sum(one.hurdles for one in counted) == 9


@pytest.mark.usefixtures("under_way")
class TestLoadFollowing:
    def test_judges_by_what_was_amended(
        self, session: Session, cast: Cast, now: datetime, commitments: dict[str, Commitment]
    ) -> None:
        second = tranches_of(session, commitments["CX-101"].id)[1]

        def waits() -> bool:
            found = load_following(session, CalendarFilter())
            known = {
                hurdle.tranche_id: hurdle.facts
                for one in load_timeline(session)
                for hurdle in one.hurdles
            }
            for id_, facts in found.items():
                assert set(facts.criteria) == set(known[id_].criteria) or not known[id_].criteria
                assert facts.starts_on == known[id_].starts_on
            return waits_for_decision(found[second.id], now.date())

        assert waits()
        with transaction(session):
            asked_for = ask(session, second, 40, sample=100_000, actor=cast.manager, now=now)
        assert waits()
        with transaction(session):
            answer(session, second, asked_for, actor=cast.cfo, now=now)
        assert not waits()
