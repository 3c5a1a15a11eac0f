"""The optimizer alone, on problem files: no database, no web."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn

import click
from flask.cli import AppGroup

from app.portfolio.engine import (
    Plan,
    PlanStatus,
    Problem,
    ProblemError,
    Progress,
    parse_problem,
    result_json,
    solve,
    verify,
)
from app.portfolio.engine.reading import Limits, check_byte_count
from app.portfolio.engine.sandbox import CBC, HIGHS, Backend
from app.values.money import CURRENCY_DIGITS
from config import read_settings

BAD_INPUT, INFEASIBLE, NO_PLAN = 2, 3, 4

portfolio_cli = AppGroup("portfolio", help="Choose from a problem file, and check results.")

FIGURES = ("Spend", "Budget", "Value", "Loses", "Price", "Share", "P10")
"""Heads of the first column of figures."""

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@portfolio_cli.command("solve", with_appcontext=False)
@click.argument("file", type=FILE)
@click.option("--json", "as_json", is_flag=True, help="Print the result file instead of a table.")
@click.option("--time-limit", type=click.FloatRange(0.1, 86_400), default=60.0, show_default=True)
@click.option(
    "--gap", type=click.FloatRange(0, 1), default=0.0, show_default=True,
    help="Be content with a plan within this share of the best (0.01 is 1 %).",
)  # fmt: skip
def solve_command(file: Path, as_json: bool, time_limit: float, gap: float) -> None:
    """Choose the most valuable plan of FILE.

    Exit code 0: a plan · 2: the file cannot be used · 3: the limits cannot hold together ·
    4: no plan in time. A solver process uses SOLVER_MEMORY_MB of memory at most.
    """
    problem = read_problem(file)
    watch = None if as_json or not sys.stderr.isatty() else _progress_line(problem)
    try:
        plan = solve(
            problem, time_limit=time_limit, gap=gap, on_progress=watch, backends=backends()
        )
    finally:
        if watch:
            click.echo("", err=True)
    if as_json:
        click.echo(json.dumps(result_json(plan), ensure_ascii=False, indent=1))
    else:
        click.echo("\n".join(plan_lines(plan)))
    if plan.status is PlanStatus.INFEASIBLE:
        sys.exit(INFEASIBLE)
    if not plan.has_plan:
        sys.exit(NO_PLAN)


@portfolio_cli.command("verify", with_appcontext=False)
@click.argument("file", type=FILE)
@click.argument("result", type=FILE)
def verify_command(file: Path, result: Path) -> None:
    """Recount RESULT from its choices and list everything that differs.

    Exit code 0: every figure holds · 1: something differs · 2: a file cannot be used.
    """
    problem = read_problem(file)
    content = read_content(result)
    try:
        stated: Any = json.loads(content)
    except (ValueError, RecursionError) as error:
        click.echo(f"{result.name} is not JSON: {error}", err=True)
        sys.exit(BAD_INPUT)
    if not isinstance(stated, dict) or stated.get("format") != "waymark/result":
        click.echo(f"{result.name} is no result file of “portfolio solve --json”.", err=True)
        sys.exit(BAD_INPUT)
    differences = verify(problem, stated)
    for difference in differences:
        click.echo(str(difference))
    if differences:
        sys.exit(1)
    click.echo("Every figure holds.")


def read_problem(file: Path) -> Problem:
    """The problem in a file; faults end the command."""
    content = read_content(file)
    try:
        return parse_problem(content, limits=_limits_of_files())
    except ProblemError as error:
        _refuse(file, error.lines)


def read_content(file: Path) -> bytes:
    """What is in an ordinary file, whose size is looked at first; a refusal ends the command."""
    most = _limits_of_files()
    try:
        if not file.is_file():
            _refuse(file, ["$: is no ordinary file. Save what it gives as one."])
        check_byte_count(file.stat().st_size, most)
        with file.open("rb") as opened:
            # No more than is allowed, should it be longer than it says.
            return opened.read(most.bytes + 1)
    except ProblemError as error:
        _refuse(file, error.lines)
    except OSError as error:
        _refuse(file, [f"$: cannot be read: {error.strerror}."])


def _refuse(file: Path, lines: Iterable[str]) -> NoReturn:
    for line in lines:
        click.echo(line, err=True)
    click.echo(f"{file.name} cannot be used.", err=True)
    sys.exit(BAD_INPUT)


def _limits_of_files() -> Limits:
    settings = read_settings(os.environ)
    return Limits(
        bytes=settings["FILE_MEGABYTES"] * 1_000_000,
        initiatives=settings["FILE_INITIATIVES"],
        rules=settings["FILE_RULES"],
    )


def _progress_line(problem: Problem) -> Callable[[Progress], None]:
    def show(progress: Progress) -> None:
        value = "–" if progress.value is None else money(progress.value, problem.currency)
        gap = "" if progress.gap is None else f", at most {progress.gap:.2%} more possible"
        line = f"{progress.seconds:5.0f} s  {progress.phase}: {value}{gap}"
        click.echo(f"\r{line:<78}", err=True, nl=False)

    return show


def backends() -> list[Backend]:
    """The solvers, with the memory that the setting gives them."""
    size = read_settings(os.environ)["SOLVER_MEMORY_MB"] * 2**20
    return [replace(backend, memory_bytes=size) for backend in (HIGHS, CBC)]


def money(minor: int, currency: str) -> str:
    """The exact amount with thousands grouped, without its currency."""
    digits = CURRENCY_DIGITS.get(currency, 2)
    sign = "\u2212" if minor < 0 else ""
    whole, part = divmod(abs(minor), 10**digits)
    return f"{sign}{whole:,}" + (f".{part:0{digits}d}" if digits else "")


def plan_lines(plan: Plan) -> list[str]:
    """The plan as a person reads it."""
    lines = [status_sentence(plan)]
    if plan.conflict:
        lines.append("A plan would be possible without: " + ", ".join(plan.conflict))
    if plan.message:
        lines.append(f"Note: {plan.message}")
    if not plan.has_plan:
        return lines
    rows = [
        (
            row.initiative, row.option, row.start, *(
                money(amount, plan.currency)
                for amount in (
                    row.spend, row.value_allocated, row.value_standalone, row.value_marginal,
                )
            ),
        )
        for row in plan.funded
    ]  # fmt: skip
    total = money(sum(row.value_allocated for row in plan.funded), plan.currency)
    rows.append(("Total", "", "", money(plan.spend, plan.currency), total, "", ""))
    if plan.paid:
        rows += _payment_rows(plan)
    heads = ("Initiative", "Option", "Start", "Spend", "Allocated", "Standalone", "Marginal")
    left = _some([row.initiative for row in plan.not_funded])
    lines += ["", *table(heads, rows), "", f"Not funded: {left}", ""]
    lines += _limits(plan)
    return lines


def _payment_rows(plan: Plan) -> list[tuple[str, ...]]:
    """What broken soft rules take off the total, and what is left: the plan's value."""
    rows = [
        (f"Paid for {rule.key}", "", "", "", money(-rule.paid, plan.currency), "", "")
        for rule in plan.rules
        if rule.paid
    ]
    return [*rows, ("Value", "", "", "", money(plan.value or 0, plan.currency), "", "")]


def status_sentence(plan: Plan) -> str:
    """What is known about the plan, in words."""
    value = "" if plan.value is None else f"{plan.currency} {money(plan.value, plan.currency)}"
    gap = "" if plan.gap is None else f", within {plan.gap:.3%} of the best possible"
    match plan.status:
        case PlanStatus.OPTIMAL if plan.approximation:
            about = money(plan.approximation, plan.currency)
            return f"Proven optimal to {plan.currency} {about} of overlap approximation: {value}."
        case PlanStatus.OPTIMAL:
            return f"Proven optimal: {value}."
        case PlanStatus.WITHIN_GAP:
            return f"Good enough as asked: {value}{gap}."
        case PlanStatus.INFEASIBLE:
            return "No plan can keep every limit and rule."
        case _ if plan.value is None:
            return "No plan was found in time."
        case PlanStatus.TIME_LIMIT:
            return f"Time ran out: {value}{gap or ', bound unknown'}."
        case PlanStatus.STOPPED:
            return f"Stopped: {value}{gap or ', bound unknown'}."
    return f"The solver failed; best plan found before: {value}."


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - 20:,} more" if len(names) > 20 else ""
    return (", ".join(names[:20]) or "none") + more


def _limits(plan: Plan) -> list[str]:
    heads = ("Fund", "Quarter", "Budget", "Arrived", "Committed", "Spend", "Left", "Moved on")
    rows = [
        (
            fund.key, plan.quarters[place], *(
                money(amount, plan.currency)
                for amount in (
                    quarter.budget, quarter.arrived, quarter.committed, quarter.spend,
                    quarter.left, quarter.moved,
                )
            ),
        )
        for fund in plan.funds
        for place, quarter in enumerate(fund.quarters)
    ]  # fmt: skip
    lines = table(heads, rows)
    binding = [rule.key for rule in plan.rules if rule.binding and not rule.miss]
    if binding:
        lines += ["", f"Rules at their limit: {_some(binding)}"]
    broken = [
        f"{rule.key} ({rule.type}) is missed by {rule.miss:,} and costs "
        f"{money(rule.paid, plan.currency)}"
        for rule in plan.rules
        if rule.miss
    ]
    if broken:
        lines += ["", "Soft rules broken:", *broken]
    if plan.greedy is not None:
        value = money(plan.greedy.value, plan.currency)
        less = money(plan.greedy.shortfall, plan.currency)
        lines += ["", f"The best ranked list ({plan.greedy.list}) reaches {value}, {less} less."]
    lines.append(f"{plan.solver}, {plan.seconds:.1f} s, problem {plan.digest[:12]}")
    return lines


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Columns of text; money to the right."""
    lines = [tuple(heads), *(tuple(row) for row in rows)]
    widths = [max(len(row[column]) for row in lines) for column in range(len(heads))]
    first_figure = next((i for i, head in enumerate(heads) if head in FIGURES), len(heads))
    return [
        "  ".join(
            cell.rjust(width) if column >= first_figure else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in lines
    ]
