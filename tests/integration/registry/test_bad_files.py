"""Bad files of every kind: refused in words or the row named, and nothing of them saved."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from app.calendar.models import Cycle
from app.db.session import transaction
from app.errors import InvalidError
from app.registry.engine.shipped import shipped
from app.registry.services import ImportFile, import_registry, preview_import
from app.values.quarter import Quarter
from tests.factories.accounts import Cast
from tests.factories.calendar import make_cycle, make_fund
from tests.support.bad_files import BadFile, Layout, Verdict, bad_files
from tests.support.breaking import broken
from tests.support.digests import database_digest

LAYOUT = Layout(
    header=(
        "Unique Investment Identifier", "Agency Name", "Investment Title", "Project Name",
        "Start Date", "Completion Date (B1)", "Planned Cost ($ M)",
    ),
    good=("I-1", "Labor", "Portal", "Build", "2011-01-01", "2011-12-31", "3"),
    day="Completion Date (B1)",
    amount="Planned Cost ($ M)",
    key="Unique Investment Identifier",
    text="Investment Title",
)  # fmt: skip
FILES = bad_files(LAYOUT)
MAPPING = "us-it-dashboard"


@pytest.fixture
def cycle(session: Session) -> Cycle:
    with transaction(session):
        cycle = make_cycle(
            session, currency="USD", first_quarter=Quarter(2011, 1), quarter_count=40
        )
        make_fund(session, cycle, "it")
        return cycle


def _faults(
    session: Session, engine: Engine, cycle: Cycle, cast: Cast, now: datetime
) -> Iterator[str]:
    """What an import makes of a bad file that it should not."""
    before = database_digest(engine)
    for bad in FILES:
        if bad.verdict is not Verdict.HARMLESS:
            file = ImportFile(bad.file_name, bad.content, shipped(MAPPING))
            try:
                with transaction(session):
                    import_registry(
                        session, file, cycle=cycle, leave_out_errors=False, actor=cast.lead, now=now
                    )
                yield f"{bad.name}: imported"
            except InvalidError:
                pass
        yield from _said(session, cycle, bad)
    if database_digest(engine) != before:
        yield "something was saved"


def _said(session: Session, cycle: Cycle, bad: BadFile) -> Iterator[str]:
    """What is wrong with the dry run's words about it."""
    file = ImportFile(bad.file_name, bad.content, shipped(MAPPING))
    try:
        draft = preview_import(session, file, cycle=cycle)
    except InvalidError as error:
        if bad.verdict is Verdict.ROW:
            yield f"{bad.name}: refused whole, {error}"
        elif error.field != "file" or len(str(error)) < 20:
            yield f"{bad.name}: {error}"
        return
    errors = [(one.line, one.column) for one in draft.issues if one.severity.value == "error"]
    if bad.verdict is Verdict.REFUSED and not errors:
        yield f"{bad.name}: read as if it were sound"
    if bad.verdict is Verdict.ROW and errors != [(3, bad.column)]:
        yield f"{bad.name}: {errors}, not line 3, {bad.column}"
    if bad.verdict is Verdict.HARMLESS:
        titles = [one.title for one in draft.initiatives]
        if len(titles) != 1 or "root:" in titles[0] or len(titles[0]) > 40:
            yield f"{bad.name}: read as {titles}"


class TestBadFiles:
    def test_are_54_and_more(self) -> None:
        assert len({bad.name for bad in FILES}) == len(FILES) >= 54

    @pytest.mark.parametrize("database", ["sqlite"], indirect=True)
    def test_are_refused_in_words_and_leave_nothing(
        self, session: Session, engine: Engine, cycle: Cycle, cast: Cast, now: datetime
    ) -> None:
        faults = list(_faults(session, engine, cycle, cast, now))
        assert not faults, "\n".join(faults)
        assert not Path("../../waymark-evil.txt").exists()

    @pytest.mark.parametrize("database", ["sqlite"], indirect=True)
    def test_are_found_out_where_a_reader_lets_them_through(
        self, session: Session, engine: Engine, cycle: Cycle, cast: Cast, now: datetime
    ) -> None:
        """The control: a reader that takes any cell for a cost."""
        with broken("app.registry.engine.cells.minor_units", lambda *_: 1):
            faults = list(_faults(session, engine, cycle, cast, now))
        said = "\n".join(faults)
        assert "words for money: imported" in said
        assert "something was saved" in said
