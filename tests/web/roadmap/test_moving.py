"""A date is moved after a look at what that changes, with a reason."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.approvals.models import Tranche
from app.db.session import transaction
from app.roadmap.models import DateMove
from app.roadmap.rules import HurdleAction
from app.roadmap.services import move_due_date
from tests.factories.accounts import Cast
from tests.factories.roadmap import decide
from tests.support.pages import buttons, error_on, form_values, links, notice, table, text, value_of

ClientFor = Callable[[Any], Any]


@pytest.fixture
def move(tranches: list[Tranche]) -> str:
    return f"/gates/{tranches[0].id}/move"


def typed(page: Any, address: str, **changes: str) -> dict[str, Any]:
    kept = {name: v for name, v in form_values(page, address).items() if name != "csrf_token"}
    return {**kept, **changes}


def due_days(session: Session, tranches: list[Tranche]) -> list[date]:
    ids = [one.id for one in tranches]
    rows = session.execute(select(Tranche.due_on).where(Tranche.id.in_(ids)).order_by(Tranche.id))
    return [on for (on,) in rows]


REFUSED = [
    ("2027-01-01", "1 Jan 2027 is past. Choose a day from today on."),
    ("2027-11-01", "It would pass the next hurdle, Hurdle 2, due 1 Oct 2027."),
    ("2031-01-01", "ask Finance to add planning quarters to FY27 H1 first"),
    ("2027-07-01", "It is due on 1 Jul 2027 already."),
]
"""Days for Hurdle 1, and what is said against them."""


class TestReview:
    def test_lists_old_and_new_and_what_is_passed(
        self, client_for: ClientFor, cast: Cast, move: str, session: Session
    ) -> None:
        page = client_for(cast.manager).get(f"{move}?to_on=2027-08-15")

        row = table(page, "Dates").row("Hurdle 1")
        assert (row["Now"], row["New"]) == ("1 Jul 2027", "15 Aug 2027")
        assert row["Effect"] == "45 days later"
        assert "It stays before the next hurdle, Hurdle 2, due 1 Oct 2027." in text(page)
        assert "It lies after FY27 H1 as before" in text(page)
        assert session.scalar(select(func.count()).select_from(DateMove)) == 0

    def test_moves_the_later_ones_along_when_asked_to(
        self, client_for: ClientFor, cast: Cast, move: str
    ) -> None:
        page = client_for(cast.manager).get(f"{move}?to_on=2027-08-15&later=y")
        assert table(page, "Dates").first_column() == ["Hurdle 1", "Hurdle 2", "Hurdle 3"]
        assert "2 later hurdles moved along" in text(page)
        assert "What was planned ends on 1 Jan 2028" in text(page)
        assert "The initiative ends 45 days later." in text(page)

    @pytest.mark.parametrize(("day", "words"), REFUSED)
    def test_refuses_what_saving_would_refuse(
        self, client_for: ClientFor, cast: Cast, move: str, day: str, words: str
    ) -> None:
        page = client_for(cast.manager).get(f"{move}?to_on={day}")

        assert page.status_code == 422
        assert words in (error_on(page, "New due date") or "")
        assert value_of(page, "New due date") == day
        assert buttons(page)["Save the move"] is False
        assert "It stays" not in text(page)

    def test_names_the_hurdle_before_that_is_due_later(
        self, client_for: ClientFor, cast: Cast, tranches: list[Tranche]
    ) -> None:
        address = f"/gates/{tranches[1].id}/move?to_on=2027-06-01"
        page = client_for(cast.manager).get(address)

        error = error_on(page, "New due date") or ""
        assert error.startswith("The hurdle before, Hurdle 1, is due on 1 Jul 2027.")

    def test_names_a_later_hurdle_that_would_lie_after_the_planning_quarters(
        self,
        client_for: ClientFor,
        cast: Cast,
        move: str,
        tranches: list[Tranche],
        session: Session,
    ) -> None:
        by = date(2028, 6, 1) - tranches[2].due_on
        page = client_for(cast.manager).get(f"{move}?to_on={tranches[0].due_on + by}&later=y")

        error = error_on(page, "New due date") or ""
        assert error.startswith("Hurdle 3: What was planned ends on")

    def test_asks_for_a_day_that_is_one(self, client_for: ClientFor, cast: Cast, move: str) -> None:
        client = client_for(cast.manager)
        assert client.get(move).status_code == 200
        page = client.get(f"{move}?to_on=soon")
        assert page.status_code == 422
        assert value_of(page, "New due date") == "soon"
        assert error_on(page, "New due date") == "Enter a day such as 2027-03-31."

    def test_is_for_program_managers(self, client_for: ClientFor, cast: Cast, move: str) -> None:
        assert client_for(cast.cfo).get(move).status_code == 403
        assert client_for(cast.cfo).post(move).status_code == 403

    def test_says_that_a_decided_hurdle_keeps_its_date(
        self,
        client_for: ClientFor,
        cast: Cast,
        move: str,
        session: Session,
        now: datetime,
        tranches: list[Tranche],
    ) -> None:
        with transaction(session):
            decide(session, tranches[0], HurdleAction.STOP, actor=cast.cfo, now=now, reason="No.")
        page = client_for(cast.manager).get(f"{move}?to_on=2027-08-15")
        assert "This hurdle is decided; its date stays." in text(page)


class TestMove:
    def test_is_saved_with_its_reason(
        self,
        client_for: ClientFor,
        cast: Cast,
        move: str,
        session: Session,
        tranches: list[Tranche],
    ) -> None:
        client = client_for(cast.manager)
        form = typed(
            client.get(f"{move}?to_on=2027-06-15&later=y"), move, reason="The supplier is early"
        )

        page = client.post(move, data=form, follow_redirects=True)

        assert notice(page) == "Moved 3 dates."
        assert due_days(session, tranches) == [
            date(2027, 6, 15), date(2027, 9, 15), date(2027, 12, 16)
        ]  # fmt: skip
        assert "The supplier is early" in text(page)
        assert links(page)["On the roadmap"] == f"/roadmap?at={tranches[0].id}"

    def test_needs_a_reason_and_keeps_the_day(
        self, client_for: ClientFor, cast: Cast, move: str
    ) -> None:
        client = client_for(cast.manager)
        form = typed(client.get(f"{move}?to_on=2027-08-15"), move)
        page = client.post(move, data=form)
        assert page.status_code == 422
        assert value_of(page, "New due date") == "2027-08-15"
        assert error_on(page, "Reason") == "Say why the date moves; it stays on record."

    @pytest.mark.parametrize(("day", "words"), REFUSED)
    def test_is_refused_in_words_and_keeps_the_reason(
        self, client_for: ClientFor, cast: Cast, move: str, day: str, words: str, session: Session
    ) -> None:
        client = client_for(cast.manager)
        form = typed(client.get(f"{move}?to_on=2027-08-15"), move, reason="Why not", to_on=day)
        page = client.post(move, data=form)
        assert page.status_code == 422
        assert words in (error_on(page, "New due date") or "")
        assert value_of(page, "Reason") == "Why not"
        assert session.scalar(select(func.count()).select_from(DateMove)) == 0

    def test_shows_both_when_somebody_else_moved_it_meanwhile(
        self,
        client_for: ClientFor,
        cast: Cast,
        move: str,
        session: Session,
        now: datetime,
        tranches: list[Tranche],
    ) -> None:
        client = client_for(cast.manager)
        form = typed(client.get(f"{move}?to_on=2027-08-15"), move, reason="Late")
        with transaction(session):
            move_due_date(
                session, tranches[0], to_on=date(2027, 7, 20), reason="First", actor=cast.owner,
                now=now,
            )  # fmt: skip

        page = client.post(move, data=form)

        assert page.status_code == 409
        assert "Omar Owner changed this while you were writing" in text(page)
        assert due_days(session, tranches)[0] == date(2027, 7, 20)
        again = typed(page, move)
        assert client.post(move, data=again).status_code == 303
        assert due_days(session, tranches)[0] == date(2027, 8, 15)
