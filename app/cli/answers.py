"""Answers beside the plan, on problem files: ``flask portfolio frontier|explain|…``."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import click

from app.cli.answer_words import (
    alternative_lines,
    comparison_lines,
    conflict_lines,
    frontier_lines,
    marginal_lines,
    outlook_lines,
    price_lines,
    robust_lines,
    why_lines,
)
from app.cli.portfolio import (
    BAD_INPUT,
    FILE,
    INFEASIBLE,
    NO_PLAN,
    backends,
    read_content,
    read_problem,
    status_sentence,
)
from app.portfolio.engine import Plan, PlanStatus, Problem, solve
from app.portfolio.engine.answers import (
    Answer,
    ComparisonError,
    Ranges,
    RangesError,
    Uncertainty,
    UncertaintyError,
    alternatives,
    answer_document,
    compare,
    comparison_document,
    conflicts,
    frontier,
    marginal_values,
    outlook,
    read_ranges,
    read_uncertainty,
    robustness,
    rule_prices,
    why_not,
)
from app.portfolio.engine.answers.desk import KEEPER
from app.portfolio.engine.answers.outlook import DRAWS
from app.portfolio.engine.answers.ranges import VALUE_SEED
from app.portfolio.engine.sandbox import Backend
from config import read_settings

Command = Callable[..., Any]
JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
GAP = click.option(
    "--gap", type=click.FloatRange(0, 1), default=0.001, show_default=True,
    help="Be content with plans within this share of the best.",
)  # fmt: skip


def _from_ranges(*, is_required: bool) -> Callable[[Command], Command]:
    words = "File with P10 and P90 of the inputs, as a run's page gives it."
    return click.option("--ranges", type=FILE, required=is_required, help=words)


def _seconds(default: float) -> Callable[[Command], Command]:
    kind = click.FloatRange(0.1, 86_400)
    return click.option("--time-limit", type=kind, default=default, show_default=True)


def _keeper() -> Backend:
    return replace(KEEPER, memory_bytes=read_settings(os.environ)["SOLVER_MEMORY_MB"] * 2**20)


def _planned(file: Path, seconds: float, gap: float = 0.0) -> tuple[Problem, Plan]:
    """The problem and its plan; without a plan the command ends here."""
    problem = read_problem(file)
    plan = solve(problem, time_limit=seconds, gap=gap, backends=backends())
    if plan.has_plan:
        return problem, plan
    click.echo(status_sentence(plan), err=True)
    if plan.status is PlanStatus.INFEASIBLE:
        click.echo(f"Ask “portfolio conflicts {file.name}” what cannot hold together.", err=True)
        sys.exit(INFEASIBLE)
    sys.exit(NO_PLAN)


def _print(problem: Problem, answer: Answer, lines: list[str], as_json: bool) -> None:
    if as_json:
        document = answer_document(problem, answer)
        click.echo(json.dumps(document, ensure_ascii=False, indent=1))
        return
    click.echo("\n".join(lines))
    if not answer.is_complete:
        click.echo("Time ran out before everything was looked at.", err=True)


@click.command("frontier")
@click.argument("file", type=FILE)
@JSON
@click.option("--fund", help="Change the budgets of this fund only.")
@click.option("--points", type=click.IntRange(2, 200), default=25, show_default=True)
@click.option("--from", "lowest", type=click.FloatRange(0, 10), default=0.25, show_default=True)
@click.option("--to", "highest", type=click.FloatRange(0, 10), default=2.0, show_default=True)
@GAP
@_seconds(60.0)
def frontier_command(
    file: Path, as_json: bool, fund: str | None, points: int, lowest: float, highest: float,
    gap: float, time_limit: float,
) -> None:  # fmt: skip
    """Value against budget for FILE, from a share of the budgets to another.

    Exit code 0: points · 2: the file cannot be used · 3: no budget allows a plan · 4: no point in
    time.
    """
    problem = read_problem(file)
    if fund is not None and fund not in {one.key for one in problem.funds}:
        raise click.BadParameter(f"“{fund}” is no fund of this problem.", param_hint="--fund")
    if lowest >= highest:
        raise click.BadParameter("must be below --to.", param_hint="--from")
    found = frontier(
        problem, fund=fund, points=points, gap=gap, time_limit=time_limit, backend=_keeper(),
        lowest=Fraction(str(lowest)), highest=Fraction(str(highest)),
    )  # fmt: skip
    _print(problem, found, frontier_lines(found, problem.currency), as_json)
    if not any(point.value is not None for point in found.points):
        impossible = found.points and all(point.is_infeasible for point in found.points)
        click.echo("No plan keeps all limits at any of these budgets." if impossible
                   else "No plan was found in time.", err=True)  # fmt: skip
        sys.exit(INFEASIBLE if impossible else NO_PLAN)


@click.command("explain")
@click.argument("file", type=FILE)
@JSON
@click.option("--only", multiple=True, help="Key of an initiative; may be given several times.")
@_seconds(120.0)
def explain_command(file: Path, as_json: bool, only: tuple[str, ...], time_limit: float) -> None:
    """Why initiatives of FILE are not funded, and what would bring each in.

    Exit code 0: answers · 2: the file cannot be used · 3: no plan is possible · 4: none in time.
    """
    problem, plan = _planned(file, time_limit)
    unknown = sorted(set(only) - {one.key for one in problem.initiatives})
    if unknown:
        message = f"{', '.join(unknown)}: no such initiative in this problem."
        raise click.BadParameter(message, param_hint="--only")
    found = why_not(problem, plan, only=only or None, time_limit=time_limit, backend=_keeper())
    _print(problem, found, why_lines(found, problem.currency), as_json)


@click.command("price")
@click.argument("file", type=FILE)
@JSON
@_seconds(60.0)
def price_command(file: Path, as_json: bool, time_limit: float) -> None:
    """What every rule and forced choice of FILE costs.

    Exit code 0: prices · 2: the file cannot be used · 3: no plan is possible · 4: none in time.
    """
    problem, plan = _planned(file, time_limit)
    found = rule_prices(problem, plan, time_limit=time_limit, backend=_keeper())
    _print(problem, found, price_lines(found, problem.currency), as_json)


@click.command("marginal")
@click.argument("file", type=FILE)
@JSON
@GAP
@_seconds(120.0)
def marginal_command(file: Path, as_json: bool, gap: float, time_limit: float) -> None:
    """What the plan of FILE loses without each initiative, also when its money buys others.

    Exit code 0: values · 2: the file cannot be used · 3: no plan is possible · 4: none in time.
    """
    problem, plan = _planned(file, time_limit)
    found = marginal_values(problem, plan, gap=gap, time_limit=time_limit, backend=_keeper())
    _print(problem, found, marginal_lines(found, problem.currency), as_json)


@click.command("outlook")
@click.argument("file", type=FILE)
@JSON
@_from_ranges(is_required=True)
@click.option("--draws", type=click.IntRange(10, 100_000), default=DRAWS, show_default=True)
@click.option("--seed", type=click.IntRange(0), default=VALUE_SEED, show_default=True)
@_seconds(60.0)
def outlook_command(
    file: Path, as_json: bool, ranges: Path, draws: int, seed: int, time_limit: float
) -> None:  # fmt: skip
    """How sure value and net value of the plan of FILE are, and which inputs matter most.

    Exit code 0: an answer · 2: a file cannot be used · 3: no plan is possible · 4: none in time.
    """
    problem, plan = _planned(file, time_limit)
    found = outlook(problem, plan, _ranges(ranges, problem), draws=draws, seed=seed)
    _print(problem, found, outlook_lines(found, problem.currency), as_json)


@click.command("robust")
@click.argument("file", type=FILE)
@JSON
@_from_ranges(is_required=False)
@click.option("--draws", type=click.IntRange(10, 10_000), default=200, show_default=True)
@click.option("--seed", type=click.IntRange(0), default=2027, show_default=True)
@GAP
@_seconds(120.0)
def robust_command(
    file: Path, as_json: bool, ranges: Path | None, draws: int, seed: int, gap: float,
    time_limit: float,
) -> None:  # fmt: skip
    """How the plan of FILE stands when its inputs turn out otherwise.

    They are drawn from a file of ranges, else as FILE says under "uncertainty", else as assumed.
    Exit code 0: an answer · 2: the file cannot be used · 3: no plan is possible · 4: none in time.
    """
    problem, plan = _planned(file, time_limit, gap)
    unsure = _uncertainty(file, problem) if ranges is None else _ranges(ranges, problem)
    found = robustness(
        problem, plan, uncertainty=unsure, draws=draws, seed=seed, gap=gap,
        time_limit=time_limit, backend=_keeper(),
    )  # fmt: skip
    _print(problem, found, robust_lines(found, problem.currency), as_json)
    if not found.draws:
        sys.exit(NO_PLAN)


def _ranges(file: Path, problem: Problem) -> Ranges:
    try:
        return read_ranges(json.loads(read_content(file).decode("utf-8-sig")), problem)
    except (RangesError, ValueError) as error:
        click.echo(f"{file.name}: {error}", err=True)
        sys.exit(BAD_INPUT)


def _uncertainty(file: Path, problem: Problem) -> Uncertainty:
    tree = json.loads(read_content(file).decode("utf-8-sig"))
    try:
        return read_uncertainty(tree.get("uncertainty", {}), problem)
    except UncertaintyError as error:
        click.echo(f"$.{error}", err=True)
        sys.exit(BAD_INPUT)


@click.command("alternatives")
@click.argument("file", type=FILE)
@JSON
@click.option("--count", type=click.IntRange(1, 50), default=5, show_default=True)
@click.option(
    "--distance", type=click.IntRange(1), default=1, show_default=True,
    help="Initiatives in which plans differ, at least.",
)  # fmt: skip
@click.option(
    "--within", type=click.FloatRange(0, 1), default=0.05, show_default=True,
    help="Share of the value that an alternative may be worth less.",
)  # fmt: skip
@_seconds(60.0)
def alternatives_command(
    file: Path, as_json: bool, count: int, distance: int, within: float, time_limit: float
) -> None:
    """The next best plans of FILE.

    Exit code 0: an answer · 2: the file cannot be used · 3: no plan is possible · 4: none in time.
    """
    problem, plan = _planned(file, time_limit)
    found = alternatives(
        problem, plan, count=count, distance=distance, within=within, time_limit=time_limit,
        backend=_keeper(),
    )  # fmt: skip
    _print(problem, found, alternative_lines(found, problem.currency), as_json)


@click.command("conflicts")
@click.argument("file", type=FILE)
@JSON
@_seconds(60.0)
def conflicts_command(file: Path, as_json: bool, time_limit: float) -> None:
    """What cannot hold together in FILE, and the ways out.

    Exit code 0: a plan is possible · 2: the file cannot be used · 3: none is, and here is why ·
    4: not known in time.
    """
    problem = read_problem(file)
    found = conflicts(problem, time_limit=time_limit, backend=_keeper())
    _print(problem, found, conflict_lines(found, problem.currency), as_json)
    if found.is_infeasible:
        sys.exit(INFEASIBLE)
    if not found.is_complete:
        sys.exit(NO_PLAN)


@click.command("compare")
@click.argument("files", type=FILE, nargs=-1, required=True)
@JSON
@GAP
@_seconds(60.0)
def compare_command(files: tuple[Path, ...], as_json: bool, gap: float, time_limit: float) -> None:
    """The plans of two to four FILES side by side; the first is what others are held against.

    Exit code 0: a comparison · 2: a file cannot be used · 3: one has no plan · 4: none in time.
    """
    plans = [(file.name, _planned(file, time_limit, gap)[1]) for file in files]
    try:
        found = compare(plans)
    except ComparisonError as error:
        click.echo(str(error), err=True)
        sys.exit(BAD_INPUT)
    if as_json:
        click.echo(json.dumps(comparison_document(found), ensure_ascii=False, indent=1))
    else:
        click.echo("\n".join(comparison_lines(found)))


ANSWERS = (
    frontier_command, explain_command, price_command, marginal_command, outlook_command,
    robust_command, alternatives_command, conflicts_command, compare_command,
)  # fmt: skip
"""Commands beside ``solve`` and ``verify``."""
