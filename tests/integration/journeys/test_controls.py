"""Finance's control totals hold: no pool is certified past one, none is set below what is."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit.models import AuditEvent
from app.db.session import transaction
from app.errors import ConflictError, InvalidError, NotAllowedError
from app.journeys import queries, services
from app.journeys.models import ControlTotal, Journey
from app.journeys.rules import ControlDraft, ControlKind, Lever, PoolState
from app.values.money import Money
from tests.factories.accounts import Cast
from tests.factories.journeys import make_control, make_journey, make_pool, pool_draft

# Serve pools of the factories are worth 220,000 a year, spend 252,000, convert 84,000.


@pytest.fixture
def journey(session: Session, cast: Cast) -> Journey:
    with transaction(session):
        return make_journey(session, cast.lead)


def _certify(
    session: Session, cast: Cast, now: datetime, lever: Lever = Lever.SERVE, key: str = "second"
) -> None:
    with transaction(session):
        journey = queries.get_journey(session, key)
        pool = services.find_pool(journey, lever)
        assert pool is not None
        services.certify_pool(
            session, journey, pool, expected_version=pool.version, actor=cast.cfo, now=now
        )


class TestCertifyPool:
    def _two_serve(self, session: Session, cast: Cast, journey: Journey, minor: int) -> None:
        with transaction(session):
            centre = make_control(session, cast.cfo2, amount_minor=minor)
            second = make_journey(session, cast.lead, key="second", name="Second")
            make_pool(
                session, journey, claimed_by=cast.lead, certified_by=cast.cfo2, cost_centre=centre
            )
            make_pool(session, second, claimed_by=cast.lead, cost_centre=centre)

    def test_takes_the_last_cent_of_a_cost_centre(
        self, session: Session, cast: Cast, journey: Journey, now: datetime
    ) -> None:
        self._two_serve(session, cast, journey, 440_000_00)

        _certify(session, cast, now)

        assert queries.get_journey(session, "second").pools[0].state is PoolState.CERTIFIED

    def test_never_goes_past_the_variable_cost_of_a_cost_centre(
        self, session: Session, cast: Cast, journey: Journey, now: datetime
    ) -> None:
        self._two_serve(session, cast, journey, 439_999_99)

        words = "exceed the variable cost of Contact centre by €0.01; owner Cem Finance."
        with pytest.raises(ConflictError, match=words):
            _certify(session, cast, now)
        whole = queries.get_journey(session, "motor-claim")
        assert words in services.control_excesses(session, whole)[0]

    def test_counts_a_certified_pool_of_a_journey_that_is_not_in_use(
        self, session: Session, cast: Cast, journey: Journey, now: datetime
    ) -> None:
        self._two_serve(session, cast, journey, 300_000_00)
        with transaction(session):
            journey.is_in_use = False

        with pytest.raises(ConflictError, match="exceed"):
            _certify(session, cast, now)

    def test_needs_a_cost_centre(
        self, session: Session, cast: Cast, journey: Journey, now: datetime
    ) -> None:
        with transaction(session):
            make_pool(session, journey, claimed_by=cast.lead)

        with pytest.raises(ConflictError, match="names no cost centre"):
            _certify(session, cast, now, key="motor-claim")

    @pytest.mark.parametrize(("minor", "fits"), [(336_000_00, True), (335_999_99, False)])
    def test_keeps_spend_and_convert_together_under_the_growth_ceiling(
        self, session: Session, cast: Cast, journey: Journey, now: datetime,
        minor: int, fits: bool,
    ) -> None:  # fmt: skip
        with transaction(session):
            make_control(session, cast.cfo2, ControlKind.GROWTH, name="Growth", amount_minor=minor)
            second = make_journey(session, cast.lead, key="second", name="Second")
            make_pool(session, journey, Lever.SPEND, claimed_by=cast.lead, certified_by=cast.cfo2)
            make_pool(session, second, Lever.CONVERT, claimed_by=cast.lead)

        if fits:
            _certify(session, cast, now, Lever.CONVERT)
            return
        with pytest.raises(ConflictError, match=r"growth ceiling “Growth” by €0\.01; owner Cem"):
            _certify(session, cast, now, Lever.CONVERT)

    def test_needs_a_growth_ceiling(
        self, session: Session, cast: Cast, journey: Journey, now: datetime
    ) -> None:
        with transaction(session):
            make_pool(session, journey, Lever.SPEND, claimed_by=cast.lead)

        with pytest.raises(ConflictError, match="no growth ceiling in EUR"):
            _certify(session, cast, now, Lever.SPEND, "motor-claim")


class TestClaimPool:
    def test_names_only_a_cost_centre_of_its_currency(
        self, session: Session, cast: Cast, journey: Journey, now: datetime
    ) -> None:
        with transaction(session):
            growth = make_control(session, cast.cfo, ControlKind.GROWTH, name="Growth")
            dollars = make_control(session, cast.cfo, name="US centre")
            dollars.currency = "USD"
        for lever, id_ in (
            (Lever.SERVE, growth.id), (Lever.SERVE, dollars.id), (Lever.SERVE, 99),
            (Lever.RISK, dollars.id),
        ):  # fmt: skip
            with pytest.raises(InvalidError) as refusal, transaction(session):
                services.claim_pool(
                    session, queries.get_journey(session, "motor-claim"),
                    pool_draft(cast.owner, lever, cost_centre_id=id_), expected_version=0,
                    actor=cast.lead, now=now,
                )  # fmt: skip
            assert list(refusal.value.fields) == ["cost_centre_id"]


class TestControlTotals:
    def _draft(self, cast: Cast, **changes: Any) -> ControlDraft:
        values: dict[str, Any] = {
            "kind": ControlKind.COST_CENTRE, "name": "Contact centre",
            "amount": Money(500_000_00, "EUR"), "owner_id": cast.cfo.id, "source": "Budget book",
            "measured_on": date(2027, 1, 31),
        }  # fmt: skip
        return ControlDraft(**values | changes)

    def test_are_set_by_finance_and_recorded(
        self, session: Session, cast: Cast, now: datetime
    ) -> None:
        with transaction(session):
            services.add_control_total(session, self._draft(cast), actor=cast.cfo, now=now)

        assert session.scalars(select(ControlTotal)).one().amount_minor == 500_000_00
        assert list(session.scalars(select(AuditEvent.action))) == ["control_total.added"]
        for person in (cast.lead, cast.manager, cast.viewer, cast.admin):
            with pytest.raises(NotAllowedError), transaction(session):
                services.add_control_total(session, self._draft(cast), actor=person, now=now)

    def test_have_one_name_and_one_growth_ceiling_a_currency(
        self, session: Session, cast: Cast, now: datetime
    ) -> None:
        with transaction(session):
            make_control(session, cast.cfo)
            make_control(session, cast.cfo, ControlKind.GROWTH, name="Growth")
        again = self._draft(cast, name="contact CENTRE")
        growth = self._draft(cast, kind=ControlKind.GROWTH, name="More growth")
        for draft, field in ((again, "name"), (growth, "currency_code")):
            with pytest.raises(InvalidError) as refusal, transaction(session):
                services.add_control_total(session, draft, actor=cast.cfo, now=now)
            assert list(refusal.value.fields) == [field]

    def test_never_go_below_what_is_certified(
        self, session: Session, cast: Cast, journey: Journey, now: datetime
    ) -> None:
        with transaction(session):
            total = make_control(session, cast.cfo2, amount_minor=500_000_00)
            make_pool(
                session, journey, claimed_by=cast.lead, certified_by=cast.cfo2, cost_centre=total
            )

        self._edit(session, cast, now, total, 1, amount=Money(220_000_00, "EUR"))
        with pytest.raises(InvalidError) as refusal:
            self._edit(session, cast, now, total, 2, amount=Money(219_999_99, "EUR"))

        assert "€220,000.00 a year are certified" in refusal.value.fields["amount"]
        assert session.get_one(ControlTotal, total.id).amount_minor == 220_000_00

    def test_never_begin_below_what_is_certified(
        self, session: Session, cast: Cast, journey: Journey, now: datetime
    ) -> None:
        with transaction(session):
            make_pool(session, journey, Lever.SPEND, claimed_by=cast.lead, certified_by=cast.cfo2)
        for minor, is_taken in ((251_999_99, False), (252_000_00, True)):
            draft = self._draft(
                cast, kind=ControlKind.GROWTH, name="Growth", amount=Money(minor, "EUR")
            )
            if is_taken:
                with transaction(session):
                    services.add_control_total(session, draft, actor=cast.cfo, now=now)
                continue
            with pytest.raises(InvalidError) as refusal, transaction(session):
                services.add_control_total(session, draft, actor=cast.cfo, now=now)
            assert "€252,000.00 a year are certified" in refusal.value.fields["amount"]

    def test_show_both_versions_when_somebody_was_faster(
        self, session: Session, cast: Cast, now: datetime
    ) -> None:
        with transaction(session):
            total = make_control(session, cast.cfo2)

        self._edit(session, cast, now, total, 1, name="Centre 4410")
        with pytest.raises(ConflictError) as refusal:
            self._edit(session, cast, now, total, 1, name="Centre 4420")

        assert refusal.value.theirs["Name"] == "Centre 4410"

    def _edit(
        self, session: Session, cast: Cast, now: datetime, total: ControlTotal, version: int,
        **changes: Any,
    ) -> None:  # fmt: skip
        with transaction(session):
            services.edit_control_total(
                session, queries.get_control_total(session, total.id),
                self._draft(cast, **changes), expected_version=version, actor=cast.cfo, now=now,
            )  # fmt: skip
