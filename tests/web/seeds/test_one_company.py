"""The demo's pools, control totals, baselines and contact log tell of one and the same company."""

from __future__ import annotations

from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from app.accounts.rules import Role
from app.interactions.queries import list_sources
from app.journeys.models import Journey, LeverPool
from app.journeys.queries import (
    get_journey,
    list_claims,
    list_control_totals,
    load_figures,
)
from app.journeys.rules import Channel, ControlKind, FigureKind, Lever, Measured, PoolState
from app.journeys.services import look_at_log
from seeds.story.contacts import SAMPLE
from seeds.story.controls import SERVE_CENTRES
from seeds.story.journeys import JOURNEYS
from tests.support.demo import Demo
from tests.support.pages import text
from tests.support.sign_in import sign_in

KEYS = [story.key for story in JOURNEYS]


def journey_of(demo: Demo, key: str) -> tuple[Journey, list[dict[int, Measured]]]:
    """A journey and the figures of each of its baselines, the oldest first."""
    journey = get_journey(demo.session, key)
    found = load_figures(demo.session, [one.id for one in journey.baselines])
    return journey, [dict(found[one.id]) for one in journey.baselines]


def serve_pool(demo: Demo, journey: Journey) -> LeverPool:
    query = select(LeverPool).where(
        LeverPool.journey_id == journey.id, LeverPool.lever == Lever.SERVE
    )
    options = (selectinload(LeverPool.inputs), joinedload(LeverPool.cost_centre))
    return demo.session.scalars(query.options(*options)).one()


@pytest.mark.parametrize("key", KEYS)
class TestJourney:
    def test_serve_pool_holds_the_calls_of_the_newest_baseline(self, demo: Demo, key: str) -> None:
        journey, baselines = journey_of(demo, key)
        pool, calls = serve_pool(demo, journey), baselines[-1]
        inputs = {one.symbol: one for one in pool.inputs}
        counted = [calls[id_] for id_ in inputs["V"].bound_touchpoints or ()]
        contacts = sum(one.contacts_per_year for one in counted)
        cost = sum(one.contacts_per_year * one.cost_per_contact_minor for one in counted)
        assert contacts > 0
        assert inputs["V"].value == contacts
        assert abs(inputs["u"].value - cost / contacts / 100) < Decimal("0.00001")
        assert pool.state is PoolState.CERTIFIED

    def test_calls_cost_no_more_than_the_centre_that_takes_them(self, demo: Demo, key: str) -> None:
        journey, baselines = journey_of(demo, key)
        centre = next(
            one for one in list_control_totals(demo.session) if one.name == SERVE_CENTRES[key]
        )
        assert serve_pool(demo, journey).cost_centre == centre
        called = [t.id for t in journey.touchpoints if t.channel is Channel.CONTACT_CENTRE]
        for figures in baselines:
            cost = sum(
                figures[id_].contacts_per_year * figures[id_].cost_per_contact_minor
                for id_ in called
            )
            assert Decimal("0.7") * centre.amount_minor < cost <= centre.amount_minor

    def test_log_says_what_the_baselines_say(self, demo: Demo, key: str) -> None:
        """Contacts and satisfaction within three standard errors: the log is a sample."""
        journey, baselines = journey_of(demo, key)
        today = demo.app.config["FIXED_NOW"].date()
        cut = look_at_log(demo.session, journey, one_in=SAMPLE, today=today)
        assert not cut.faults
        assert set(cut.figures) == set(baselines[1])
        for id_, logged in cut.figures.items():
            measured = baselines[1][id_]
            pairs = (
                (logged[FigureKind.CONTACTS], measured.contacts_per_year),
                (logged[FigureKind.SATISFACTION], measured.satisfaction),
            )
            for figure, value in pairs:
                assert figure.error is not None
                assert abs(figure.value - value) <= 3 * figure.error, (id_, figure, value)


class TestCompany:
    def test_sampling_rate_stands_where_the_log_is_named(self, demo: Demo) -> None:
        (source,) = list_sources(demo.session)
        rate = f"one contact in {SAMPLE:,}"
        assert rate in source.name
        client = demo.app.test_client()
        lead = demo.person(Role.CX_LEAD)
        sign_in(client, demo.session, lead, now=demo.app.config["FIXED_NOW"])  # type: ignore[arg-type]
        pages = ["/interactions", "/journeys/claims/contacts", "/journeys/claims/baselines/cut"]
        for address in pages:
            assert rate in text(client.get(address)), address

    def test_certified_claims_stay_under_finances_totals_but_one_does_not_fit(
        self, demo: Demo
    ) -> None:
        claims = list_claims(demo.session)
        growth = next(
            one for one in list_control_totals(demo.session) if one.kind is ControlKind.GROWTH
        )
        counted = [one for one in claims if one.lever in growth.kind.levers]
        certified = sum(one.minor for one in counted if one.state is PoolState.CERTIFIED)
        over = [one for one in claims if one.state is PoolState.CLAIMED]
        assert certified <= growth.amount_minor
        assert [(one.journey_key, one.lever) for one in over] == [("claims", Lever.SPEND)]
        assert certified + over[0].minor > growth.amount_minor
