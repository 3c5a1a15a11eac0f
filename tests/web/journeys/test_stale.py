"""A stale baseline is marked, with its day and age, wherever a number stands on it."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy.orm import Session

from app.calendar.rules import CycleState
from app.db.session import transaction
from app.journeys.queries import get_journey, load_figures
from app.journeys.rules import JUDGED_BY_PEOPLE, ControlKind, FigureKind, Lever
from app.journeys.services import record_baseline
from tests.factories.accounts import Cast
from tests.factories.approvals import World, make_proposal, make_world
from tests.factories.calendar import make_cycle
from tests.factories.journeys import (
    baseline_draft,
    make_baseline,
    make_control,
    make_journey,
    make_pool,
)
from tests.support.pages import form_values, links, table, text

ClientFor = Callable[[Any], Any]
OLD = date(2026, 1, 15)
MEASURED_BY_NOW = [kind for kind in FigureKind if kind not in JUDGED_BY_PEOPLE]
WORDS = "baseline of 15 Jan 2026, 396 days old, limit 190"


@pytest.fixture
def cycle_id(session: Session, cast: Cast) -> int:
    """A journey measured 396 days ago with a pool, one never measured, one not in use."""
    with transaction(session):
        stale = make_journey(session, cast.lead)
        make_baseline(session, get_journey(session, stale.key), measured_on=OLD)
        make_pool(session, stale, Lever.RISK, claimed_by=cast.lead, certified_by=cast.cfo)
        make_journey(session, cast.lead, key="renewal", name="Renewal")
        idle = make_journey(session, cast.lead, key="idle", name="Idle", is_in_use=False)
        make_baseline(session, get_journey(session, idle.key), measured_on=OLD)
        return make_cycle(session, state=CycleState.DRAFT).id


@pytest.mark.parametrize(
    "address",
    [
        "/journeys",
        "/journeys/motor-claim",
        "/journeys/motor-claim/pools",
        "/journeys/motor-claim/pools/risk",
        "/journeys/motor-claim/baselines",
        "/",
    ],
)
def test_is_marked_with_its_day_and_age(
    client_for: ClientFor, cast: Cast, cycle_id: int, address: str
) -> None:
    page = client_for(cast.lead).get(address)

    assert WORDS in text(page)
    assert len(page.queries) <= 12


def test_is_not_marked_where_the_journey_is_fresh_or_not_in_use(
    client_for: ClientFor, cast: Cast, session: Session, cycle_id: int
) -> None:
    with transaction(session):
        make_baseline(session, get_journey(session, "motor-claim"))
    client = client_for(cast.lead)

    for address in ("/journeys", "/journeys/motor-claim", "/journeys/idle", "/"):
        assert "days old" not in text(client.get(address))


def test_is_as_old_as_the_oldest_figure_kept_and_not_as_the_version(
    client_for: ClientFor, cast: Cast, session: Session, cycle_id: int
) -> None:
    def measure(number: int, *, is_all: bool) -> None:
        journey = get_journey(session, "motor-claim")
        figures = load_figures(session, [journey.baselines[-1].id])[journey.baselines[-1].id]
        first = journey.touchpoints[0].id
        figures[first] = replace(figures[first], satisfaction=Decimal(number))
        anew = dict.fromkeys(figures, MEASURED_BY_NOW if is_all else ())
        draft = baseline_draft(figures, measured_on=date(2027, 2, 1), anew=anew)
        with transaction(session):
            record_baseline(
                session, get_journey(session, "motor-claim"), draft, after_number=number,
                actor=cast.lead, now=datetime(2027, 2, 2, 9, tzinfo=UTC),
            )  # fmt: skip

    client = client_for(cast.lead)
    kept = "baseline of 1 Feb 2027 with figures of 15 Jan 2026, 396 days old, limit 190"

    measure(1, is_all=False)
    for address in ("/journeys", "/journeys/motor-claim", "/"):
        assert kept in text(client.get(address)), address
    assert "keeps figures from 15 Jan 2026, older than 190 days; measure them again" in text(
        client_for(cast.cfo).get(f"/cycles/{cycle_id}")
    )
    measure(2, is_all=False)
    assert kept in text(client.get("/journeys/motor-claim"))
    measure(3, is_all=True)
    assert "days old" not in text(client.get("/journeys/motor-claim"))


def test_bars_the_cycle_and_leads_to_every_journey_to_measure(
    client_for: ClientFor, cast: Cast, cycle_id: int
) -> None:
    page = client_for(cast.cfo).get(f"/cycles/{cycle_id}")

    assert "The baseline of Motor claim is from 15 Jan 2026, older than 190 days" in text(page)
    assert "The journey Renewal has no baseline" in text(page)
    found = links(page)
    assert found["Motor claim"] == "/journeys/motor-claim/baselines"
    assert found["Renewal"] == "/journeys/renewal/baselines"
    assert "Idle" not in found


class TestMoneyOnIt:
    """Runs and proposals that were worked out from pools of a stale journey."""

    @pytest.fixture
    def proposal(self, session: Session, cast: Cast, now: datetime) -> tuple[World, int]:
        with transaction(session):
            world = make_world(session, cast, now)
            make_baseline(
                session, get_journey(session, world.portfolio.journey.key), measured_on=OLD
            )
            return world, make_proposal(session, cast, now, world).id

    def test_is_marked_wherever_a_plan_s_value_stands(
        self, client_for: ClientFor, cast: Cast, session: Session, proposal: tuple[World, int]
    ) -> None:
        world, proposal_id = proposal
        run_id, journey = world.run_id, world.portfolio.journey
        shown = [
            (cast.lead, f"/scenarios/{world.portfolio.scenario.id}"),
            (cast.viewer, f"/runs/{run_id}"),
            (cast.viewer, f"/runs/{run_id}/answers/frontier"),
            (cast.viewer, f"/scenarios/compare?run={run_id}&run={run_id}"),
            (cast.lead, f"/runs/{run_id}/proposal"),
            (cast.cfo, f"/proposals/{proposal_id}"),
            (cast.viewer, "/scenarios"),
        ]
        for person, address in shown:
            page = client_for(person).get(address)
            assert f"{journey.name} : {WORDS}" in text(page), address
            assert len(page.queries) <= 12, "\n".join([address, *page.queries])
        with transaction(session):
            make_baseline(session, get_journey(session, journey.key))
        for person, address in shown:
            assert "days old" not in text(client_for(person).get(address)), address

    def test_is_marked_on_the_business_case(
        self, client_for: ClientFor, cast: Cast, proposal: tuple[World, int]
    ) -> None:
        key = next(iter(proposal[0].portfolio.candidates))

        page = client_for(cast.viewer).get(f"/initiatives/{key}/case")

        assert WORDS in text(page)
        assert len(page.queries) <= 12

    def test_is_marked_in_the_registry_its_file_and_the_case_as_a_spreadsheet(
        self, client_for: ClientFor, cast: Cast, proposal: tuple[World, int]
    ) -> None:
        world = proposal[0]
        key, client = next(iter(world.portfolio.candidates)), client_for(cast.viewer)
        said = f"{world.portfolio.journey.name}, {WORDS}"

        page = client.get("/initiatives")
        assert said in table(page, "Initiatives").row(key)["Initiative"]
        assert len(page.queries) <= 12
        rows = list(csv.DictReader(io.StringIO(client.get("/initiatives/export.csv").text)))
        assert {one["Stale baselines"] for one in rows} == {said.replace(", ", ": ", 1)}
        book = load_workbook(io.BytesIO(client.get(f"/initiatives/{key}/case.xlsx").data))
        for sheet in book:
            assert any(said in str(cell.value) for row in sheet.rows for cell in row)

    def test_is_marked_on_an_overview_whose_pool_is_another_journey_s(
        self, client_for: ClientFor, cast: Cast, session: Session, proposal: tuple[World, int]
    ) -> None:
        portfolio = proposal[0].portfolio
        with transaction(session):
            other = make_journey(session, cast.lead, key="fresh", name="Fresh")
            make_baseline(session, get_journey(session, "fresh"))
            portfolio.candidates["CX-101"].journey_id = other.id

        page = client_for(cast.viewer).get("/initiatives/CX-101")

        assert f"{portfolio.journey.name} : {WORDS}" in text(page)
        assert len(page.queries) <= 12

    def test_is_marked_in_a_what_if_and_on_control_totals(
        self, client_for: ClientFor, cast: Cast, session: Session, proposal: tuple[World, int]
    ) -> None:
        portfolio = proposal[0].portfolio
        client = client_for(cast.lead)
        answer = client.post(
            f"/scenarios/{portfolio.scenario.id}/what-if",
            data=form_values(
                client.get(f"/scenarios/{portfolio.scenario.id}"),
                f"/scenarios/{portfolio.scenario.id}/what-if",
            ),
            headers={"HX-Request": "true"},
            loose=True,
        )
        assert f"{portfolio.journey.name} : {WORDS}" in text(answer)
        with transaction(session):
            stored = get_journey(session, portfolio.journey.key)
            make_pool(session, stored, Lever.SPEND, claimed_by=cast.lead)
            make_control(session, cast.cfo, kind=ControlKind.GROWTH)

        page = client.get("/control-totals")

        assert f"{portfolio.journey.name} : {WORDS}" in text(page)
