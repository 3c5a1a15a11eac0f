"""Freeze the problem of a scenario twice: with a running initiative going on, and without it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from app.portfolio.models import Scenario
from app.portfolio.queries.facts import load_problem_facts
from app.portfolio.rules.running import MeasuredEffect, going_on, without
from app.portfolio.services.problem import FrozenProblem, freeze_facts
from app.values.quarter import Quarter


@dataclass(frozen=True, slots=True)
class RunningCase:
    """A running initiative: its effects as measured, and what ending it would free.

    ``freed`` are minor units by fund key and quarter; quarters before that of ``today`` are over.
    """

    key: str
    effects: Sequence[MeasuredEffect]
    freed: Mapping[tuple[str, Quarter], int]
    today: date


def freeze_running(
    session: Session, scenario: Scenario, case: RunningCase
) -> tuple[FrozenProblem, FrozenProblem]:
    """The problem in which the initiative goes on, and the one in which it has ended.

    Their best values differ by what others gain from its money, its people and what it leaves of
    the pools. Raises InvalidError as `freeze_problem`.
    """
    loaded = load_problem_facts(session, scenario, today=case.today)
    first = scenario.cycle.first_quarter
    goes = going_on(loaded.facts, case.key, case.effects)
    freed = {(fund, quarter - first): minor for (fund, quarter), minor in case.freed.items()}
    ends = without(goes, case.key, freed, loaded.facts.present)
    both = (freeze_facts(scenario, loaded, one, today=case.today) for one in (goes, ends))
    return next(both), next(both)
