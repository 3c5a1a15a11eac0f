"""A file comes in whole or not at all, once, and can be taken back while it is untouched."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.audit.models import AuditEvent
from app.calendar.models import Cycle
from app.db.session import transaction
from app.errors import ConflictError, InvalidError, NotAllowedError
from app.initiatives.models import ImportBatch, Initiative, Milestone, OptionSpend
from app.initiatives.rules import DependencyDraft, InitiativeDraft, InitiativeState, Lens, Question
from app.initiatives.services import answer_questions, create_initiative, set_links
from app.interactions.engine.table import read_table
from app.registry.engine.reading import read_drafts
from app.registry.engine.shipped import shipped
from app.registry.services import ImportFile, import_registry, preview_import, undo_import
from app.roadmap.models import Evidence
from app.values.quarter import Quarter
from tests.factories.accounts import Cast
from tests.factories.calendar import make_cycle, make_fund

DATA = Path(__file__).parents[2] / "data"
HEADER = (
    "Unique Investment Identifier,Agency Name,Investment Title,Project Name,Start Date,"
    "Completion Date (B1),Planned Cost ($ M)"
)
GOOD = "I-1,Labor,Portal,Build,2011-01-01,2011-12-31,3"
BAD = "I-2,Labor,Mail,Build,2011-01-01,2010-12-31,3"


def a_file(*lines: str, name: str = "projects.csv") -> ImportFile:
    content = "\n".join([HEADER, *lines]).encode()
    return ImportFile(name, content, shipped("us-it-dashboard"))


@pytest.fixture
def cycle(session: Session) -> Cycle:
    with transaction(session):
        cycle = make_cycle(
            session, currency="USD", first_quarter=Quarter(2011, 1), quarter_count=40
        )
        make_fund(session, cycle, "it")
        return cycle


def counts(session: Session) -> dict[str, int]:
    return {
        kind.__tablename__: session.scalar(select(func.count()).select_from(kind)) or 0
        for kind in (Initiative, Milestone, ImportBatch, AuditEvent)
    }


class TestImportRegistry:
    def test_saves_drafts_with_cost_milestones_and_one_audit_event(
        self, session: Session, cycle: Cycle, cast: Cast, now: datetime
    ) -> None:
        before = counts(session)["audit_events"]
        with transaction(session):
            import_registry(
                session, a_file(GOOD), cycle=cycle, leave_out_errors=False, actor=cast.lead, now=now
            )
        one = session.scalars(select(Initiative)).one()
        assert (one.key, one.state, one.owner_id) == (
            "IT-I-1",
            InitiativeState.DRAFT,
            cast.lead.id,
        )
        assert session.scalar(select(func.sum(OptionSpend.amount_minor))) == 300_000_000
        assert counts(session) == {
            "initiatives": 1,
            "milestones": 1,
            "import_batches": 1,
            "audit_events": before + 1,
        }

    def test_a_bad_row_bars_the_whole_file(
        self, session: Session, cycle: Cycle, cast: Cast, now: datetime
    ) -> None:
        before = counts(session)
        with pytest.raises(InvalidError, match="1 of 2 rows"), transaction(session):
            import_registry(
                session, a_file(GOOD, BAD), cycle=cycle, leave_out_errors=False, actor=cast.lead,
                now=now,
            )  # fmt: skip
        assert counts(session) == before

    def test_leaves_bad_rows_out_when_told_and_keeps_their_names(
        self, session: Session, cycle: Cycle, cast: Cast, now: datetime
    ) -> None:
        with transaction(session):
            batch = import_registry(
                session, a_file(GOOD, BAD), cycle=cycle, leave_out_errors=True, actor=cast.lead,
                now=now,
            )  # fmt: skip
        assert [(issue["line"], issue["column"]) for issue in batch.issues] == [
            (3, "Completion Date (B1)")
        ]

    def test_a_file_that_was_looked_at_is_not_read_again_while_others_wait_to_write(
        self,
        session: Session,
        cycle: Cycle,
        cast: Cast,
        now: datetime,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        file = a_file(GOOD)
        preview_import(session, file, cycle=cycle)
        monkeypatch.delattr("app.registry.services.importing.read_table")
        with transaction(session):
            import_registry(
                session, file, cycle=cycle, leave_out_errors=False, actor=cast.lead, now=now
            )
        assert counts(session)["initiatives"] == 1

    def test_the_same_bytes_come_in_once(
        self, session: Session, cycle: Cycle, cast: Cast, now: datetime
    ) -> None:
        for name in ("one.csv", "other.csv"):
            file = a_file(GOOD, name=name)
            if name == "other.csv":
                with pytest.raises(ConflictError, match=r"one\.csv"), transaction(session):
                    import_registry(
                        session, file, cycle=cycle, leave_out_errors=False, actor=cast.lead, now=now
                    )
            else:
                with transaction(session):
                    import_registry(
                        session, file, cycle=cycle, leave_out_errors=False, actor=cast.lead, now=now
                    )
        assert counts(session)["initiatives"] == 1

    def test_a_key_that_is_taken_is_an_error_of_its_line(
        self, session: Session, cycle: Cycle, cast: Cast, now: datetime
    ) -> None:
        with transaction(session):
            import_registry(
                session, a_file(GOOD), cycle=cycle, leave_out_errors=False, actor=cast.lead, now=now
            )
        draft = preview_import(session, a_file(GOOD, GOOD), cycle=cycle)
        assert [issue.message for issue in draft.errors] == ["IT-I-1 is in the registry already."]

    def test_is_for_people_who_may_import(
        self, session: Session, cycle: Cycle, cast: Cast, now: datetime
    ) -> None:
        with pytest.raises(NotAllowedError), transaction(session):
            import_registry(
                session, a_file(GOOD), cycle=cycle, leave_out_errors=False, actor=cast.viewer,
                now=now,
            )  # fmt: skip

    def test_refuses_another_currency(self, session: Session, cast: Cast, now: datetime) -> None:
        with transaction(session):
            euro = make_cycle(session, currency="EUR")
        with pytest.raises(InvalidError, match="in USD"):
            preview_import(session, a_file(GOOD), cycle=euro)

    def test_refuses_a_cycle_without_the_fund(self, session: Session) -> None:
        with transaction(session):
            bare = make_cycle(
                session, currency="USD", first_quarter=Quarter(2011, 1), quarter_count=40
            )
        with pytest.raises(InvalidError, match="Add the fund"):
            preview_import(session, a_file(GOOD), cycle=bare)

    def test_brings_quarterly_evidence(self, session: Session, cast: Cast, now: datetime) -> None:
        with transaction(session):
            cycle = make_cycle(
                session, currency="USD", first_quarter=Quarter(2021, 4), quarter_count=8
            )
        content = (DATA / "us_performance_goals_extract.json").read_bytes()
        file = ImportFile("goals.json", content, shipped("us-performance-goals"))
        with transaction(session):
            import_registry(
                session, file, cycle=cycle, leave_out_errors=False, actor=cast.manager, now=now
            )
        draft = read_drafts(read_table(content, "goals.json"), file.mapping, cycle.quarters)
        stored = session.scalar(select(func.count()).select_from(Evidence))
        assert stored == draft.reading_count > 0


def imported(session: Session, cycle: Cycle, cast: Cast, now: datetime) -> ImportBatch:
    with transaction(session):
        return import_registry(
            session, a_file(GOOD), cycle=cycle, leave_out_errors=False, actor=cast.lead, now=now
        )


class TestUndoImport:
    def test_leaves_nothing_but_the_record(
        self, session: Session, cycle: Cycle, cast: Cast, now: datetime
    ) -> None:
        batch = imported(session, cycle, cast, now)
        events = counts(session)["audit_events"]
        with transaction(session):
            undo_import(session, batch, actor=cast.lead, now=now)
        assert counts(session) == {
            "initiatives": 0,
            "milestones": 0,
            "import_batches": 0,
            "audit_events": events + 1,
        }

    def test_refuses_once_somebody_built_on_it(
        self, session: Session, cycle: Cycle, cast: Cast, now: datetime
    ) -> None:
        batch = imported(session, cycle, cast, now)
        with transaction(session):
            session.scalars(select(Initiative)).one().state = InitiativeState.SUBMITTED
        with pytest.raises(ConflictError, match="IT-I-1"), transaction(session):
            undo_import(session, batch, actor=cast.lead, now=now)
        assert counts(session)["initiatives"] == 1

    def test_refuses_once_somebody_answered_for_it(
        self, session: Session, cycle: Cycle, cast: Cast, now: datetime
    ) -> None:
        batch = imported(session, cycle, cast, now)
        with transaction(session):
            one = session.scalars(select(Initiative)).one()
            answers = {Question.CUSTOMERS: "People who write to the portal"}
            answer_questions(session, one, answers, expected_version=None, actor=cast.lead, now=now)
        with pytest.raises(ConflictError, match="IT-I-1"), transaction(session):
            undo_import(session, batch, actor=cast.lead, now=now)
        assert counts(session)["initiatives"] == 1

    def test_refuses_once_another_initiative_needs_it(
        self, session: Session, cycle: Cycle, cast: Cast, now: datetime
    ) -> None:
        batch = imported(session, cycle, cast, now)
        with transaction(session):
            draft = InitiativeDraft(
                "Mail", "Labor", Lens.PROCESS, cast.lead.id, Quarter(2011, 1), cycle_id=cycle.id
            )
            other = create_initiative(session, draft, actor=cast.lead, now=now)
            needs = [DependencyDraft("IT-I-1", 0, "")]
            set_links(session, other, needs, [], expected_version=None, actor=cast.lead, now=now)
        with pytest.raises(ConflictError, match="IT-I-1"), transaction(session):
            undo_import(session, batch, actor=cast.lead, now=now)
