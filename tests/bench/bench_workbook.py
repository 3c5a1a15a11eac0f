"""What it takes to export 5,000 initiatives as a workbook and to compare it when it comes back."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic, process_time
from typing import Any, TypeVar

from sqlalchemy import create_engine, insert, select
from sqlalchemy.orm import Session

from app.db.session import transaction, trial
from app.db.sqlite import engine_options
from app.initiatives.models import Criterion, Initiative, Milestone, Option, OptionSpend
from app.initiatives.rules import Direction, InitiativeState, Lens
from app.registry.engine.layout import sheets_for
from app.registry.exports import registry_workbook
from app.registry.services import Workbook, compare_file, load_current, try_cells
from app.values.quarter import Quarter
from tests.bench.rows import Row
from tests.factories.accounts import Cast, make_cast
from tests.factories.initiatives import Company, make_company
from tests.support.databases import SqliteDatabases
from tests.support.workbooks import edited

INITIATIVES = 5_000
CHANGED = 200
NOW = datetime(2027, 2, 15, 9, tzinfo=UTC)
T = TypeVar("T")


def rows() -> Iterator[Row]:
    """Export, the comparison of what nobody touched, and of 200 initiatives with other titles."""
    with TemporaryDirectory(prefix="waymark-bench-") as name:
        databases = SqliteDatabases(Path(name))
        databases.reset()
        engine = create_engine(**engine_options(databases.url))
        with Session(engine, expire_on_commit=False) as session:
            with transaction(session):
                cast = make_cast(session)
                _fill(session, cast, make_company(session, cast))
            yield from _rows(session, cast)
        engine.dispose()


def _rows(session: Session, cast: Cast) -> Iterator[Row]:
    sheets = sheets_for(shows_money=True)

    def export() -> bytes:
        session.rollback()
        return registry_workbook(load_current(session, actor=cast.lead), sheets, at=NOW)

    content, said = _measured(export)
    yield Row(f"Export {INITIATIVES:,} initiatives", f"{said}, {len(content) / 1e6:.1f} MB", "–")

    def compare(bytes_: bytes) -> Any:
        session.rollback()
        book = Workbook("w.xlsx", bytes_, shows_money=True)
        return compare_file(session, book, actor=cast.lead)

    same, said = _measured(lambda: compare(content))
    yield Row("Compare it, nothing differs", f"{said}, {len(same.differences)} cells", "–")
    changed = edited(
        content, {f"Initiatives!D{line}": f"Title {line}" for line in range(2, CHANGED + 2)}
    )
    found, said = _measured(lambda: compare(changed))
    yield Row(
        f"Compare it, {CHANGED} titles differ", f"{said}, {len(found.differences)} cells", "–"
    )

    def tried() -> Any:
        with trial(session):
            return try_cells(session, found, (), actor=cast.lead, now=NOW)

    _, said = _measured(tried)
    yield Row(f"Try {CHANGED} titles", said, "–")


def _measured(act: Callable[[], T]) -> tuple[T, str]:
    """What it gives; seconds of one run and the peak of Python's memory in another."""
    began, cpu = monotonic(), process_time()
    act()
    seconds, cpu = monotonic() - began, process_time() - cpu
    tracemalloc.start()
    answer = act()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return answer, f"{seconds:.1f} s ({cpu:.1f} s CPU), peak {peak / 1e6:.0f} MB"


def _fill(session: Session, cast: Cast, company: Company) -> None:
    """Initiatives with two options over two funds, three milestones and their criteria."""
    initiatives = [
        {
            "key": f"CX-{n}", "title": f"Initiative number {n}", "state": InitiativeState.DRAFT,
            "cycle_id": company.cycle.id, "journey_id": company.journey.id, "unit": f"Unit {n % 9}",
            "lens": Lens.PROCESS, "currency": "EUR", "planned_start": Quarter(2027, 1),
            "cost_minor": 0, "owner_id": cast.owner.id, "created_by_id": cast.lead.id,
            "created_at": NOW, "changed_at": NOW, "version": 1,
        }
        for n in range(101, 101 + INITIATIVES)
    ]  # fmt: skip
    session.execute(insert(Initiative), initiatives)
    ids = list(session.scalars(select(Initiative.id)))
    session.execute(
        insert(Option),
        [
            {"initiative_id": one, "position": at, "key": key, "name": f"Scope {key}"}
            for one in ids
            for at, key in ((10, "pilot"), (30, "full"))
        ],
    )
    session.execute(
        insert(OptionSpend),
        [
            {
                "option_id": one,
                "fund_id": fund,
                "quarter_index": q,
                "amount_minor": 1_000_00 * (q + 1),
            }
            for one in session.scalars(select(Option.id)).all()
            for fund in (company.capex.id, company.run.id)
            for q in range(4)
        ],
    )
    session.execute(
        insert(Milestone),
        [
            {
                "initiative_id": one, "name": f"Hurdle {n}", "due_on": date(2027, 6 + n, 1),
                "tranche_share": Decimal("0.3"),
            }
            for one in ids
            for n in range(3)
        ],
    )  # fmt: skip
    session.execute(
        insert(Criterion),
        [
            {
                "milestone_id": one, "metric": "Calls", "unit": "calls",
                "direction": Direction.AT_MOST, "threshold": Decimal("1.8"),
            }
            for one in session.scalars(select(Milestone.id)).all()
        ],
    )  # fmt: skip
