"""Finance sets cycles, budgets and capacities; nothing committed is ever taken away."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit.models import AuditEvent
from app.calendar import queries, services
from app.calendar.models import Cycle, CycleFund
from app.calendar.queries import BUDGET_FLOORS, CURRENCY_TIES, OPENING_GUARDS, OpeningTerms
from app.calendar.rules import CycleState
from app.db.session import transaction
from app.errors import ConflictError, InvalidError, NotAllowedError, NotFoundError
from app.values.money import Money
from app.values.quarter import Quarter
from tests.factories.accounts import Cast
from tests.factories.calendar import cycle_draft, make_cycle, make_fund, make_team

Q1, Q2 = Quarter(2027, 1), Quarter(2027, 2)


@pytest.fixture(autouse=True)
def _only_the_calendar() -> Iterator[None]:
    """Leave out what later stations have registered; tests here add their own."""
    registries: list[list] = [BUDGET_FLOORS, CURRENCY_TIES, OPENING_GUARDS]
    kept = [list(registry) for registry in registries]
    for registry in registries:
        registry.clear()
    yield
    for registry, before in zip(registries, kept, strict=True):
        registry[:] = before


@pytest.fixture
def terms(today: date) -> OpeningTerms:
    return OpeningTerms(today=today, baseline_age_days=190)


@pytest.fixture
def cycle(session: Session, cast: Cast) -> Cycle:
    """A drafted cycle with one fund and one team."""
    with transaction(session):
        cycle = make_cycle(session, state=CycleState.DRAFT)
        make_fund(session, cycle)
        make_team(session, cycle)
    return cycle


def _events(session: Session) -> list[str]:
    return list(session.scalars(select(AuditEvent.action).order_by(AuditEvent.number)))


class TestCreateCycle:
    def test_begins_in_draft_and_is_audited(
        self, session: Session, cast: Cast, now: datetime
    ) -> None:
        with transaction(session):
            cycle = services.create_cycle(session, cycle_draft(), actor=cast.cfo, now=now)

        assert cycle.state is CycleState.DRAFT
        assert _events(session) == ["cycle.created"]

    def test_is_for_finance_only(self, session: Session, cast: Cast, now: datetime) -> None:
        for person in (cast.lead, cast.manager, cast.viewer, cast.admin):
            with pytest.raises(NotAllowedError), transaction(session):
                services.create_cycle(session, cycle_draft(), actor=person, now=now)

    def test_refuses_a_name_that_is_taken(
        self, session: Session, cast: Cast, cycle: Cycle, now: datetime
    ) -> None:
        with pytest.raises(InvalidError) as refusal, transaction(session):
            services.create_cycle(session, cycle_draft(), actor=cast.cfo, now=now)

        assert refusal.value.fields == {"name": "Another cycle has this name already."}


class TestEditCycle:
    def _edit(self, session: Session, cast: Cast, cycle: Cycle, now: datetime, **changes) -> None:
        with transaction(session):
            services.edit_cycle(
                session,
                queries.get_cycle(session, cycle.id),
                cycle_draft(**changes),
                expected_version=1,
                actor=cast.cfo,
                now=now,
            )

    def test_changes_the_rates(
        self, session: Session, cast: Cast, cycle: Cycle, now: datetime
    ) -> None:
        self._edit(session, cast, cycle, now, discount_rate=Decimal("0.08"))

        stored = queries.get_cycle(session, cycle.id)
        assert stored.discount_rate == Decimal("0.08")
        assert stored.version == 2

    def test_gives_added_quarters_an_empty_budget(
        self, session: Session, cast: Cast, cycle: Cycle, now: datetime
    ) -> None:
        self._edit(session, cast, cycle, now, quarter_count=14)

        budgets = queries.get_cycle(session, cycle.id).funds[0].budgets
        assert [budget.amount_minor for budget in budgets[-3:]] == [1_000_000_00, 0, 0]

    def test_keeps_quarters_that_hold_money(
        self, session: Session, cast: Cast, cycle: Cycle, now: datetime
    ) -> None:
        with pytest.raises(InvalidError) as refusal:
            self._edit(session, cast, cycle, now, quarter_count=8)

        assert "2029-Q1, 2029-Q2, 2029-Q3, 2029-Q4" in refusal.value.fields["quarter_count"]

    def test_keeps_the_currency_of_its_budgets(
        self, session: Session, cast: Cast, cycle: Cycle, now: datetime
    ) -> None:
        with pytest.raises(InvalidError) as refusal:
            self._edit(session, cast, cycle, now, currency="USD")

        assert "budgets are entered in EUR" in refusal.value.fields["currency"]

    def test_keeps_the_currency_of_its_initiatives(
        self, session: Session, cast: Cast, now: datetime
    ) -> None:
        CURRENCY_TIES.append(lambda session, cycle_id: "Three initiatives are planned in it.")
        with transaction(session):
            bare = make_cycle(session, state=CycleState.DRAFT)

        with pytest.raises(InvalidError) as refusal:
            self._edit(session, cast, bare, now, currency="USD")

        assert "Three initiatives" in refusal.value.fields["currency"]

    def test_changes_the_currency_of_an_empty_cycle(
        self, session: Session, cast: Cast, now: datetime
    ) -> None:
        with transaction(session):
            bare = make_cycle(session, state=CycleState.DRAFT)

        self._edit(session, cast, bare, now, currency="USD")

        assert queries.get_cycle(session, bare.id).currency == "USD"

    def test_shows_both_versions_when_somebody_was_faster(
        self, session: Session, cast: Cast, cycle: Cycle, now: datetime
    ) -> None:
        self._edit(session, cast, cycle, now, hurdle_rate=Decimal("0.2"))

        with pytest.raises(ConflictError) as refusal:
            self._edit(session, cast, cycle, now, hurdle_rate=Decimal("0.1"))

        assert refusal.value.theirs == {"Hurdle rate": "20 %"}
        assert refusal.value.yours == {"Hurdle rate": "10 %"}

    def test_leaves_a_closed_cycle_alone(self, session: Session, cast: Cast, now: datetime) -> None:
        with transaction(session):
            closed = make_cycle(session, state=CycleState.CLOSED)

        with pytest.raises(ConflictError, match="closed"):
            self._edit(session, cast, closed, now, name="Other")

    def test_records_nothing_when_nothing_changed(
        self, session: Session, cast: Cast, cycle: Cycle, now: datetime
    ) -> None:
        self._edit(session, cast, cycle, now)

        assert _events(session) == []


class TestOpenCycle:
    def test_opens_with_money_and_people(
        self, session: Session, cast: Cast, cycle: Cycle, terms: OpeningTerms, now: datetime
    ) -> None:
        with transaction(session):
            loaded = queries.get_cycle(session, cycle.id)
            services.open_cycle(session, loaded, terms, actor=cast.cfo, now=now)

        assert queries.get_cycle(session, cycle.id).state is CycleState.OPEN
        assert _events(session) == ["cycle.opened"]

    def test_opens_without_days_where_all_teams_are_paid_in_another_currency(
        self, session: Session, cast: Cast, cycle: Cycle, terms: OpeningTerms, now: datetime
    ) -> None:
        with transaction(session):
            foreign = make_cycle(session, name="US", state=CycleState.DRAFT, currency="USD")
            make_fund(session, foreign, "it")

        with transaction(session):
            loaded = queries.get_cycle(session, foreign.id)
            services.open_cycle(session, loaded, terms, actor=cast.cfo, now=now)

        assert queries.get_cycle(session, foreign.id).state is CycleState.OPEN

    def test_names_everything_that_is_missing(
        self, session: Session, cast: Cast, terms: OpeningTerms, now: datetime
    ) -> None:
        OPENING_GUARDS.append(lambda *_: ["The journey Claims has no baseline."])
        with transaction(session):
            bare = make_cycle(session, state=CycleState.DRAFT)

        refused = pytest.raises(ConflictError, match=r"no fund.*Claims has no baseline")
        with refused, transaction(session):
            services.open_cycle(
                session, queries.get_cycle(session, bare.id), terms, actor=cast.cfo, now=now
            )

    def test_happens_once(
        self, session: Session, cast: Cast, terms: OpeningTerms, now: datetime
    ) -> None:
        with transaction(session):
            cycle = make_cycle(session)

        with pytest.raises(ConflictError, match="cannot open now"), transaction(session):
            services.open_cycle(
                session, queries.get_cycle(session, cycle.id), terms, actor=cast.cfo, now=now
            )


class TestCloseCycle:
    def test_waits_for_its_end(
        self, session: Session, cast: Cast, today: date, now: datetime
    ) -> None:
        with transaction(session):
            cycle = make_cycle(session)

        with pytest.raises(ConflictError, match="runs until 30 Jun 2027"), transaction(session):
            services.close_cycle(session, cycle, today=today, actor=cast.cfo, now=now)
        with transaction(session):
            services.close_cycle(session, cycle, today=date(2027, 7, 1), actor=cast.cfo, now=now)

        assert cycle.state is CycleState.CLOSED


class TestBarredMoves:
    def test_lists_only_the_moves_of_the_state(
        self, session: Session, cycle: Cycle, terms: OpeningTerms
    ) -> None:
        loaded = queries.get_cycle(session, cycle.id)

        assert services.barred_moves(session, loaded, terms) == {"open": []}


class TestFunds:
    def test_adds_a_fund_with_nothing_in_it(
        self, session: Session, cast: Cast, cycle: Cycle, now: datetime
    ) -> None:
        self._add(session, cast, cycle, now, key="opex", name="Opex")

        added = queries.get_cycle(session, cycle.id).funds[-1]
        assert (added.fund.name, added.carry_over) == ("Opex", Decimal("0.1"))
        assert [budget.amount_minor for budget in added.budgets] == [0] * 12

    def test_takes_a_known_fund_by_its_key(
        self, session: Session, cast: Cast, cycle: Cycle, now: datetime
    ) -> None:
        with transaction(session):
            following = make_cycle(session, state=CycleState.DRAFT, name="FY27 H2")

        self._add(session, cast, following, now, key="capex", name="")

        added = queries.get_cycle(session, following.id).funds[0]
        assert added.fund_id == queries.get_cycle(session, cycle.id).funds[0].fund_id

    @pytest.mark.parametrize(
        ("typed", "field"),
        [
            ({"key": "Big Money", "name": "x"}, "key"),
            ({"key": "capex", "name": "x"}, "key"),
            ({"key": "opex", "name": " "}, "name"),
            ({"key": "opex", "name": "CAPEX"}, "name"),
            ({"key": "opex", "name": "Opex", "carry_over": Decimal("1.2")}, "carry_over"),
        ],
    )
    def test_names_the_field_it_refuses(
        self, session: Session, cast: Cast, cycle: Cycle, now: datetime, typed: dict, field: str
    ) -> None:
        with pytest.raises(InvalidError) as refusal:
            self._add(session, cast, cycle, now, **typed)

        assert list(refusal.value.fields) == [field]

    def test_has_a_name_of_its_own_however_it_is_written(
        self, session: Session, cast: Cast, cycle: Cycle, now: datetime
    ) -> None:
        with transaction(session):
            queries.get_cycle(session, cycle.id).funds[0].fund.name = "Ärzte"

        with pytest.raises(InvalidError) as refusal:
            self._add(session, cast, cycle, now, key="opex", name="ÄRZTE")

        assert list(refusal.value.fields) == ["name"]

    def test_goes_only_when_it_is_empty(
        self, session: Session, cast: Cast, cycle: Cycle, now: datetime
    ) -> None:
        fund_id = queries.get_cycle(session, cycle.id).funds[0].fund_id
        with pytest.raises(ConflictError, match="still has a budget"), transaction(session):
            loaded = queries.get_cycle(session, cycle.id)
            services.remove_fund(session, loaded, fund_id, actor=cast.cfo, now=now)
        with transaction(session):
            for budget in queries.get_cycle(session, cycle.id).funds[0].budgets:
                budget.amount_minor = 0
        with transaction(session):
            loaded = queries.get_cycle(session, cycle.id)
            services.remove_fund(session, loaded, fund_id, actor=cast.cfo, now=now)

        assert session.scalars(select(CycleFund)).all() == []

    def _add(
        self,
        session: Session,
        cast: Cast,
        cycle: Cycle,
        now: datetime,
        *,
        key: str,
        name: str,
        carry_over: Decimal = Decimal("0.1"),
    ) -> None:
        with transaction(session):
            services.add_fund(
                session,
                queries.get_cycle(session, cycle.id),
                key=key,
                name=name,
                carry_over=carry_over,
                actor=cast.cfo,
                now=now,
            )


class TestSetBudgets:
    def _set(
        self, session: Session, cast: Cast, cycle: Cycle, now: datetime, budgets: dict, **more
    ) -> None:
        with transaction(session):
            services.set_budgets(
                session,
                queries.get_cycle(session, cycle.id),
                budgets,
                more.pop("carry_over", {}),
                **{"expected_version": 1, "actor": cast.cfo, "now": now} | more,
            )

    def test_sets_the_cells_named_and_no_other(
        self, session: Session, cast: Cast, cycle: Cycle, now: datetime
    ) -> None:
        self._set(
            session, cast, cycle, now,
            {("capex", Q2): Money(5_00, "EUR")}, carry_over={"capex": Decimal("0.5")},
        )  # fmt: skip

        stored = queries.get_cycle(session, cycle.id)
        assert [b.amount_minor for b in stored.funds[0].budgets[:3]] == [
            1_000_000_00, 5_00, 1_000_000_00,
        ]  # fmt: skip
        assert stored.funds[0].carry_over == Decimal("0.5")
        assert stored.version == 2
        assert _events(session) == ["cycle.budgets_set"]

    @pytest.mark.parametrize(
        ("amount", "words"),
        [
            (Money(-1, "EUR"), "negative"),
            (Money(5, "USD"), "plans in EUR"),
        ],
    )
    def test_refuses_an_impossible_amount(
        self,
        session: Session,
        cast: Cast,
        cycle: Cycle,
        now: datetime,
        amount: Money,
        words: str,
    ) -> None:
        with pytest.raises(InvalidError) as refusal:
            self._set(session, cast, cycle, now, {("capex", Q1): amount})

        assert words in refusal.value.fields["budget-capex-2027-Q1"]

    def test_refuses_less_than_is_committed(
        self, session: Session, cast: Cast, cycle: Cycle, now: datetime
    ) -> None:
        fund_id = queries.get_cycle(session, cycle.id).funds[0].fund_id
        BUDGET_FLOORS.append(lambda session, cycle_id: {(fund_id, Q1): 300_00})

        with pytest.raises(InvalidError) as refusal:
            self._set(session, cast, cycle, now, {("capex", Q1): Money(299_99, "EUR")})
        self._set(session, cast, cycle, now, {("capex", Q1): Money(300_00, "EUR")})

        assert refusal.value.fields == {
            "budget-capex-2027-Q1": "€300.00 is committed already; enter at least that."
        }

    def test_refuses_what_leaves_committed_money_of_a_later_quarter_unpaid(
        self, session: Session, cast: Cast, cycle: Cycle, now: datetime
    ) -> None:
        self._set(
            session, cast, cycle, now,
            {("capex", Q1): Money(100_00, "EUR"), ("capex", Q2): Money(0, "EUR")},
            carry_over={"capex": Decimal("0.5")},
        )  # fmt: skip
        fund_id = queries.get_cycle(session, cycle.id).funds[0].fund_id
        BUDGET_FLOORS.append(lambda session, cycle_id: {(fund_id, Q2): 50_00})
        less = ({("capex", Q1): Money(99_00, "EUR")}, {})
        kept = ({}, {"capex": Decimal("0.4")})
        refused = []
        for budgets, carry_over in (less, kept):
            with pytest.raises(InvalidError) as refusal:
                self._set(
                    session, cast, cycle, now, budgets,
                    carry_over=carry_over, expected_version=2,
                )  # fmt: skip
            refused.append(refusal.value.fields)
        more = {("capex", Q1): Money(101_00, "EUR")}
        self._set(session, cast, cycle, now, more, expected_version=2)

        said = "With these budgets and this carry-over €{} of what is committed here could not"
        assert [list(fields) for fields in refused] == [["budget-capex-2027-Q2"]] * 2
        assert refused[0]["budget-capex-2027-Q2"].startswith(said.format("0.50"))
        assert refused[1]["budget-capex-2027-Q2"].startswith(said.format("10.00"))

    def test_asks_about_an_absurd_amount_and_takes_it_when_confirmed(
        self, session: Session, cast: Cast, cycle: Cycle, now: datetime
    ) -> None:
        budgets = {("capex", Q1 + i): Money(1_000_00, "EUR") for i in range(4)}
        budgets["capex", Q1] = Money(999_999_999_00, "EUR")

        with pytest.raises(InvalidError) as refusal:
            self._set(session, cast, cycle, now, budgets)
        self._set(session, cast, cycle, now, budgets, is_confirmed=True)

        assert list(refusal.value.fields) == ["budget-capex-2027-Q1"]

    def test_shows_both_versions_when_somebody_was_faster(
        self, session: Session, cast: Cast, cycle: Cycle, now: datetime
    ) -> None:
        self._set(session, cast, cycle, now, {("capex", Q1): Money(5_00, "EUR")})

        with pytest.raises(ConflictError) as refusal:
            self._set(session, cast, cycle, now, {("capex", Q1): Money(7_00, "EUR")})

        assert refusal.value.theirs == {"Capex, 2027-Q1": "€5.00"}
        assert refusal.value.yours == {"Capex, 2027-Q1": "€7.00"}


class TestTeams:
    def test_adds_a_team(self, session: Session, cast: Cast, now: datetime) -> None:
        with transaction(session):
            services.add_team(
                session, key="data", name="Data", day_rate=Money(900_00, "EUR"),
                actor=cast.cfo, now=now,
            )  # fmt: skip

        assert [team.name for team in queries.list_teams(session)] == ["Data"]

    @pytest.mark.parametrize(
        ("key", "name", "minor", "field"),
        [
            ("digital", "Other", 1, "key"),
            ("Data!", "Data", 1, "key"),
            ("data", "", 1, "name"),
            ("data", "digital", 1, "name"),
            ("data", "Data", -1, "day_rate"),
            ("data", "Data", 999_999_999, "day_rate"),
        ],
    )
    def test_names_the_field_it_refuses(
        self, session: Session, cast: Cast, cycle: Cycle, now: datetime,
        key: str, name: str, minor: int, field: str,
    ) -> None:  # fmt: skip
        with pytest.raises(InvalidError) as refusal, transaction(session):
            services.add_team(
                session, key=key, name=name, day_rate=Money(minor, "EUR"), actor=cast.cfo, now=now
            )

        assert list(refusal.value.fields) == [field]

    def test_has_a_name_of_its_own_however_it_is_written(
        self, session: Session, cast: Cast, cycle: Cycle, now: datetime
    ) -> None:
        rate = Money(800_00, "EUR")
        with transaction(session):
            queries.list_teams(session)[0].name = "Ärzte"

        with pytest.raises(InvalidError) as refusal, transaction(session):
            services.add_team(
                session, key="data", name="ÄRZTE", day_rate=rate, actor=cast.cfo, now=now
            )
        with transaction(session):
            services.edit_team(
                session, queries.list_teams(session)[0], name="ÄRZTE", day_rate=rate,
                seen=("Ärzte", rate), actor=cast.cfo, now=now,
            )  # fmt: skip

        assert list(refusal.value.fields) == ["name"]

    def test_changes_a_team_only_as_it_was_seen(
        self, session: Session, cast: Cast, cycle: Cycle, now: datetime
    ) -> None:
        team = queries.list_teams(session)[0]
        seen = ("Digital", Money(800_00, "EUR"))
        with transaction(session):
            services.edit_team(
                session, team, name="Digital", day_rate=Money(850_00, "EUR"), seen=seen,
                actor=cast.cfo, now=now,
            )  # fmt: skip

        with pytest.raises(ConflictError) as refusal, transaction(session):
            services.edit_team(
                session, team, name="Digital", day_rate=Money(750_00, "EUR"), seen=seen,
                actor=cast.cfo, now=now,
            )  # fmt: skip

        assert refusal.value.theirs["Day rate"] == "€850.00"


class TestSetCapacities:
    def _set(
        self,
        session: Session,
        cast: Cast,
        cycle: Cycle,
        now: datetime,
        days: dict,
        version: int = 1,
    ) -> None:
        with transaction(session):
            services.set_capacities(
                session, queries.get_cycle(session, cycle.id), days,
                expected_version=version, actor=cast.cfo, now=now,
            )  # fmt: skip

    def test_sets_the_days(self, session: Session, cast: Cast, cycle: Cycle, now: datetime) -> None:
        self._set(session, cast, cycle, now, {("digital", Q1): Decimal("12.5")})

        stored = queries.get_cycle(session, cycle.id)
        assert [row.available_days for row in stored.capacities[:2]] == [Decimal("12.5"), 300]
        assert (stored.version, _events(session)) == (2, ["cycle.capacities_set"])

    def test_takes_a_team_out_that_has_no_figure(
        self, session: Session, cast: Cast, cycle: Cycle, now: datetime
    ) -> None:
        self._set(session, cast, cycle, now, {("digital", q): None for q in cycle.quarters})

        assert queries.get_cycle(session, cycle.id).capacities == []

    def test_takes_a_team_in(
        self, session: Session, cast: Cast, cycle: Cycle, now: datetime
    ) -> None:
        with transaction(session):
            bare = make_cycle(session, state=CycleState.DRAFT, name="FY27 H2", quarter_count=2)

        self._set(
            session, cast, bare, now, {("digital", Q1): Decimal(1), ("digital", Q2): Decimal(0)}
        )

        assert len(queries.get_cycle(session, bare.id).capacities) == 2

    @pytest.mark.parametrize("days", [Decimal(-1), Decimal(999_999_999), None])
    def test_names_the_cell_it_refuses(
        self, session: Session, cast: Cast, cycle: Cycle, now: datetime, days: Decimal | None
    ) -> None:
        with pytest.raises(InvalidError) as refusal:
            self._set(
                session, cast, cycle, now, {("digital", Q1): days, ("digital", Q2): Decimal(1)}
            )

        assert list(refusal.value.fields) == ["days-digital-2027-Q1"]

    def test_refuses_what_somebody_else_has_saved(
        self, session: Session, cast: Cast, cycle: Cycle, now: datetime
    ) -> None:
        with pytest.raises(ConflictError):
            self._set(session, cast, cycle, now, {("digital", Q1): Decimal(1)}, version=7)


class TestFindCurrentCycle:
    def test_is_the_open_one_of_today(self, session: Session, today: date) -> None:
        with transaction(session):
            make_cycle(
                session, name="FY26 H2", starts_on=date(2026, 7, 1), ends_on=date(2026, 12, 31)
            )
            running = make_cycle(session)
            make_cycle(
                session, name="FY27 H2", starts_on=date(2027, 7, 1), ends_on=date(2027, 12, 31)
            )

        assert queries.find_current_cycle(session, today) is running

    def test_is_the_last_open_one_between_cycles(self, session: Session) -> None:
        with transaction(session):
            last = make_cycle(session)

        assert queries.find_current_cycle(session, date(2028, 1, 1)) is last

    def test_is_none_before_the_first(self, session: Session, today: date) -> None:
        with transaction(session):
            make_cycle(session, state=CycleState.DRAFT)

        assert queries.find_current_cycle(session, today) is None


class TestGetCycle:
    def test_refuses_what_is_not_there(self, session: Session) -> None:
        with pytest.raises(NotFoundError):
            queries.get_cycle(session, 99)

    def test_takes_few_queries(self, session: Session, cycle: Cycle) -> None:
        loaded = queries.get_cycle(session, cycle.id)

        assert loaded.funds[0].fund.key == "capex"
        assert loaded.capacities[0].team.key == "digital"
        assert queries.budget_totals(session) == {cycle.id: 12_000_000_00}
