"""The business case: every figure with its formula and source, how sure it is, and as a file."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from math import exp, log

import pytest
from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.db.session import transaction
from app.initiatives.queries import get_option
from app.initiatives.rules import EffectDraft, EvidenceGrade
from app.initiatives.services import add_behaviour
from app.journeys.rules import BoundFigure
from tests.factories.accounts import Cast
from tests.factories.initiatives import (
    NOW,
    Company,
    behaviour_draft,
    make_complete,
    make_draft,
)
from tests.factories.journeys import make_baseline, measured
from tests.support.client import StrictClient
from tests.support.pages import links, table, text

ClientFor = Callable[[Person], StrictClient]


class TestCase:
    def test_prints_every_figure_with_formula_and_source(
        self, client_for: ClientFor, session: Session, cast: Cast, company: Company
    ) -> None:
        with transaction(session):
            key = make_complete(session, cast, company).key

        page = client_for(cast.viewer).get(f"/initiatives/{key}/case")

        words = text(page)
        assert "Horizon 12 quarters from Q1 2027, discounted at 9" in words
        assert "€58,762.90" in words
        (row,) = table(page, "Sources of the value, All claims").rows
        assert "V × u × α × addr" in row["Pool a year, formula and source"]
        assert "Controlling, cost centre 4711, 15 Jan 2027, certified" in words
        assert row["Intensity"] == "0.1588"
        costs = table(page, "Costs, All claims")
        assert costs.row("Digital, own days")["As spent"] == "€32,000.00"
        assert table(page, "From claim to value, All claims").rows[-1]["Amount"] == "€58,762.90"
        assert len(page.queries) <= 12
        steps = table(page, "From claim to value, All claims")
        assert steps.column("Source")[:4] == [
            "Pools and removal", "Discount rate of the cycle", "Evidence grades",
            "Start, go-live and ramp",
        ]  # fmt: skip
        assert "Overlap and the allocated value come from a run of the cycle." in words
        assert "None of its 6 inputs has a range yet." in words

    def test_says_how_sure_it_is_and_what_to_measure_next(
        self, client_for: ClientFor, session: Session, cast: Cast, company: Company
    ) -> None:
        with transaction(session):
            made = make_complete(session, cast, company)
            option = get_option(session, made, "full")
            option.cost_low, option.cost_high = Decimal("0.9"), Decimal("1.3")
            session.refresh(option, ["effects"])
            (effect,) = option.effects
            effect.removal_low, effect.removal_high = Decimal("0.02"), Decimal("0.22")
            for one in company.serve.inputs:
                if one.symbol == "alpha":
                    one.low, one.high = Decimal("0.38"), Decimal("0.41")
        page = client_for(cast.viewer).get(f"/initiatives/{made.key}/case")

        matters = table(page, "What matters most, All claims")
        assert matters.column("Input") == [
            "Cost, of what is planned",
            f"Effect on {company.journey.name}, serve: Status calls per claim",
            f"Avoidable, cashable share of the cost, {company.journey.name}, serve",
        ]
        assert matters.rows[1]["P10 to P90"] == "2 % to 22 %"
        assert "10,000 draws with seed" in text(page) and "3 of 6 inputs have a range" in text(page)

    def test_tells_apart_what_customers_kept_bring_and_what_time_takes(
        self, client_for: ClientFor, session: Session, cast: Cast, company: Company
    ) -> None:
        with transaction(session):
            made = make_complete(session, cast, company)
            effect = EffectDraft("full", company.retain.id, Decimal("0.1"), EvidenceGrade.B, "x")
            add_behaviour(
                session, made, behaviour_draft(company, effects=(effect,)),
                expected_version=None, actor=cast.lead, now=NOW,
            )  # fmt: skip

        page = client_for(cast.viewer).get(f"/initiatives/{made.key}/case")

        steps = table(page, "From claim to value, All claims")
        assert steps.first_column()[:3] == ["Claimed", "Customers kept", "Time and discounting"]
        assert "not discounted" in steps.row("Claimed")["Why"]
        assert "from here on present value" in steps.row("Time and discounting")["Why"]
        assert "/journeys/motor-claim/pools/retain" in links(page)["Churn in the pool"]

    def test_shows_contacts_and_minutes_beside_the_money(
        self, client_for: ClientFor, session: Session, cast: Cast, company: Company
    ) -> None:
        with transaction(session):
            key = make_complete(session, cast, company).key
        page = client_for(cast.viewer).get(f"/initiatives/{key}/case")

        (row,) = table(page, "Beside the money, All claims").rows
        removed = 1 - exp(-0.8 * -log(1 - 0.18))
        assert row["A year at full effect"] == f"{round(200_000 * 0.5 * removed):,}"
        assert "a contact" in row["Customer minutes over the horizon"]

    def test_takes_the_minutes_from_the_touchpoints_the_volume_is_bound_to(
        self, client_for: ClientFor, session: Session, cast: Cast, company: Company
    ) -> None:
        with transaction(session):
            key = make_complete(session, cast, company).key
            web, phone, *_ = company.journey.touchpoints
            figures = {
                web.id: measured(contacts_per_year=900_000, minutes_per_contact=3),
                phone.id: measured(contacts_per_year=100_000, minutes_per_contact=12),
            }
            number = make_baseline(session, company.journey, figures=figures).number
        client, place = client_for(cast.viewer), f"/initiatives/{key}/case"
        minutes = "Customer minutes over the horizon"
        (typed,) = table(client.get(place), "Beside the money, All claims").rows
        assert "at 3.9 a contact, the mean of all touchpoints" in typed[minutes]

        with transaction(session):
            (volume,) = (one for one in company.serve.inputs if one.symbol == "V")
            volume.bound_figure, volume.bound_number = BoundFigure.CONTACTS, number
            volume.bound_touchpoints = [phone.id]

        page = client.get(place)
        (bound,) = table(page, "Beside the money, All claims").rows
        said, _, source = bound[minutes].partition(" at ")
        spared = int(bound["Over the horizon"].replace(",", ""))
        assert int(said.replace(",", "")) == pytest.approx(12 * spared, abs=6)
        assert source == "12 a contact, as measured at “Contact centre, Action”"
        assert len(page.queries) <= 12

    def test_is_a_spreadsheet_as_well(
        self, client_for: ClientFor, session: Session, cast: Cast, company: Company
    ) -> None:
        with transaction(session):
            key = make_complete(session, cast, company).key
            without = make_draft(session, cast, company, cycle_id=None).key
        client = client_for(cast.viewer)

        found = client.get(f"/initiatives/{key}/case.xlsx")

        assert found.data[:2] == b"PK"
        assert found.headers["Content-Disposition"] == f'attachment; filename="{key}-case.xlsx"'
        assert client.get(f"/initiatives/{without}/case.xlsx").status_code == 404

    def test_without_a_cycle_says_what_is_missing(
        self, client_for: ClientFor, session: Session, cast: Cast, company: Company
    ) -> None:
        with transaction(session):
            key = make_draft(session, cast, company, cycle_id=None).key

        assert "No cycle yet" in text(client_for(cast.lead).get(f"/initiatives/{key}/case"))
