"""The exported business case, worked out again by a spreadsheet engine that is not ours."""

from __future__ import annotations

from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import formulas
import pytest
from openpyxl import load_workbook
from sqlalchemy.orm import Session

from app.db.session import transaction
from app.initiatives.exports import case_workbook
from app.initiatives.models import Initiative
from app.initiatives.queries import (
    EFFECTS,
    OPTIONS,
    PlanName,
    PlanValues,
    case_of,
    get_initiative,
    load_case_basis,
)
from app.initiatives.rules import EffectDraft, EvidenceGrade
from app.initiatives.services import add_behaviour, add_option
from app.journeys.rules import Lever
from app.values.quarter import Quarter
from tests.factories.accounts import Cast
from tests.factories.initiatives import (
    NOW,
    Company,
    behaviour_draft,
    make_company,
    make_complete,
    make_draft,
    option_draft,
)
from tests.factories.journeys import make_pool

PLAN = PlanName("run-1", "Run 1 of “Balanced”", "portfolio.run", {"run_id": 1}, 1)


@pytest.fixture
def company(session: Session, cast: Cast) -> Company:
    with transaction(session):
        return make_company(session, cast)


def many_sided(session: Session, cast: Cast, company: Company) -> Initiative:
    """Two options on every lever, with harm, two behaviours on one pool, days and a declared
    benefit beside them."""
    with transaction(session):
        made = make_complete(session, cast, company)
        levers = (Lever.CONVERT, Lever.SPEND, Lever.FAIL, Lever.RISK)
        pools = [make_pool(session, company.journey, one, claimed_by=cast.lead) for one in levers]
        lean = option_draft(
            company, key="lean", name="Lean", half_life_quarters=None, go_live_quarters=2,
            ramp_quarters=1, declared_benefit_minor=123_456_78,
            declared_grade=EvidenceGrade.D, declared_source="Vendor",
        )  # fmt: skip
        by: dict[str, Any] = {"expected_version": None, "actor": cast.lead, "now": NOW}
        add_option(session, made, lean, **by)
        effects = [
            EffectDraft("full", company.serve.id, Decimal("0.07"), EvidenceGrade.D, "Study"),
            EffectDraft("full", company.retain.id, Decimal("-0.03"), EvidenceGrade.E, "Fear"),
            *(EffectDraft("full", one.id, Decimal("0.11"), EvidenceGrade.C, "x") for one in pools),
            EffectDraft("lean", company.retain.id, Decimal("0.123457"), EvidenceGrade.A, "x"),
        ]
        second = behaviour_draft(company, description="=1+1", effects=tuple(effects))
        add_behaviour(session, made, second, **by)
    session.expire_all()
    return get_initiative(session, made.key, *OPTIONS, *EFFECTS)


def recomputed(content: bytes, folder: Path) -> dict[str, dict[str, float]]:
    """By sheet and label the figures of column B, worked out from the formulas alone."""
    path = folder / "case.xlsx"
    book = load_workbook(BytesIO(content))
    labels = {
        sheet.title: {sheet.cell(row, 1).value: row for row in range(1, sheet.max_row + 1)}
        for sheet in book
    }
    book.save(path)  # keeps formulas and forgets what they were worth
    solved = formulas.ExcelModel().loads(str(path)).finish().calculate()
    found: dict[str, dict[str, float]] = {}
    for title, rows in labels.items():
        found[title] = {}
        for label, row in rows.items():
            cell = solved.get(f"'[case.xlsx]{title.upper()}'!B{row}")
            if label and cell is not None:
                value = cell.value[0, 0]
                if isinstance(value, int | float):
                    found[title][label] = float(value)
    return found


class TestCaseWorkbook:
    def test_an_independent_spreadsheet_gives_the_present_value_to_the_cent(
        self, session: Session, cast: Cast, company: Company, tmp_path: Path
    ) -> None:
        made = many_sided(session, cast, company)
        basis = load_case_basis(session, made)
        assert basis is not None

        found = recomputed(case_workbook(made, basis, None, None), tmp_path)

        assert set(found) == {"full", "lean"}
        for option in made.options:
            case = case_of(option, made, basis)
            sheet = found[option.key]
            assert case.standalone.total
            assert sheet["Standalone value"] == case.standalone.total
            assert sheet["Cost, discounted"] == case.cost
            assert sheet["Net"] == case.net
            assert sheet["Net, EUR"] == pytest.approx(case.net / 100)

    def test_halves_go_to_even_as_in_the_product_where_nothing_is_discounted(
        self, session: Session, cast: Cast, company: Company, tmp_path: Path
    ) -> None:
        """1,000.02 a year are 25,000.5 cents a quarter; 35 % of 30 cents are 10.5.

        Beside every formula stands what it gives, for viewers that work nothing out.
        """
        with transaction(session):
            company.cycle.discount_rate = Decimal(0)
            pool = make_pool(
                session, company.journey, Lever.RISK, claimed_by=cast.lead,
                prob="1", loss="1000.023", addr="1",
            )  # fmt: skip
            made = make_draft(session, cast, company)
            by: dict[str, Any] = {"expected_version": None, "actor": cast.lead, "now": NOW}
            option = option_draft(
                company, go_live_quarters=0, declared_benefit_minor=30,
                declared_grade=EvidenceGrade.D, declared_source="Vendor",
            )  # fmt: skip
            add_option(session, made, option, **by)
            effect = EffectDraft("full", pool.id, Decimal("0.95"), EvidenceGrade.A, "x")
            add_behaviour(session, made, behaviour_draft(company, effects=(effect,)), **by)
        session.expire_all()
        made = get_initiative(session, made.key, *OPTIONS, *EFFECTS)
        basis = load_case_basis(session, made)
        assert basis is not None and set(basis.discounted[pool.id]) == {25_000}

        content = case_workbook(made, basis, None, None)
        found = recomputed(content, tmp_path)["full"]

        case = case_of(made.options[-1], made, basis)
        shown = {
            row[0].value: row[1].value
            for row in load_workbook(BytesIO(content), data_only=True)["full"].iter_rows(max_col=2)
        }
        assert found == pytest.approx({label: shown[label] for label in found}, rel=1e-9)
        assert found["V = pool/4 × d, half to even"] == 25_000
        assert (
            found["Counts, discounted at go-live, half to even"] == case.standalone.declared == 10
        )
        assert found["Standalone value"] == case.standalone.total

    def test_the_option_a_plan_funds_starts_when_it_does_there(
        self, session: Session, cast: Cast, company: Company, tmp_path: Path
    ) -> None:
        made = many_sided(session, cast, company)
        basis = load_case_basis(session, made)
        assert basis is not None
        values = PlanValues("full", Quarter(2027, 4), 900, 800, 700)

        found = recomputed(case_workbook(made, basis, PLAN, values), tmp_path)["full"]

        case = case_of(made.options[-1], made, basis, values)
        assert case.claim.start == Quarter(2027, 4) - basis.first > 0
        assert found["Standalone value"] == case.standalone.total
        assert found["Allocated"] == 800

    def test_what_people_wrote_is_never_a_formula(
        self, session: Session, cast: Cast, company: Company
    ) -> None:
        made = many_sided(session, cast, company)
        basis = load_case_basis(session, made)
        assert basis is not None
        book = load_workbook(BytesIO(case_workbook(made, basis, None, None)))
        words = [row[0].value for row in book["full"].iter_rows(max_col=1) if row[0].value]
        assert any("=1+1" in str(word) for word in words)
        assert all(cell.data_type == "s" for sheet in book for (cell,) in sheet.iter_rows(max_col=1)
                   if cell.value)  # fmt: skip
