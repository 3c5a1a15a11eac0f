"""A newer baseline moves the pools bound to it, and Finance certifies anew."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit.models import AuditEvent
from app.db.session import transaction
from app.errors import ConflictError, InvalidError
from app.journeys import queries, services
from app.journeys.models import Journey, LeverPool
from app.journeys.rules import Binding, BoundFigure, FigureKind, Lever, PoolFigure, PoolState
from tests.factories.accounts import Cast
from tests.factories.journeys import (
    INPUTS,
    baseline_draft,
    make_baseline,
    make_control,
    make_journey,
    measured,
    pool_draft,
)


class World:
    """A journey measured once: 300,000 contacts at 6.40 at its first two touchpoints."""

    def __init__(self, session: Session, cast: Cast, now: datetime) -> None:
        self.session, self.cast, self.now = session, cast, now
        with transaction(session):
            journey = make_journey(session, cast.lead)
            self.first, self.second = (one.id for one in journey.touchpoints[:2])
            figures = {
                self.first: measured(contacts_per_year=200_000),
                self.second: measured(contacts_per_year=100_000),
            }
            whole = queries.get_journey(session, journey.key)
            make_baseline(session, whole, figures=figures)
            self.centre = make_control(session, cast.cfo2, amount_minor=9_000_000_00).id

    @property
    def journey(self) -> Journey:
        return queries.get_journey(self.session, "motor-claim")

    @property
    def pool(self) -> LeverPool:
        return self.journey.pools[0]

    def claim(self, *, version: int = 0, places: tuple[int, ...] | None = None) -> None:
        both = places or (self.first, self.second)
        figures = tuple(
            PoolFigure(symbol, Decimal(value)) for symbol, value in INPUTS[Lever.SERVE].items()
        )
        bound = (
            PoolFigure(
                "V", Decimal(0), Decimal(150_000), Decimal(450_000),
                binding=Binding(BoundFigure.CONTACTS, both),
            ),
            PoolFigure("u", Decimal(0), binding=Binding(BoundFigure.COST, both)),
            *figures[2:],
        )  # fmt: skip
        draft = replace(pool_draft(self.cast.owner), figures=bound, cost_centre_id=self.centre)
        with transaction(self.session):
            services.claim_pool(
                self.session, self.journey, draft, expected_version=version,
                actor=self.cast.lead, now=self.now,
            )  # fmt: skip

    def certify(self) -> None:
        with transaction(self.session):
            pool = self.pool
            services.certify_pool(
                self.session, self.journey, pool, expected_version=pool.version,
                actor=self.cast.cfo, now=self.now,
            )  # fmt: skip

    def measure(self, *, cost: int = 6_40, **contacts: int) -> None:
        places = {"first": self.first, "second": self.second}
        figures = {
            places[name]: measured(contacts_per_year=count, cost_per_contact_minor=cost)
            for name, count in contacts.items()
        }
        anew = dict.fromkeys(figures, frozenset(FigureKind))
        with transaction(self.session):
            journey = self.journey
            services.record_baseline(
                self.session, journey, baseline_draft(figures, anew=anew),
                after_number=journey.baselines[-1].number, actor=self.cast.lead, now=self.now,
            )  # fmt: skip

    def measure_unmet(self, share: str) -> None:
        with transaction(self.session):
            journey = self.journey
            services.record_baseline(
                self.session, journey, baseline_draft({self.first: measured(unmet_share=share)}),
                after_number=journey.baselines[-1].number, actor=self.cast.lead, now=self.now,
            )  # fmt: skip

    def claim_failures(self, *, low: str, likely: str, high: str, unmet: str) -> None:
        """Claim a fail pool whose failure rate is the unmet share of the first touchpoint."""
        self.measure_unmet(unmet)
        rate = PoolFigure(
            "f", Decimal(likely), Decimal(low), Decimal(high),
            binding=Binding(BoundFigure.UNMET, (self.first,)),
        )  # fmt: skip
        figures = tuple(
            rate if symbol == "f" else PoolFigure(symbol, Decimal(value))
            for symbol, value in INPUTS[Lever.FAIL].items()
        )
        draft = replace(pool_draft(self.cast.owner, Lever.FAIL), figures=figures)
        with transaction(self.session):
            services.claim_pool(
                self.session, self.journey, draft, expected_version=0, actor=self.cast.lead,
                now=self.now,
            )  # fmt: skip

    def input(self, symbol: str) -> Any:
        return next(one for one in self.pool.inputs if one.symbol == symbol)


@pytest.fixture
def world(session: Session, cast: Cast, now: datetime) -> World:
    return World(session, cast, now)


class TestClaimPool:
    def test_takes_bound_inputs_from_the_baseline(self, world: World) -> None:
        world.claim()

        assert (world.input("V").value, world.input("u").value) == (300_000, Decimal("6.4"))
        assert world.pool.annual_value_minor == 384_000_00
        assert world.input("V").bound_number == 1

    def test_refuses_touchpoints_that_were_not_measured(self, world: World) -> None:
        third = world.journey.touchpoints[2].id

        with pytest.raises(InvalidError) as refusal:
            world.claim(places=(world.first, third))

        assert set(refusal.value.fields) >= {"V-bound", "u-bound"}
        assert (
            "Baseline 1 has no contacts a year at all of these" in refusal.value.fields["V-bound"]
        )


class TestRecordBaseline:
    def test_moves_bound_pools_and_takes_their_certification(self, world: World) -> None:
        world.claim()
        world.certify()

        world.measure(first=100_000, second=100_000)

        pool = world.pool
        assert (pool.state, pool.certified_by_id) == (PoolState.CLAIMED, None)
        assert pool.claimed_by_id == world.cast.lead.id
        assert pool.annual_value_minor == 256_000_00
        moved = world.input("V")
        assert (moved.former_value, moved.value, moved.bound_number) == (300_000, 200_000, 2)
        assert (moved.low, moved.high) == (100_000, 300_000)
        assert world.input("u").former_value is None
        events = list(world.session.scalars(select(AuditEvent.action).order_by(AuditEvent.number)))
        assert events[-2:] == ["baseline.recorded", "pool.moved"]

        world.measure(first=150_000, second=100_000)
        assert world.input("V").former_value == 300_000
        world.certify()
        assert world.input("V").former_value is None
        assert world.pool.state is PoolState.CERTIFIED

    def test_leaves_a_pool_certified_whose_inputs_stay(self, world: World) -> None:
        world.claim()
        world.certify()

        world.measure(first=200_000, second=100_000)

        assert world.pool.state is PoolState.CERTIFIED
        assert world.input("V").bound_number == 2

    def test_keeps_a_moved_share_and_its_range_within_the_whole(self, world: World) -> None:
        world.claim_failures(low="0.3", likely="0.5", high="0.8", unmet="0.5")

        world.measure_unmet("0.7")

        moved = world.input("f")
        assert (moved.low, moved.value, moved.high) == (
            Decimal("0.42"), Decimal("0.7"), 1,
        )  # fmt: skip

    def test_leaves_what_it_does_not_measure_and_bars_its_certification(self, world: World) -> None:
        world.claim()

        world.measure(first=100_000)

        assert (world.input("V").value, world.input("V").bound_number) == (300_000, 1)
        with pytest.raises(ConflictError) as refusal:
            world.certify()
        assert (
            "“Contacts or runs” still is what baseline 1 said; baseline 2 does not measure it at "
            "all of its touchpoints. Bind it anew or type it." in str(refusal.value)
        )

    def test_moves_no_pool_to_something_impossible(self, world: World) -> None:
        world.claim()
        world.certify()

        world.measure(cost=10_000_000, first=10_000_000_000, second=10_000_000_000)

        assert world.pool.annual_value_minor == 384_000_00
        assert world.pool.state is PoolState.CERTIFIED
        assert world.input("V").bound_number == 1

    def test_says_that_the_new_figures_made_the_pool_impossible(self, world: World) -> None:
        world.claim()

        world.measure(cost=10_000_000, first=10_000_000_000, second=10_000_000_000)

        with pytest.raises(ConflictError) as refusal:
            world.certify()
        assert (
            "“Contacts or runs” still is what baseline 1 said: with the figures of baseline 2 the "
            "pool would be impossible. These figures make an absurd pool; check the units. Correct "
            "the baseline by a newer one, or type the input." in str(refusal.value)
        )
        assert "does not measure it" not in str(refusal.value)
