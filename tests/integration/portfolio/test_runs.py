"""Runs: asked for once, carried out in turn, stopped, lost, and never believed unchecked."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.audit.models import AuditEvent
from app.db.session import transaction
from app.errors import AppError, ConflictError, InvalidError, NotAllowedError
from app.handlers import HANDLERS
from app.initiatives.models import Option
from app.initiatives.rules import InitiativeState, Spread
from app.jobs.models import Job
from app.jobs.rules import JobState
from app.jobs.services import reap
from app.portfolio.engine import Plan, parse_problem, solve, verify
from app.portfolio.engine.answers import read_ranges
from app.portfolio.engine.sandbox import Backend
from app.portfolio.models import Run
from app.portfolio.queries import find_earlier_run, get_run, get_scenario
from app.portfolio.queries.answers import UntrueAnswerError, load_answer
from app.portfolio.rules.demands import DemandKind
from app.portfolio.rules.pins import PinKind
from app.portfolio.services.bindings import DemandDraft, PinDraft, add_demand, place_pin
from app.portfolio.services.problem import freeze_problem
from app.portfolio.services.runs import KIND, RunOptions, start_run, stop_run
from app.portfolio.services.scenarios import ScenarioDraft, duplicate_scenario
from app.portfolio.services.solving import solve_run
from app.values.canonical import canonical_json, digest
from tests.factories.accounts import Cast
from tests.factories.portfolio import (
    SOLVER_MEMORY,
    Portfolio,
    begin,
    carry_out,
    exclude,
    make_portfolio,
    take,
    tie,
)


@pytest.fixture
def portfolio(session: Session, cast: Cast) -> Portfolio:
    with transaction(session):
        return make_portfolio(session, cast)


@pytest.fixture
def ask(session: Session, portfolio: Portfolio, cast: Cast, now: datetime) -> Callable[..., int]:
    """Start a run of the small portfolio's scenario as the lead."""

    def started(**options: object) -> int:
        chosen = {"actor": cast.lead, "now": now, **options}
        return begin(session, portfolio.scenario.id, **chosen)  # type: ignore[arg-type]

    return started


class TestStart:
    def test_freezes_a_canonical_problem_with_its_names(
        self, session: Session, portfolio: Portfolio, ask: Callable[..., int]
    ) -> None:
        run = get_run(session, ask())
        assert digest(run.problem) == run.digest == parse_problem(run.problem).digest
        assert [one["key"] for one in run.inputs["initiatives"]] == sorted(portfolio.candidates)
        assert run.inputs["scenario"]["version"] == run.scenario_version
        assert run.inputs["pools"][0]["source"] == "Contact statistics 2026"

    def test_sending_twice_starts_one_run(self, session: Session, ask: Callable[..., int]) -> None:
        key = "0" * 32
        assert ask(request_key=key) == ask(request_key=key)
        assert session.scalars(select(Run.id)).all() == [1]

    def test_the_same_key_with_other_options_is_refused(self, ask: Callable[..., int]) -> None:
        ask(request_key="0" * 32)
        with pytest.raises(InvalidError):
            ask(request_key="0" * 32, seconds=5)

    def test_an_answered_question_is_not_asked_again(
        self, session: Session, ask: Callable[..., int], now: datetime
    ) -> None:
        first = ask()
        carry_out(session, now)
        assert ask() == first
        assert ask(seconds=5) != first

    def test_a_later_version_gets_a_run_of_its_own_with_the_known_answer(
        self,
        session: Session,
        portfolio: Portfolio,
        ask: Callable[..., int],
        now: datetime,
    ) -> None:
        first = ask()
        carry_out(session, now)
        with transaction(session):
            get_scenario(session, portfolio.scenario.id).note = "The same limits"
        second = ask()
        assert second != first
        assert carry_out(session, now).told == []
        assert get_run(session, second).scenario_version == 2

    def test_other_ranges_get_a_run_of_its_own_that_keeps_them(
        self, session: Session, portfolio: Portfolio, ask: Callable[..., int], now: datetime
    ) -> None:
        first = ask()
        carry_out(session, now)
        with transaction(session):
            session.execute(update(Option).values(cost_low=Decimal("0.9"), cost_high=Decimal(2)))
        second = ask()
        assert second != first and carry_out(session, now).told == []
        one, other = get_run(session, first), get_run(session, second)
        assert (one.digest, one.result_digest) == (other.digest, other.result_digest)
        kept = read_ranges(other.inputs["ranges"], parse_problem(other.problem))
        assert kept.options["CX-101", "full"].cost == Spread(0.9, 1.0, 2.0, is_money=True)
        assert not read_ranges(one.inputs["ranges"], parse_problem(one.problem)).has_any

    def test_refuses_who_may_not(
        self, session: Session, portfolio: Portfolio, cast: Cast, now: datetime
    ) -> None:
        with pytest.raises(NotAllowedError):
            begin(session, portfolio.scenario.id, actor=cast.viewer, now=now)

    @pytest.mark.parametrize(
        ("options", "field"),
        [
            (RunOptions(0, Decimal(0)), "seconds"),
            (RunOptions(61, Decimal(0)), "seconds"),
            (RunOptions(5, Decimal("0.6")), "gap"),
            (RunOptions(5, Decimal("-0.1")), "gap"),
        ],
    )
    def test_refuses_options_out_of_range(
        self,
        session: Session,
        portfolio: Portfolio,
        cast: Cast,
        now: datetime,
        options: RunOptions,
        field: str,
    ) -> None:
        with pytest.raises(InvalidError) as refused, transaction(session):
            start_run(
                session, get_scenario(session, portfolio.scenario.id), options,
                longest_seconds=60, request_key="1" * 32, actor=cast.lead, now=now,
            )  # fmt: skip
        assert list(refused.value.fields) == [field]

    def test_refuses_more_candidates_than_the_setting_before_loading_any(
        self, session: Session, portfolio: Portfolio, cast: Cast, now: datetime
    ) -> None:
        with pytest.raises(InvalidError, match="6 candidates; a scenario chooses from at most 5"):
            start_run(
                session, get_scenario(session, portfolio.scenario.id), RunOptions(5, Decimal(0)),
                longest_seconds=60, most_candidates=5, request_key="1" * 32, actor=cast.lead,
                now=now,
            )  # fmt: skip

    def test_refuses_a_cycle_without_candidates(
        self, session: Session, portfolio: Portfolio, ask: Callable[..., int]
    ) -> None:
        with transaction(session):
            for one in portfolio.candidates.values():
                one.state = InitiativeState.CERTIFIED
        with pytest.raises(InvalidError, match="nothing to choose from"):
            ask()

    def test_refuses_pins_against_each_other_in_words(
        self,
        session: Session,
        portfolio: Portfolio,
        cast: Cast,
        now: datetime,
        ask: Callable[..., int],
    ) -> None:
        with transaction(session):
            tie(session, portfolio.candidates["CX-104"], portfolio.candidates["CX-103"])
        for key, kind in (("CX-104", PinKind.FUND), ("CX-103", PinKind.EXCLUDE)):
            with transaction(session):
                scenario = get_scenario(session, portfolio.scenario.id)
                place_pin(
                    session, scenario, PinDraft(key, kind, None, None, "Because"),
                    expected_version=scenario.version, actor=cast.lead, now=now,
                )  # fmt: skip
        with pytest.raises(InvalidError) as refused:
            ask()
        (text,) = refused.value.fields.values()
        assert text.startswith("“CX-104 needs CX-103")
        assert "$" not in text

    def test_refuses_pins_on_initiatives_that_exclude_each_other_by_name(
        self, session: Session, cast: Cast, portfolio: Portfolio, now: datetime
    ) -> None:
        with transaction(session):
            exclude(session, portfolio.candidates["CX-101"], portfolio.candidates["CX-103"])
            scenario = get_scenario(session, portfolio.scenario.id)
            for key in ("CX-101", "CX-103"):
                place_pin(
                    session, scenario, PinDraft(key, PinKind.FUND, None, None, "A promise"),
                    expected_version=scenario.version, actor=cast.lead, now=now,
                )  # fmt: skip
                session.flush()
        with pytest.raises(InvalidError) as refused:
            freeze_problem(session, get_scenario(session, portfolio.scenario.id), today=None)
        (words,) = refused.value.fields.values()
        assert words == (
            "CX-101 and CX-103 exclude each other, but “CX-101 is funded” and “CX-103 is funded” "
            "are both pinned. Take one of the two pins off."
        )

    def test_refuses_more_committed_than_budgeted(
        self,
        session: Session,
        portfolio: Portfolio,
        ask: Callable[..., int],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        cell = (portfolio.capex.id, portfolio.cycle.first_quarter)
        monkeypatch.setattr("app.calendar.queries.BUDGET_FLOORS", [lambda *_: {cell: 300_000_01}])
        with pytest.raises(InvalidError, match="do not cover what is committed") as refused:
            ask()
        assert "€0.01 more is committed" in refused.value.fields["capex"]


class TestSolve:
    def test_keeps_a_recounted_answer_and_one_event(
        self, session: Session, ask: Callable[..., int], now: datetime
    ) -> None:
        run_id = ask()
        carry_out(session, now)
        run = get_run(session, run_id)
        assert run.job.state is JobState.DONE
        assert run.result is not None
        result = json.loads(run.result)
        assert verify(parse_problem(run.problem), result) == []
        assert result["status"] == "optimal"
        assert sum(row["value_allocated"] for row in result["funded"]) == result["value"]
        assert run.job.progress is not None
        assert run.job.progress["value"] == result["value"]
        actions = session.scalars(
            select(AuditEvent.action).where(AuditEvent.subject == f"run:{run_id}")
        ).all()
        assert actions == ["run.started", "run.answered"]

    def test_tells_value_and_bound_while_it_works(
        self, session: Session, ask: Callable[..., int], now: datetime
    ) -> None:
        ask()
        told = carry_out(session, now).told
        assert {"doing", "value", "bound", "gap", "seconds", "trace"} <= told[0].keys()

    def test_takes_over_the_answer_another_scenario_has_to_the_same_problem(
        self,
        session: Session,
        portfolio: Portfolio,
        cast: Cast,
        ask: Callable[..., int],
        now: datetime,
    ) -> None:
        first = ask()
        carry_out(session, now)
        with transaction(session):
            copy = duplicate_scenario(
                session, get_scenario(session, portfolio.scenario.id), ScenarioDraft("Copy"),
                actor=cast.lead, now=now,
            )  # fmt: skip
        second = begin(session, copy.id, actor=cast.lead, now=now)
        assert second != first
        told = carry_out(session, now).told
        assert told == []
        assert get_run(session, second).result == get_run(session, first).result

    def test_stopping_keeps_the_best_plan(
        self, session: Session, ask: Callable[..., int], cast: Cast, now: datetime
    ) -> None:
        run_id = ask()
        job = take(session, now, stop=lambda: True)
        assert job is not None
        with transaction(session):
            stop_run(session, get_run(session, run_id), actor=cast.lead, now=now)
        solve_run(job, memory_bytes=SOLVER_MEMORY)
        run = get_run(session, run_id)
        assert run.job.state is JobState.STOPPED
        assert run.result is not None
        result = json.loads(run.result)
        assert result["status"] == "stopped"
        assert result["funded"]

    def test_gives_every_solver_the_memory_of_the_setting(
        self,
        session: Session,
        ask: Callable[..., int],
        now: datetime,
        make_app: Callable[..., Flask],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        asked: list[int] = []

        def solved(
            *given: Any, backends: list[Backend], beside: list[Backend], **named: Any
        ) -> Plan:
            asked.extend(backend.memory_bytes for backend in [*backends, *beside])
            return solve(*given, **named)

        ask()
        job = take(session, now)
        assert job is not None
        monkeypatch.setattr("app.portfolio.services.solving.solve", solved)
        with make_app(SOLVER_MEMORY_MB=123, SOLVER_PROCESSES=3).app_context():
            HANDLERS[KIND](job)
        assert asked == [123 * 2**20] * 4

    @pytest.mark.parametrize("processes", [1, 2, 3])
    def test_searches_with_as_many_processes_as_the_setting_allows(
        self,
        processes: int,
        session: Session,
        ask: Callable[..., int],
        now: datetime,
        make_app: Callable[..., Flask],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        beside: list[int] = []

        def solved(*given: Any, **named: Any) -> Plan:
            beside.append(len(named["beside"]))
            return solve(*given, **named)

        ask()
        job = take(session, now)
        assert job is not None
        monkeypatch.setattr("app.portfolio.services.solving.solve", solved)
        with make_app(SOLVER_PROCESSES=processes).app_context():
            HANDLERS[KIND](job)
        assert beside == [processes - 1]

    def test_a_foreign_problem_is_refused(
        self, session: Session, ask: Callable[..., int], now: datetime
    ) -> None:
        run_id = ask()
        with transaction(session):
            run = session.get_one(Run, run_id)
            run.problem = run.problem.replace(b"CX-101", b"CX-199")
        job = take(session, now)
        assert job is not None
        with pytest.raises(UntrueAnswerError, match="not the one that was asked for"):
            solve_run(job, memory_bytes=SOLVER_MEMORY)
        assert get_run(session, run_id).result is None

    def test_no_solver_no_answer(
        self,
        session: Session,
        ask: Callable[..., int],
        now: datetime,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        ask()
        job = take(session, now)
        assert job is not None
        monkeypatch.setattr(
            "app.portfolio.services.solving.verify", lambda *_: ["it does not add up"]
        )
        with pytest.raises(AppError, match="its recount differ"):
            solve_run(job, memory_bytes=SOLVER_MEMORY)


class TestTurns:
    def test_two_runs_of_one_person_wait_their_turn(
        self, session: Session, ask: Callable[..., int], cast: Cast, now: datetime
    ) -> None:
        first, second = ask(seconds=5), ask(seconds=6)
        other = ask(seconds=7, actor=cast.cfo)
        begun = [take(session, now), take(session, now), take(session, now)]
        taken = [job.job_id for job in begun if job]
        assert taken == [get_run(session, first).job_id, get_run(session, other).job_id]
        assert find_earlier_run(session, get_run(session, second)) == first
        assert find_earlier_run(session, get_run(session, other)) is None


class TestStop:
    def test_a_waiting_run_ends_at_once(
        self, session: Session, ask: Callable[..., int], cast: Cast, now: datetime
    ) -> None:
        run_id = ask()
        with transaction(session):
            stop_run(session, get_run(session, run_id), actor=cast.cfo, now=now)
        assert get_run(session, run_id).job.state is JobState.STOPPED
        with pytest.raises(ConflictError, match="over already"), transaction(session):
            stop_run(session, get_run(session, run_id), actor=cast.cfo, now=now)

    def test_refuses_who_may_not(
        self, session: Session, ask: Callable[..., int], cast: Cast, now: datetime
    ) -> None:
        run_id = ask()
        with pytest.raises(NotAllowedError), transaction(session):
            stop_run(session, get_run(session, run_id), actor=cast.viewer, now=now)


class TestLost:
    def test_a_killed_run_is_begun_once_more_and_then_lost(
        self, session: Session, ask: Callable[..., int], now: datetime
    ) -> None:
        run_id = ask()
        states = []
        for _ in range(2):
            assert take(session, now) is not None
            with transaction(session):
                silent = session.scalars(select(Job).where(Job.state == JobState.RUNNING)).all()
                reap(session, silent, now=now + timedelta(hours=1))
            states.append(get_run(session, run_id).job.state)
        assert states == [JobState.QUEUED, JobState.LOST]


class TestAnswer:
    def solved(self, session: Session, ask: Callable[..., int], now: datetime) -> int:
        run_id = ask()
        carry_out(session, now)
        return run_id

    def test_is_none_while_there_is_no_result(
        self, session: Session, ask: Callable[..., int]
    ) -> None:
        assert load_answer(get_run(session, ask())) is None

    def test_is_the_same_object_for_the_same_run(
        self, session: Session, ask: Callable[..., int], now: datetime
    ) -> None:
        run_id = self.solved(session, ask, now)
        assert load_answer(get_run(session, run_id)) is load_answer(get_run(session, run_id))

    def test_a_changed_problem_is_noticed(
        self, session: Session, ask: Callable[..., int], now: datetime
    ) -> None:
        run_id = self.solved(session, ask, now)
        with transaction(session):
            run = session.get_one(Run, run_id)
            run.problem = run.problem.replace(b"CX-101", b"CX-199")
        with pytest.raises(UntrueAnswerError):
            load_answer(get_run(session, run_id))

    def test_a_changed_result_is_noticed_even_with_a_new_digest(
        self, session: Session, ask: Callable[..., int], now: datetime
    ) -> None:
        run_id = self.solved(session, ask, now)
        with transaction(session):
            run = session.get_one(Run, run_id)
            assert run.result is not None
            result = json.loads(run.result)
            result["value"] += 1
            run.result = canonical_json(result)
        with pytest.raises(UntrueAnswerError, match="not the one the run ended with"):
            load_answer(get_run(session, run_id))
        with transaction(session):
            run = session.get_one(Run, run_id)
            assert run.result is not None
            run.result_digest = digest(run.result)
        with pytest.raises(UntrueAnswerError) as refused:
            load_answer(get_run(session, run_id))
        assert "$.value" in {one.path for one in refused.value.differences}


class TestProblem:
    def test_is_the_same_for_the_same_facts(self, session: Session, portfolio: Portfolio) -> None:
        scenario = get_scenario(session, portfolio.scenario.id)
        first, again = (freeze_problem(session, scenario, today=None) for _ in range(2))
        assert first.digest == again.digest

    def test_changes_with_a_rule(
        self, session: Session, portfolio: Portfolio, cast: Cast, now: datetime
    ) -> None:
        people = {"count": 1, "tag": "lens", "equals": "people"}
        before = freeze_problem(
            session, get_scenario(session, portfolio.scenario.id), today=None
        ).digest
        with transaction(session):
            scenario = get_scenario(session, portfolio.scenario.id)
            add_demand(
                session, scenario,
                DemandDraft(DemandKind.AT_LEAST, people, ""),
                expected_version=scenario.version, actor=cast.lead, now=now,
            )  # fmt: skip
        after = freeze_problem(session, get_scenario(session, portfolio.scenario.id), today=None)
        assert after.digest != before
        assert after.inputs["rules"] == [
            {"key": "R1", "sentence": "At least 1 initiative with lens = people", "reason": ""}
        ]
