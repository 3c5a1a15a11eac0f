"""Freed money and the plan it buys now, beside the portfolio as it was."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.jobs.models import Job
from app.jobs.rules import JobState
from app.portfolio.presenters.names import Names
from app.portfolio.presenters.net import Net
from app.portfolio.presenters.results import plan_net
from app.portfolio.queries.answers import Answer
from app.roadmap.queries.freed import Freed, FreedCell, RunningLine
from app.roadmap.rules import HurdleAction
from app.roadmap.rules.comparing import Anyway
from app.values.money import Money
from app.web.filters import counted, money, quarter, signed

SHOWN = 60
"""Initiatives that go on, listed one by one."""


@dataclass(frozen=True, slots=True)
class FreedTable:
    """Freed money by quarter and fund, to the minor unit; ``again`` can still be planned."""

    rows: Sequence[tuple[str, str, str, str]]
    total: Money
    again: Money


def freed_table(cells: Sequence[FreedCell], currency: str) -> FreedTable:
    return FreedTable(
        rows=[
            (
                quarter(cell.quarter),
                cell.fund,
                money(Money(cell.minor, currency)),
                "yes" if cell.can_be_planned else "no, its time is over or no open cycle plans it",
            )
            for cell in cells
        ],
        total=Money(sum(cell.minor for cell in cells), currency),
        again=Money(sum(cell.minor for cell in cells if cell.can_be_planned), currency),
    )


@dataclass(frozen=True, slots=True)
class PortfolioChange:
    """The portfolio before the decision and with the new plan: added, dropped, unchanged.

    ``gains`` is what the added are worth, ``gives_up`` what the dropped was approved to bring.
    ``anyway`` is what could be bought without the freed money, None while it is not worked out;
    ``net`` sets the new plan against its own cost.
    """

    added: Sequence[tuple[str, str, str, str, str]]
    dropped: Sequence[tuple[str, str, str]]
    unchanged: Sequence[tuple[str, str, str]]
    unchanged_count: int
    spend: Money
    gains: Money
    gives_up: Money
    anyway: Anyway | None
    net: Net | None

    @property
    def adds(self) -> Money | None:
        """What the freed money adds, never less than nothing; None while it is not known."""
        if self.anyway is None:
            return None
        return Money(self.anyway.added_to(self.gains.minor), self.gains.currency)

    @property
    def figures(self) -> list[dict[str, Any]]:
        """The plan before, what could be bought anyway, what the freed money adds."""
        given = "approved of what is dropped; part of it may have come already"
        found: list[dict[str, Any]] = [
            {"label": "Value given up", "value": money(self.gives_up), "note": given},
            {
                "label": "New plan", "value": money(self.gains),
                "note": f"for {money(self.spend)} spent",
            },
        ]  # fmt: skip
        adds = self.adds
        if self.anyway is None or adds is None:
            return found
        currency = self.gains.currency
        spend = money(Money(self.anyway.spend, currency))
        found[1:] = [
            {
                "label": "Without the freed money",
                "value": money(Money(min(self.anyway.value, self.gains.minor), currency)),
                "note": f"could be bought anyway, for {spend}",
            },
            *found[1:],
            {"label": "Freed money adds", "value": money(adds), "note": "to what can be bought"},
            {
                "label": "Difference", "value": signed(adds - self.gives_up),
                "note": "what it adds, less what is given up",
            },
        ]  # fmt: skip
        return found

    @property
    def sentences(self) -> list[str]:
        """The comparison in words."""
        adds = self.adds
        if self.anyway is None or adds is None:
            return []
        if not adds:
            said = ["The freed money adds nothing: as much could be bought without it."]
        else:
            said = [f"The freed money adds {money(adds)} to what could be bought without it."]
        if self.anyway.bound > self.anyway.value:
            said.append("The plan without it is not proven best, so it may add less.")
        return said

    @property
    def words(self) -> str:
        return (
            f"{counted(len(self.added), 'initiative')} added, {len(self.dropped)} dropped, "
            f"{self.unchanged_count} unchanged."
        )


def portfolio_change(
    freed: Freed, running: Sequence[RunningLine], answer: Answer, anyway: Anyway | None
) -> PortfolioChange:
    """Hold a finished plan against what was approved and ran before the decision."""
    currency = freed.commitment.currency
    names = Names(answer.inputs)
    funded: Sequence[Mapping[str, Any]] = answer.result["funded"]
    dropped = freed.action is HurdleAction.STOP
    return PortfolioChange(
        added=[_added(row, names, currency) for row in funded],
        dropped=[_dropped(freed)] if dropped else [],
        unchanged=[
            (one.key, one.title, f"{one.option} from {quarter(one.start)}")
            for one in running[:SHOWN]
        ],
        unchanged_count=len(running),
        spend=Money(sum(row["spend"] + row["spend_beyond"] for row in funded), currency),
        gains=Money(sum(row["value_allocated"] for row in funded), currency),
        gives_up=Money(freed.commitment.value_minor if dropped else 0, currency),
        anyway=anyway,
        net=plan_net(answer),
    )


def _added(row: Mapping[str, Any], names: Names, currency: str) -> tuple[str, str, str, str, str]:
    key = row["initiative"]
    return (
        key,
        names.title(key),
        f"{names.option(key, row['option'])} from {quarter(row['start'])}",
        money(Money(row["spend"] + row["spend_beyond"], currency)),
        money(Money(row["value_allocated"], currency)),
    )


def _dropped(freed: Freed) -> tuple[str, str, str]:
    one = freed.commitment
    return (
        one.initiative.key,
        one.initiative.title,
        f"{one.option.name} from {quarter(one.start)}",
    )


def anyway_of(job: Job | None) -> Anyway | None:
    """What a finished comparison says."""
    told = job.progress if job is not None and job.state is JobState.DONE else None
    if not told or "value" not in told:
        return None
    value, bound, spend = (int(str(told[name])) for name in ("value", "bound", "spend"))
    return Anyway(value, bound, spend)


def comparison_words(job: Job | None) -> str | None:
    """Where the comparison stands while it has no answer."""
    if job is None:
        return "What could be bought without the freed money was not asked. Ask again."
    if not job.state.is_over:
        return "What could be bought without the freed money is being worked out. Look again soon."
    if anyway_of(job) is None:
        return "What could be bought without the freed money could not be worked out. Ask again."
    return None


_HEADLINES = {
    HurdleAction.STOP: "{freed} is free again. What no longer paid ends here.",
    HurdleAction.FINISH: "{freed} is free again. The value is captured and stays.",
    HurdleAction.RESCOPE: "{freed} is free again. It goes on with a smaller option.",
}


def headline(freed: Freed) -> str:
    """What the decision freed, in plain words."""
    return _HEADLINES[freed.action].format(
        freed=money(Money(freed.minor, freed.commitment.currency))
    )
