"""What roadmap, gate calendar, ledger and findings show goes out as CSV and XLSX."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from sqlalchemy.orm import Session

from app.accounts.services import hide_costs
from app.db.session import transaction
from tests.factories.accounts import Cast
from tests.factories.approvals import make_commitments, make_world
from tests.support.workbooks import sheets_of

ClientFor = Callable[[Any], Any]


@pytest.fixture(autouse=True)
def funded(session: Session, cast: Cast, now: datetime) -> None:
    with transaction(session):
        stage = make_world(session, cast, now)
    session.expire_all()
    with transaction(session):
        make_commitments(session, cast, now, stage)


def lines(page: Any) -> list[dict[str, str]]:
    assert page.status_code == 200
    return list(csv.DictReader(io.StringIO(page.get_data(as_text=True))))


class TestGates:
    def test_go_out_as_they_are_shown(self, client_for: ClientFor, cast: Cast) -> None:
        found = lines(client_for(cast.cfo).get("/gates.csv"))
        assert {"Key", "Hurdle", "Due on", "State", "Holds"} <= set(found[0])
        only = lines(client_for(cast.cfo).get("/gates.csv?q=CX-101"))
        assert {one["Key"] for one in only} == {"CX-101"}
        assert len(only) < len(found)

    def test_go_out_with_typed_cells(self, client_for: ClientFor, cast: Cast) -> None:
        (rows,) = sheets_of(client_for(cast.cfo).get("/gates.xlsx").data).values()
        first = dict(zip(rows[0], rows[1], strict=True))
        assert isinstance(first["Due on"], date)
        assert isinstance(first["Holds"], float)


class TestRoadmap:
    def test_goes_out_as_csv_and_with_typed_cells(self, client_for: ClientFor, cast: Cast) -> None:
        browser = client_for(cast.cfo)
        found = lines(browser.get("/roadmap.csv?q=CX-101"))
        assert [one["Key"] for one in found] == ["CX-101"]
        (rows,) = sheets_of(browser.get("/roadmap.xlsx?q=CX-101").data).values()
        first = dict(zip(rows[0], rows[1], strict=True))
        assert isinstance(first["Ends on"], date)
        assert f"{first['Approved']:.2f}" == f"{float(found[0]['Approved']):.2f}"

    def test_tells_no_money_to_whom_it_is_hidden_from(
        self, client_for: ClientFor, cast: Cast, session: Session, now: datetime
    ) -> None:
        with transaction(session):
            hide_costs(session, cast.viewer, actor=cast.admin, now=now)
        browser = client_for(cast.viewer)
        for path in ("/roadmap.csv", "/gates.csv"):
            assert not {"Approved", "Released", "Holds", "Money"} & set(lines(browser.get(path))[0])


class TestLedger:
    @pytest.mark.parametrize("name", ["balances", "movements"])
    def test_goes_out_with_typed_cells(self, client_for: ClientFor, cast: Cast, name: str) -> None:
        (rows,) = sheets_of(client_for(cast.cfo).get(f"/ledger/{name}.xlsx").data).values()
        at = rows[0].index("Approved" if name == "balances" else "Amount")
        assert isinstance(rows[1][at], float)


class TestFindings:
    def test_go_out_as_a_workbook(self, client_for: ClientFor, cast: Cast) -> None:
        (rows,) = sheets_of(client_for(cast.cfo).get("/findings.xlsx").data).values()
        assert rows[0][0] == "Finding"
