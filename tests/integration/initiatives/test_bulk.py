"""Many initiatives changed at once: what was previewed, in one go, or nothing."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.audit.models import AuditEvent
from app.db.session import transaction
from app.errors import ConflictError, InvalidError, NotAllowedError
from app.initiatives.models import BulkEdit, Initiative, InitiativeMove
from app.initiatives.queries import (
    RegistryFilter,
    list_matching,
    load_edited,
)
from app.initiatives.rules import (
    Action,
    BulkChange,
    InitiativeState,
    Lens,
    MakeMove,
    SeenRow,
    SetField,
)
from app.initiatives.services import edit_field, make_change, plan_change, undo_change
from app.values.quarter import Quarter
from tests.factories.accounts import Cast
from tests.factories.calendar import make_cycle
from tests.factories.initiatives import (
    NOW,
    Company,
    make_candidate,
    make_complete,
    make_draft,
    make_submitted,
)


def matching(session: Session) -> list[Initiative]:
    return list_matching(session, RegistryFilter(), most=100)


def seen(session: Session, change: BulkChange, actor: Person) -> dict[int, SeenRow]:
    rows = plan_change(session, matching(session), change, actor=actor)
    return {row.id: SeenRow(row.version, row.changes) for row in rows}


def make(session: Session, change: BulkChange, actor: Person) -> tuple[int, BulkEdit | None]:
    with transaction(session):
        return make_change(
            session, matching(session), change, seen=seen(session, change, actor), actor=actor,
            now=NOW,
        )  # fmt: skip


@pytest.fixture
def three(session: Session, cast: Cast, company: Company) -> list[Initiative]:
    """Two drafts, the second of them complete, and one with Finance."""
    with transaction(session):
        return [
            make_draft(session, cast, company),
            make_complete(session, cast, company),
            make_submitted(session, cast, company),
        ]


class TestPlanChange:
    def test_says_of_every_row_what_becomes_of_it_or_why_it_stays(
        self, session: Session, cast: Cast, three: list[Initiative]
    ) -> None:
        change = SetField("sponsor", cast.manager.id)
        rows = plan_change(session, matching(session), change, actor=cast.lead)
        assert [(row.key, row.old, row.new) for row in rows] == [
            ("CX-101", "none", "Mina Manager"),
            ("CX-102", "Mina Manager", "Mina Manager"),
            ("CX-103", "Mina Manager", "Mina Manager"),
        ]
        assert rows[0].changes
        assert rows[1].refusal == "It is so already."
        assert str(rows[2].refusal).startswith("It is with Finance.")

    def test_asks_every_row_what_a_single_edit_asks(
        self, session: Session, cast: Cast, company: Company, three: list[Initiative]
    ) -> None:
        with transaction(session):
            dollars = make_cycle(session, name="FY27 US", currency="USD")
        for change, words in (
            (SetField("start", Quarter(2019, 1)), "quarter"),
            (SetField("cycle", dollars.id), "USD"),
            (SetField("owner", 999_999), "can sign in"),
            (SetField("unit", "  "), "Name the organisation unit"),
        ):
            row = plan_change(session, matching(session), change, actor=cast.lead)[0]
            assert words in str(row.refusal)

    def test_of_a_move_gives_every_reason_why_one_can_not_be_made(
        self, session: Session, cast: Cast, three: list[Initiative]
    ) -> None:
        rows = plan_change(session, matching(session), MakeMove(Action.SUBMIT), actor=cast.lead)
        assert [row.changes for row in rows] == [False, True, False]
        assert "option" in str(rows[0].refusal)
        assert (rows[1].old, rows[1].new) == ("Draft", "Submitted")
        assert rows[2].refusal == "It is submitted; it can’t be moved that way."

    def test_is_for_who_edits(self, session: Session, cast: Cast, three: list[Initiative]) -> None:
        change = SetField("unit", "Sales")
        with pytest.raises(NotAllowedError):
            plan_change(session, matching(session), change, actor=cast.viewer)
        rows = plan_change(session, matching(session), change, actor=cast.manager)
        assert "Only its owner" in str(rows[0].refusal)

    def test_of_a_move_on_the_record_needs_the_reason(
        self, session: Session, cast: Cast, three: list[Initiative]
    ) -> None:
        with pytest.raises(InvalidError, match="Give the reason"):
            plan_change(session, matching(session), MakeMove(Action.WITHDRAW), actor=cast.lead)

    @pytest.mark.parametrize(
        "change", [SetField("cycle", 1), SetField("owner", 1), MakeMove(Action.SUBMIT)]
    )
    def test_asks_as_often_for_twelve_as_for_three(
        self, session: Session, cast: Cast, company: Company, three: list[Initiative],
        change: BulkChange,
    ) -> None:  # fmt: skip
        def asked() -> int:
            session.expunge_all()
            actor = session.get_one(Person, cast.lead.id)
            assert actor.roles
            statements: list[str] = []

            def note(_c: object, _u: object, statement: str, *_rest: object) -> None:
                statements.append(statement)

            event.listen(session.get_bind(), "before_cursor_execute", note)
            plan_change(session, matching(session), change, actor=actor)
            event.remove(session.get_bind(), "before_cursor_execute", note)
            return len(statements)

        few = asked()
        with transaction(session):
            for _ in range(9):
                make_complete(session, cast, company)
        assert asked() <= few <= 10


class TestMakeChange:
    @pytest.mark.parametrize(
        ("column", "value"), [("unit", "Sales"), ("lens", Lens.PEOPLE), ("start", Quarter(2027, 2))]
    )
    def test_sets_a_field_wherever_the_preview_said_so_with_an_event_each(
        self, session: Session, cast: Cast, three: list[Initiative], column: str, value: object
    ) -> None:
        count, edit = make(session, SetField(column, value), cast.lead)  # type: ignore[arg-type]
        assert (count, edit is not None) == (2, True)
        found = [getattr(one, SetField(column, None).field) for one in matching(session)]
        assert found[:2] == [value, value] and found[2] != value
        events = session.scalars(select(AuditEvent).where(AuditEvent.action == "initiative.edited"))
        assert {one.subject for one in events} == {f"initiative:{one.id}" for one in three[:2]}

    def test_moves_with_history_and_loses_certifications(
        self, session: Session, cast: Cast, company: Company
    ) -> None:
        with transaction(session):
            made = [make_candidate(session, cast, company) for _ in range(2)]
        before = session.scalar(select(func.count(InitiativeMove.id))) or 0

        count, edit = make(session, MakeMove(Action.REOPEN), cast.lead)

        assert (count, edit) == (2, None)
        now = matching(session)
        assert {one.state for one in now} == {InitiativeState.DRAFT}
        assert [one.certified_by_id for one in now] == [None, None]
        assert [one.version for one in now] == [one.version for one in made]
        assert session.scalar(select(func.count(InitiativeMove.id))) == before + 2

    def test_changes_nothing_when_something_is_not_as_the_preview_showed(
        self, session: Session, cast: Cast, company: Company, three: list[Initiative]
    ) -> None:
        change = SetField("unit", "Sales")
        shown = seen(session, change, cast.lead)
        with transaction(session):
            first = session.get_one(Initiative, three[0].id)
            edit_field(
                session, first, "title", "New", expected_version=None, actor=cast.lead, now=NOW
            )
            make_draft(session, cast, company)
        with (
            pytest.raises(ConflictError, match=r"CX-101 changed; CX-104 fit only now"),
            transaction(session),
        ):
            make_change(session, matching(session), change, seen=shown, actor=cast.lead, now=NOW)
        assert {one.unit for one in matching(session)} == {"Claims"}

    def test_refuses_where_nothing_would_change(
        self, session: Session, cast: Cast, three: list[Initiative]
    ) -> None:
        with pytest.raises(InvalidError, match="None of these"):
            make(session, SetField("unit", "Claims"), cast.lead)


class TestUndoChange:
    def undo(self, session: Session, edit: BulkEdit, actor: Person, now: datetime = NOW) -> int:
        with transaction(session):
            initiatives = load_edited(session, edit)
            return undo_change(session, edit, initiatives, actor=actor, now=now)

    def test_gives_every_one_its_own_value_back(
        self, session: Session, cast: Cast, company: Company
    ) -> None:
        with transaction(session):
            for unit in ("Claims", "Sales", "Claims"):
                make_draft(session, cast, company, unit=unit)
        _, edit = make(session, SetField("unit", "Service"), cast.lead)
        assert edit is not None

        assert self.undo(session, edit, cast.lead) == 3

        assert [one.unit for one in matching(session)] == ["Claims", "Sales", "Claims"]
        with pytest.raises(ConflictError, match="undone already"):
            self.undo(session, edit, cast.lead)

    @pytest.mark.parametrize("column", ["owner", "sponsor", "lens", "start"])
    def test_knows_every_kind_of_field(
        self, session: Session, cast: Cast, company: Company, column: str
    ) -> None:
        with transaction(session):
            make_draft(session, cast, company)
        value = {"lens": Lens.PEOPLE, "start": Quarter(2027, 2)}.get(column, cast.manager.id)
        field = SetField(column, None).field
        (before,) = [getattr(one, field) for one in matching(session)]
        _, edit = make(session, SetField(column, value), cast.lead)  # type: ignore[arg-type]
        assert edit is not None
        self.undo(session, edit, cast.lead)
        assert [getattr(one, field) for one in matching(session)] == [before]

    def test_undoes_nothing_when_one_changed_since(
        self, session: Session, cast: Cast, three: list[Initiative]
    ) -> None:
        _, edit = make(session, SetField("unit", "Sales"), cast.lead)
        assert edit is not None
        with transaction(session):
            first = session.get_one(Initiative, three[0].id)
            edit_field(
                session, first, "title", "New", expected_version=None, actor=cast.lead, now=NOW
            )
        with pytest.raises(ConflictError, match="CX-101 changed since"):
            self.undo(session, edit, cast.lead)
        assert [one.unit for one in matching(session)] == ["Sales", "Sales", "Claims"]

    def test_is_for_who_made_it(
        self, session: Session, cast: Cast, three: list[Initiative]
    ) -> None:
        _, edit = make(session, SetField("unit", "Sales"), cast.lead)
        assert edit is not None
        with pytest.raises(ConflictError, match="Only who made"):
            self.undo(session, edit, cast.owner)
