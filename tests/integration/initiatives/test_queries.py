"""Reading initiatives: the registry's filters, order and figures, candidates whole."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from app.calendar.queries import currency_ties
from app.db.session import transaction
from app.errors import NotFoundError
from app.initiatives.queries import (
    RegistryFilter,
    get_initiative,
    list_registry,
    load_candidates,
    load_choices,
    load_figures,
    load_full_value,
)
from app.initiatives.queries.registry import SORTS
from app.initiatives.rules import EvidenceGrade, InitiativeState, Lens
from app.initiatives.services import add_option, answer_questions, edit_option
from app.journeys.queries import acting_on
from app.portfolio.engine.crediting import standalone_value
from app.portfolio.engine.parsing import parse_problem
from app.portfolio.queries import get_scenario
from app.portfolio.queries.facts import load_problem_facts
from app.portfolio.rules.building import build_problem
from app.portfolio.services.scenarios import ScenarioDraft, create_scenario
from app.values.quarter import Quarter
from tests.factories.accounts import Cast
from tests.factories.initiatives import (
    NOW,
    Company,
    make_candidate,
    make_complete,
    make_draft,
    option_draft,
)


def keys(session: Session, order: str = "key", **wanted: Any) -> list[str]:
    lines, _ = list_registry(session, RegistryFilter(**wanted), order=order)
    return [line.key for line in lines]


class TestListRegistry:
    @pytest.fixture(autouse=True)
    def initiatives(self, session: Session, cast: Cast, company: Company) -> None:
        with transaction(session):
            make_candidate(session, cast, company, title="Zebra crossing")
            make_draft(session, cast, company, title="100% fewer calls", lens=Lens.PEOPLE)
            make_draft(session, cast, company, title="apple", owner_id=cast.lead.id, unit="Sales")

    def test_filters_by_every_column(self, session: Session, cast: Cast, company: Company) -> None:
        assert keys(session, state=InitiativeState.CANDIDATE) == ["CX-101"]
        assert keys(session, lens=Lens.PEOPLE) == ["CX-102"]
        assert keys(session, owner_id=cast.lead.id) == ["CX-103"]
        assert keys(session, unit="Sales") == ["CX-103"]
        assert len(keys(session, journey=company.journey.key)) == 3
        assert keys(session, journey="other") == []
        assert len(keys(session, cycle_id=company.cycle.id)) == 3

    def test_finds_words_in_title_and_key_and_takes_signs_as_they_are(
        self, session: Session
    ) -> None:
        assert keys(session, text="cross ZEB") == ["CX-101"]
        assert keys(session, text="cx-10") == ["CX-101", "CX-102", "CX-103"]
        assert keys(session, text="100%") == ["CX-102"]
        assert keys(session, text="_") == []

    def test_orders_by_any_column_both_ways(self, session: Session) -> None:
        assert keys(session, "title") == ["CX-102", "CX-103", "CX-101"]
        assert keys(session, "-title") == ["CX-101", "CX-103", "CX-102"]
        assert keys(session, "-cost")[0] == "CX-101"
        assert keys(session, "nonsense") == ["CX-101", "CX-102", "CX-103"]

    def test_knows_the_total_on_every_page(self, session: Session) -> None:
        lines, total = list_registry(session, RegistryFilter(), order="key", offset=2, limit=2)
        assert ([line.key for line in lines], total) == (["CX-103"], 3)
        lines, total = list_registry(session, RegistryFilter(), order="key", offset=9, limit=2)
        assert (lines, total) == ([], 3)

    @pytest.mark.parametrize("wanted", [{}, {"journey": "billing"}, {"text": "a"}])
    def test_cuts_every_order_into_the_same_pages(
        self, session: Session, company: Company, wanted: dict[str, str]
    ) -> None:
        if "journey" in wanted:
            wanted = {"journey": company.journey.key}
        for order in [sign + name for name in SORTS for sign in ("", "-")]:
            whole = keys(session, order, **wanted)
            assert whole
            pages = [
                list_registry(
                    session, RegistryFilter(**wanted), order=order, offset=offset, limit=1
                )
                for offset in range(len(whole))
            ]
            assert [line.key for lines, _ in pages for line in lines] == whole
            assert {total for _, total in pages} == {len(whole)}

    def test_offers_only_what_occurs(self, session: Session, cast: Cast) -> None:
        choices = load_choices(session)

        assert [word for _, word in choices.owners] == [cast.lead.name, cast.owner.name]
        assert choices.units == (("Claims", "Claims"), ("Sales", "Sales"))

    def test_takes_as_many_queries_for_ten_as_for_three(
        self, session: Session, cast: Cast, company: Company
    ) -> None:
        few = self.count(session)
        with transaction(session):
            for _ in range(7):
                make_candidate(session, cast, company)

        assert self.count(session) == few <= 5

    def count(self, session: Session) -> int:
        statements: list[str] = []
        connection = session.connection()

        def note(*args: Any) -> None:
            statements.append(args[2])

        event.listen(connection, "before_cursor_execute", note)
        lines, _ = list_registry(session, RegistryFilter(), order="key")
        load_figures(session, lines)
        event.remove(connection, "before_cursor_execute", note)
        return len(statements)


class TestFigures:
    def test_a_draft_says_what_it_lacks_first(
        self, session: Session, cast: Cast, company: Company
    ) -> None:
        with transaction(session):
            bare = make_draft(session, cast, company)
            whole = make_complete(session, cast, company)
        lines, _ = list_registry(session, RegistryFilter(), order="key")
        figures = load_figures(session, lines)

        assert figures[bare.id].next_step == "Name a sponsor."
        assert figures[bare.id].value is None
        assert figures[whole.id].next_step == "Submit to Finance"

    def test_a_declared_benefit_is_named_as_such(
        self, session: Session, cast: Cast, company: Company
    ) -> None:
        with transaction(session):
            made = make_draft(session, cast, company)
            declared = option_draft(
                company, declared_benefit_minor=100_000_00, declared_grade=EvidenceGrade.E,
                declared_source="Business case of the registry", go_live_quarters=0,
            )  # fmt: skip
            add_option(session, made, declared, expected_version=None, actor=cast.lead, now=NOW)
        lines, _ = list_registry(session, RegistryFilter(), order="key")
        figures = load_figures(session, lines)[made.id]

        assert figures.is_declared
        assert figures.value is not None
        assert figures.value.minor == round(20_000_00 * 1.09 ** (-0.5 / 4))

    def test_a_cost_of_nines_or_far_from_the_others_is_flagged(
        self, session: Session, cast: Cast, company: Company
    ) -> None:
        with transaction(session):
            for _ in range(3):
                make_candidate(session, cast, company)
            odd, far = (make_complete(session, cast, company) for _ in range(2))
            for one, minor in ((odd, 999_999_999_00), (far, 160_000_000_00)):
                changed = option_draft(company, spend={(company.capex.id, 0): minor})
                edit_option(
                    session, one, "full", changed, expected_version=None, actor=cast.lead, now=NOW
                )
        lines, _ = list_registry(session, RegistryFilter(), order="key")
        figures = load_figures(session, lines)

        assert "all nines" in (figures[odd.id].flag or "")
        assert "1,000 times the median" in (figures[far.id].flag or "")
        assert sum(1 for one in figures.values() if one.flag) == 2


class TestAgainstThePortfolio:
    @pytest.mark.parametrize("start", [Quarter(2027, 1), Quarter(2027, 3)])
    def test_registry_and_optimizer_show_the_same_cent(
        self, session: Session, cast: Cast, company: Company, start: Quarter
    ) -> None:
        with transaction(session):
            made = make_candidate(session, cast, company, planned_start=start)
            scenario = create_scenario(
                session, company.cycle, ScenarioDraft("All"), actor=cast.lead, now=NOW
            )
        session.expire_all()
        loaded = load_problem_facts(session, get_scenario(session, scenario.id), today=None)
        problem = parse_problem(build_problem(loaded.facts).document)
        at = start - company.cycle.first_quarter
        placement = next(one for one in problem.placements if one.start == at)

        mine = load_full_value(session, get_initiative(session, made.key))
        assert mine is not None
        assert mine.minor == standalone_value(problem, placement) > 0


class TestLoadCandidates:
    def test_gives_everything_a_choice_depends_on_in_a_fixed_number_of_queries(
        self, session: Session, cast: Cast, company: Company
    ) -> None:
        with transaction(session):
            for _ in range(3):
                make_candidate(session, cast, company)
            make_draft(session, cast, company)
        session.expire_all()

        found = load_candidates(session, company.cycle.id)

        assert [one.key for one in found] == ["CX-101", "CX-102", "CX-103"]
        first = found[0]
        assert first.journey is not None
        assert first.options[0].spend[0].fund.name
        assert first.options[0].demand[0].team.name
        assert first.options[0].effects[0].pool.journey.name
        assert first.milestones[0].criteria[0].threshold == Decimal("1.8")
        assert (first.dependencies, first.exclusions) == ([], [])


class TestTies:
    def test_a_journey_sees_who_changes_its_touchpoints(
        self, session: Session, cast: Cast, company: Company
    ) -> None:
        with transaction(session):
            made = make_draft(session, cast, company)
            session.refresh(company.journey, ["touchpoints"])
            where = company.journey.touchpoints[0].id
            answer_questions(
                session, made, {}, touchpoint_ids=[where], expected_version=None,
                actor=cast.lead, now=NOW,
            )  # fmt: skip

        (acting,) = acting_on(session, company.journey.id)[where]
        assert (acting.key, acting.state, acting.is_live) == (made.key, "Draft", False)
        assert acting.note == "a draft is being written"

    def test_a_cycle_with_proposals_keeps_its_currency(
        self, session: Session, cast: Cast, company: Company
    ) -> None:
        assert currency_ties(session, company.cycle.id) == []
        with transaction(session):
            make_draft(session, cast, company)

        assert "Initiatives are proposed" in currency_ties(session, company.cycle.id)[0]


def test_what_is_not_there_is_not_found(session: Session) -> None:
    with pytest.raises(NotFoundError):
        get_initiative(session, "CX-1")
