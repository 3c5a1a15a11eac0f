"""Journeys are shaped and measured by CX leads; their money is certified by other hands."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.audit.models import AuditEvent
from app.calendar.queries import OpeningTerms
from app.calendar.rules import CycleState
from app.db.session import transaction
from app.errors import ConflictError, InvalidError, NotAllowedError, NotFoundError
from app.journeys import queries, services
from app.journeys.models import InteractionMonth, Journey, LeverPool
from app.journeys.queries import TOUCHPOINT_COVERS, Acting
from app.journeys.rules import Channel, Lever, PoolState, ShapeDraft, StageKind
from tests.factories.accounts import Cast
from tests.factories.calendar import make_cycle
from tests.factories.interactions import make_month, make_source
from tests.factories.journeys import (
    baseline_draft,
    journey_draft,
    make_baseline,
    make_control,
    make_journey,
    make_pool,
    measured,
    pool_draft,
)


@pytest.fixture(autouse=True)
def _only_the_journeys() -> Iterator[None]:
    """Leave out what later stations have registered; tests here add their own."""
    kept = list(TOUCHPOINT_COVERS)
    TOUCHPOINT_COVERS.clear()
    yield
    TOUCHPOINT_COVERS[:] = kept


@pytest.fixture
def journey(session: Session, cast: Cast) -> Journey:
    with transaction(session):
        return make_journey(session, cast.lead)


def _events(session: Session) -> list[str]:
    return list(session.scalars(select(AuditEvent.action).order_by(AuditEvent.number)))


class TestCreateJourney:
    def test_begins_with_the_seven_stages(
        self, session: Session, cast: Cast, now: datetime
    ) -> None:
        with transaction(session):
            services.create_journey(session, journey_draft(cast.owner), actor=cast.lead, now=now)

        stored = queries.get_journey(session, "motor-claim")
        assert [stage.kind for stage in stored.stages] == list(StageKind)
        assert _events(session) == ["journey.created"]

    def test_is_for_cx_leads_only(self, session: Session, cast: Cast, now: datetime) -> None:
        for person in (cast.cfo, cast.manager, cast.viewer, cast.admin):
            with pytest.raises(NotAllowedError), transaction(session):
                services.create_journey(session, journey_draft(cast.lead), actor=person, now=now)

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("key", "motor-claim"),
            ("key", "Motor Claim"),
            ("key", "new"),
            ("name", " "),
            ("segment", ""),
            ("goal", ""),
            ("currency", "XXX"),
            ("owner_id", 99),
        ],
    )
    def test_names_the_field_it_refuses(
        self, session: Session, cast: Cast, journey: Journey, now: datetime,
        field: str, value: object,
    ) -> None:  # fmt: skip
        draft = journey_draft(cast.lead, **{"key": "home-claim", field: value})

        with pytest.raises(InvalidError) as refusal, transaction(session):
            services.create_journey(session, draft, actor=cast.lead, now=now)

        assert list(refusal.value.fields) == [field]

    def test_is_owned_by_somebody_who_does_more_than_look(
        self, session: Session, cast: Cast, now: datetime
    ) -> None:
        draft = journey_draft(cast.viewer)

        with pytest.raises(InvalidError) as refusal, transaction(session):
            services.create_journey(session, draft, actor=cast.lead, now=now)

        assert "can only look" in refusal.value.fields["owner_id"]
        names = [one.name for one in queries.list_possible_owners(session)]
        assert cast.viewer.name not in names
        assert {cast.lead.name, cast.cfo.name, cast.manager.name} <= set(names)


class TestEditJourney:
    def _edit(
        self, session: Session, cast: Cast, now: datetime, version: int = 1, **changes: object
    ) -> None:
        with transaction(session):
            services.edit_journey(
                session,
                queries.get_journey(session, "motor-claim"),
                journey_draft(cast.lead, **changes),
                expected_version=version,
                actor=cast.lead,
                now=now,
            )

    def test_changes_the_words(
        self, session: Session, cast: Cast, journey: Journey, now: datetime
    ) -> None:
        self._edit(session, cast, now, name="Car claim", is_in_use=False)

        stored = queries.get_journey(session, "motor-claim")
        assert (stored.name, stored.is_in_use, stored.version) == ("Car claim", False, 2)
        assert _events(session) == ["journey.changed"]

    def test_keeps_the_key(
        self, session: Session, cast: Cast, journey: Journey, now: datetime
    ) -> None:
        with pytest.raises(InvalidError) as refusal:
            self._edit(session, cast, now, key="car-claim")

        assert list(refusal.value.fields) == ["key"]

    def test_keeps_the_currency_of_its_figures(
        self, session: Session, cast: Cast, journey: Journey, now: datetime
    ) -> None:
        with transaction(session):
            make_pool(session, journey, claimed_by=cast.lead)

        with pytest.raises(InvalidError) as refusal:
            self._edit(session, cast, now, currency="USD")

        assert refusal.value.field == "currency"

    def test_keeps_the_currency_of_its_logged_costs(
        self, session: Session, cast: Cast, journey: Journey, now: datetime
    ) -> None:
        id_ = journey.touchpoints[0].id
        with transaction(session):
            free = make_month(session, make_source(session, cast.lead), id_)
        self._edit(session, cast, now, currency="USD")
        with transaction(session):
            month = session.get_one(InteractionMonth, free.id)
            month.costed, month.cost_minor = 1, 4_20

        with pytest.raises(InvalidError, match="carry costs in USD") as refusal:
            self._edit(session, cast, now, version=2, currency="JPY")

        assert refusal.value.field == "currency"

    def test_keeps_the_certified_churn_of_a_segment_within_it(
        self, session: Session, cast: Cast, journey: Journey, now: datetime
    ) -> None:
        with transaction(session):
            other = make_journey(session, cast.lead, key="renewal", segment="Homes")
            for where, share in ((journey, "0.7"), (other, "0.4")):
                make_pool(
                    session, where, Lever.RETAIN, claimed_by=cast.lead, certified_by=cast.cfo,
                    s=share,
                )  # fmt: skip

        with pytest.raises(InvalidError) as refusal:
            self._edit(session, cast, now, segment="Homes")

        assert refusal.value.field == "segment"

    def test_shows_both_versions_when_somebody_was_faster(
        self, session: Session, cast: Cast, journey: Journey, now: datetime
    ) -> None:
        self._edit(session, cast, now, name="Car claim")

        with pytest.raises(ConflictError) as refusal:
            self._edit(session, cast, now, name="Auto claim")

        assert (refusal.value.theirs, refusal.value.yours) == (
            {"Name": "Car claim"}, {"Name": "Auto claim"},
        )  # fmt: skip


class TestShapeJourney:
    def _shape(
        self,
        session: Session,
        cast: Cast,
        now: datetime,
        *,
        names: dict[StageKind, str] | None = None,
        hidden: frozenset[StageKind] = frozenset(),
        add: dict[tuple[StageKind, Channel], str] | None = None,
        without: tuple[StageKind, Channel] | None = None,
        version: int = 1,
    ) -> None:
        with transaction(session):
            journey = queries.get_journey(session, "motor-claim")
            touchpoints = {(t.stage.kind, t.channel): t.name for t in journey.touchpoints}
            touchpoints.update(add or {})
            touchpoints = {
                cell: name
                for cell, name in touchpoints.items()
                if cell != without and cell[0] not in hidden
            }
            services.shape_journey(
                session,
                journey,
                ShapeDraft(
                    names={stage.kind: stage.name for stage in journey.stages} | (names or {}),
                    hidden=hidden,
                    touchpoints=touchpoints,
                ),
                expected_version=version,
                actor=cast.lead,
                now=now,
            )

    def test_renames_hides_adds_and_removes(
        self, session: Session, cast: Cast, journey: Journey, now: datetime
    ) -> None:
        self._shape(
            session, cast, now,
            names={StageKind.ACTION: "Report"},
            hidden=frozenset({StageKind.ADVOCACY}),
            add={(StageKind.USE, Channel.APP): "Claim tracker"},
            without=(StageKind.USE, Channel.LETTER),
        )  # fmt: skip

        stored = queries.get_journey(session, "motor-claim")
        assert stored.stages[4].name == "Report"
        assert stored.stages[6].is_hidden
        cells = {(t.stage.kind, t.channel) for t in stored.touchpoints}
        assert (StageKind.USE, Channel.APP) in cells
        assert (StageKind.USE, Channel.LETTER) not in cells
        assert (stored.version, _events(session)) == (2, ["journey.shaped"])

    def test_keeps_a_touchpoint_that_was_measured(
        self, session: Session, cast: Cast, journey: Journey, now: datetime
    ) -> None:
        with transaction(session):
            make_baseline(session, queries.get_journey(session, "motor-claim"))

        with pytest.raises(InvalidError) as refusal:
            self._shape(session, cast, now, without=(StageKind.USE, Channel.LETTER))

        assert list(refusal.value.fields) == ["touchpoint-use-letter"]

    def test_keeps_a_touchpoint_whose_contacts_are_logged(
        self, session: Session, cast: Cast, journey: Journey, now: datetime
    ) -> None:
        letters = next(one for one in journey.touchpoints if one.channel is Channel.LETTER)
        with transaction(session):
            make_month(session, make_source(session, cast.lead), letters.id)

        with pytest.raises(InvalidError) as refusal:
            self._shape(session, cast, now, without=(StageKind.USE, Channel.LETTER))

        assert refusal.value.fields == {
            "touchpoint-use-letter": f"Contacts of {letters.name} are logged, so it has to stay; "
            "to take it out, take back the imports that logged them first."
        }

    def test_keeps_a_touchpoint_that_an_initiative_changes(
        self, session: Session, cast: Cast, journey: Journey, now: datetime
    ) -> None:
        id_ = next(t.id for t in journey.touchpoints if t.channel is Channel.LETTER)
        acting = Acting("CX-1", "Plain letters", "Draft", "draft", is_live=True)
        TOUCHPOINT_COVERS.append(lambda session, journey_id: {id_: [acting]})

        with pytest.raises(InvalidError, match="shape"):
            self._shape(session, cast, now, without=(StageKind.USE, Channel.LETTER))

    def test_shows_a_stage_that_has_contacts(
        self, session: Session, cast: Cast, journey: Journey, now: datetime
    ) -> None:
        with transaction(session):
            make_baseline(session, queries.get_journey(session, "motor-claim"))

        with pytest.raises(InvalidError) as refusal:
            self._shape(session, cast, now, hidden=frozenset({StageKind.USE}))

        assert list(refusal.value.fields) == ["stage-use"]

    def test_shows_at_least_one_stage(
        self, session: Session, cast: Cast, journey: Journey, now: datetime
    ) -> None:
        with pytest.raises(InvalidError, match="shape"):
            self._shape(session, cast, now, hidden=frozenset(StageKind))

    def test_refuses_what_somebody_else_has_shaped(
        self, session: Session, cast: Cast, journey: Journey, now: datetime
    ) -> None:
        self._shape(session, cast, now, names={StageKind.USE: "Repair"})

        with pytest.raises(ConflictError) as refusal:
            self._shape(session, cast, now, names={StageKind.USE: "Garage"})

        assert refusal.value.theirs == {"Stage Use": "Repair"}


class TestRecordBaseline:
    def _record(
        self,
        session: Session,
        cast: Cast,
        now: datetime,
        *,
        after_number: int = 0,
        is_confirmed: bool = False,
        only: int = 4,
        figure: dict | None = None,
        **changes: object,
    ) -> None:
        with transaction(session):
            journey = queries.get_journey(session, "motor-claim")
            figures = {t.id: measured() for t in journey.touchpoints[:only]}
            if figure:
                figures[journey.touchpoints[0].id] = measured(**figure)
            services.record_baseline(
                session, journey, baseline_draft(figures, **changes),
                after_number=after_number, is_confirmed=is_confirmed, actor=cast.lead, now=now,
            )  # fmt: skip

    def test_adds_a_version_and_never_overwrites(
        self, session: Session, cast: Cast, journey: Journey, now: datetime
    ) -> None:
        self._record(session, cast, now)
        self._record(session, cast, now, after_number=1, figure={"satisfaction": "8"})

        stored = queries.get_journey(session, "motor-claim").baselines
        assert [baseline.number for baseline in stored] == [1, 2]
        figures = queries.load_figures(session, [baseline.id for baseline in stored])
        first = queries.get_journey(session, "motor-claim").touchpoints[0].id
        assert figures[stored[0].id][first].satisfaction == Decimal("5.5")
        assert figures[stored[1].id][first].satisfaction == 8
        assert _events(session) == ["baseline.recorded"] * 2

    @pytest.mark.parametrize(
        ("figure", "name"),
        [
            ({"contacts_per_year": -1}, "contacts"),
            ({"satisfaction": 11}, "satisfaction"),
            ({"satisfaction_target": "10.5"}, "target"),
            ({"importance": -1}, "importance"),
            ({"cost_per_contact_minor": -1}, "cost"),
            ({"cost_per_contact_minor": 999_999_999}, "cost"),
            ({"minutes_per_contact": -1}, "minutes"),
        ],
    )
    def test_names_the_cell_it_refuses(
        self, session: Session, cast: Cast, journey: Journey, now: datetime,
        figure: dict, name: str,
    ) -> None:  # fmt: skip
        with pytest.raises(InvalidError) as refusal:
            self._record(session, cast, now, figure=figure)

        first = queries.get_journey(session, "motor-claim").touchpoints[0].id
        assert list(refusal.value.fields) == [f"t{first}-{name}"]

    def test_asks_about_a_cost_far_above_the_others(
        self, session: Session, cast: Cast, journey: Journey, now: datetime
    ) -> None:
        figure = {"cost_per_contact_minor": 9_999_00}
        with pytest.raises(InvalidError):
            self._record(session, cast, now, figure=figure)
        self._record(session, cast, now, figure=figure, is_confirmed=True)

        assert len(queries.get_journey(session, "motor-claim").baselines) == 1

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"measured_on": date(2027, 2, 16)}, "measured_on"),
            ({"source": " "}, "source"),
            ({"only": 0}, "source"),
        ],
    )
    def test_needs_a_day_a_source_and_figures(
        self, session: Session, cast: Cast, journey: Journey, now: datetime,
        changes: dict, field: str,
    ) -> None:  # fmt: skip
        with pytest.raises(InvalidError) as refusal:
            self._record(session, cast, now, **changes)

        assert list(refusal.value.fields) == [field]

    def test_is_never_older_than_the_last(
        self, session: Session, cast: Cast, journey: Journey, now: datetime
    ) -> None:
        self._record(session, cast, now)

        with pytest.raises(InvalidError) as refusal:
            self._record(session, cast, now, after_number=1, measured_on=date(2027, 1, 14))

        assert list(refusal.value.fields) == ["measured_on"]

    def test_shows_what_somebody_else_recorded_meanwhile(
        self, session: Session, cast: Cast, journey: Journey, now: datetime
    ) -> None:
        self._record(session, cast, now)

        with pytest.raises(ConflictError) as refusal:
            self._record(session, cast, now, source="My survey")

        assert refusal.value.theirs["Source"] == "Survey"
        assert refusal.value.yours["Source"] == "My survey"


class TestUnfreshBaselines:
    def test_bar_the_opening_of_a_cycle(
        self, session: Session, cast: Cast, journey: Journey, today: date
    ) -> None:
        with transaction(session):
            make_journey(session, cast.lead, key="idle", name="Idle", is_in_use=False)
            cycle = make_cycle(session, state=CycleState.DRAFT)
        terms = OpeningTerms(today=today, baseline_age_days=90)

        missing = services.unfresh_baselines(session, cycle, terms)
        with transaction(session):
            old = today - timedelta(days=91)
            make_baseline(session, queries.get_journey(session, "motor-claim"), measured_on=old)
        stale = services.unfresh_baselines(session, cycle, terms)
        with transaction(session):
            make_baseline(session, queries.get_journey(session, "motor-claim"), measured_on=today)
        fresh = services.unfresh_baselines(session, cycle, terms)

        assert missing == ["The journey Motor claim has no baseline; record one."]
        assert stale == [
            "The baseline of Motor claim is from 16 Nov 2026, older than 90 days; measure it again."
        ]
        assert fresh == []


class TestClaimPool:
    def _claim(
        self, session: Session, cast: Cast, now: datetime, lever: Lever = Lever.SERVE,
        version: int = 0, **changes: object,
    ) -> None:  # fmt: skip
        with transaction(session):
            services.claim_pool(
                session,
                queries.get_journey(session, "motor-claim"),
                pool_draft(cast.owner, lever, **changes),
                expected_version=version,
                actor=cast.lead,
                now=now,
            )

    @pytest.mark.parametrize("lever", Lever)
    def test_computes_the_annual_value(
        self, session: Session, cast: Cast, journey: Journey, now: datetime, lever: Lever
    ) -> None:
        self._claim(session, cast, now, lever)

        pool = queries.get_journey(session, "motor-claim").pools[0]
        assert pool.annual_value_minor > 0
        assert (pool.state, pool.claimed_by_id) == (PoolState.CLAIMED, cast.lead.id)
        assert _events(session) == ["pool.claimed"]

    def test_makes_a_certified_pool_claimed_again(
        self, session: Session, cast: Cast, journey: Journey, now: datetime
    ) -> None:
        with transaction(session):
            make_pool(session, journey, claimed_by=cast.lead, certified_by=cast.cfo)

        self._claim(session, cast, now, version=1, V="250000")

        pool = queries.get_journey(session, "motor-claim").pools[0]
        assert pool.state is PoolState.CLAIMED
        assert (pool.certified_by_id, pool.certified_at) == (None, None)
        assert pool.annual_value_minor == 275_000_00
        assert pool.version == 2

    def test_changes_nothing_when_nothing_was_changed(
        self, session: Session, cast: Cast, journey: Journey, now: datetime
    ) -> None:
        self._claim(session, cast, now)
        self._claim(session, cast, now, version=1)

        assert _events(session) == ["pool.claimed"]

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"V": "-1"}, "V"),
            ({"alpha": "1.1"}, "alpha"),
            ({"u": "999999999999"}, "u"),
            ({"source": ""}, "source"),
            ({"measured_on": date(2028, 1, 1)}, "measured_on"),
            ({"owner_id": 99}, "owner_id"),
        ],
    )
    def test_names_the_field_it_refuses(
        self, session: Session, cast: Cast, journey: Journey, now: datetime,
        changes: dict, field: str,
    ) -> None:  # fmt: skip
        with pytest.raises(InvalidError) as refusal:
            self._claim(session, cast, now, **changes)

        assert list(refusal.value.fields) == [field]

    def test_shows_both_versions_when_somebody_was_faster(
        self, session: Session, cast: Cast, journey: Journey, now: datetime
    ) -> None:
        self._claim(session, cast, now)

        with pytest.raises(ConflictError) as refusal:
            self._claim(session, cast, now, V="1")

        assert (refusal.value.theirs["V"], refusal.value.yours["V"]) == ("200000", "1")


class TestCertifyPool:
    def _certify(self, session: Session, person: object, now: datetime, version: int = 1) -> None:
        with transaction(session):
            journey = queries.get_journey(session, "motor-claim")
            services.certify_pool(
                session, journey, journey.pools[0],
                expected_version=version, actor=person, now=now,
            )  # fmt: skip

    def test_is_done_by_finance(
        self, session: Session, cast: Cast, journey: Journey, now: datetime
    ) -> None:
        with transaction(session):
            centre = make_control(session, cast.cfo2)
            make_pool(session, journey, claimed_by=cast.lead, cost_centre=centre)

        self._certify(session, cast.cfo, now)

        pool = queries.get_journey(session, "motor-claim").pools[0]
        assert (pool.state, pool.certified_by_id, pool.certified_at) == (
            PoolState.CERTIFIED, cast.cfo.id, now,
        )  # fmt: skip
        assert _events(session) == ["pool.certified"]

    def test_is_for_finance_only(
        self, session: Session, cast: Cast, journey: Journey, now: datetime
    ) -> None:
        with transaction(session):
            make_pool(session, journey, claimed_by=cast.lead)

        for person in (cast.lead, cast.manager, cast.viewer, cast.admin):
            with pytest.raises(NotAllowedError, match="Only Finance"):
                self._certify(session, person, now)

    def test_takes_other_hands_than_those_that_claimed_it(
        self, session: Session, cast: Cast, journey: Journey, now: datetime
    ) -> None:
        with transaction(session):
            centre = make_control(session, cast.cfo2)
            make_pool(session, journey, claimed_by=cast.cfo, cost_centre=centre)

        with pytest.raises(NotAllowedError, match="You claimed this pool"):
            self._certify(session, cast.cfo, now)
        self._certify(session, cast.cfo2, now)

    def test_takes_other_hands_than_the_owners(
        self, session: Session, cast: Cast, journey: Journey, now: datetime
    ) -> None:
        with transaction(session):
            make_pool(session, journey, claimed_by=cast.lead).owner = cast.cfo

        with pytest.raises(NotAllowedError, match="You own this pool"):
            self._certify(session, cast.cfo, now)

    def test_is_refused_by_the_database_too(
        self, session: Session, cast: Cast, journey: Journey
    ) -> None:
        with pytest.raises(IntegrityError), transaction(session):
            make_pool(session, journey, claimed_by=cast.cfo, certified_by=cast.cfo)

    def test_takes_exactly_the_version_looked_at(
        self, session: Session, cast: Cast, journey: Journey, now: datetime
    ) -> None:
        with transaction(session):
            make_pool(session, journey, claimed_by=cast.lead)

        with pytest.raises(ConflictError, match="changed since"):
            self._certify(session, cast.cfo, now, version=2)

    def test_happens_once(
        self, session: Session, cast: Cast, journey: Journey, now: datetime
    ) -> None:
        with transaction(session):
            make_pool(session, journey, claimed_by=cast.lead, certified_by=cast.cfo2)

        with pytest.raises(ConflictError, match="certified already"):
            self._certify(session, cast.cfo, now)

    def test_never_takes_more_than_the_churn_of_a_segment(
        self, session: Session, cast: Cast, journey: Journey, now: datetime
    ) -> None:
        with transaction(session):
            make_pool(session, journey, Lever.RETAIN, claimed_by=cast.lead, s="0.7")
            other = make_journey(session, cast.lead, key="renewal", name="Renewal")
            make_pool(
                session, other, Lever.RETAIN, claimed_by=cast.lead, certified_by=cast.cfo, s="0.4"
            )

        with pytest.raises(ConflictError, match="together claim 110 % of its churn"):
            self._certify(session, cast.cfo, now)
        assert "110 %" in (services.retain_overclaim(session, journey) or "")

    def test_never_takes_more_than_the_churn_of_a_segment_however_it_is_written(
        self, session: Session, cast: Cast, now: datetime
    ) -> None:
        with transaction(session):
            mine = make_journey(session, cast.lead, segment="Ärzte")
            other = make_journey(session, cast.lead, key="renewal", segment="ÄRZTE")
            make_pool(session, mine, Lever.RETAIN, claimed_by=cast.lead, s="0.7")
            make_pool(
                session, other, Lever.RETAIN, claimed_by=cast.lead, certified_by=cast.cfo, s="0.7"
            )

        with pytest.raises(ConflictError, match="together claim 140 % of its churn"):
            self._certify(session, cast.cfo, now)


class TestWithdrawCertification:
    def test_needs_a_reason_and_leaves_the_claim(
        self, session: Session, cast: Cast, journey: Journey, now: datetime
    ) -> None:
        with transaction(session):
            make_pool(session, journey, claimed_by=cast.lead, certified_by=cast.cfo)

        with pytest.raises(InvalidError, match="Say why"):
            self._withdraw(session, cast, now, " ")
        self._withdraw(session, cast, now, "The unit cost was last year's.")

        pool = session.scalars(select(LeverPool)).one()
        assert (pool.state, pool.certified_by_id) == (PoolState.CLAIMED, None)
        assert _events(session) == ["pool.certification_withdrawn"]

    def _withdraw(self, session: Session, cast: Cast, now: datetime, reason: str) -> None:
        with transaction(session):
            journey = queries.get_journey(session, "motor-claim")
            services.withdraw_certification(
                session, journey, journey.pools[0], reason=reason, actor=cast.cfo, now=now
            )


class TestQueries:
    def test_list_the_last_baseline_of_every_journey(
        self, session: Session, cast: Cast, journey: Journey
    ) -> None:
        with transaction(session):
            whole = queries.get_journey(session, "motor-claim")
            make_baseline(session, whole)
            make_baseline(session, whole, figures={whole.touchpoints[0].id: measured()})
            make_pool(session, journey, claimed_by=cast.lead)
            make_journey(session, cast.lead, key="renewal", name="Renewal")

        states = queries.list_journey_states(session)

        assert [state.journey.key for state in states] == ["motor-claim", "renewal"]
        assert states[0].baseline is not None
        assert (states[0].baseline.number, len(states[0].figures)) == (2, 1)
        assert [pool.lever for pool in states[0].pools] == [Lever.SERVE]
        assert states[1].baseline is None

    def test_refuse_a_journey_that_is_not_there(self, session: Session) -> None:
        with pytest.raises(NotFoundError):
            queries.get_journey(session, "nowhere")
