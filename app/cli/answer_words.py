"""Answers beside the plan as a person reads them in a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from app.cli.portfolio import money, table
from app.portfolio.engine.answers import (
    Alternatives,
    Change,
    Comparison,
    Conflicts,
    Frontier,
    InputName,
    Marginals,
    Outlook,
    Prices,
    Remedy,
    Robustness,
    WayOut,
    WhyNot,
    WhyNots,
)
from app.portfolio.engine.answers.comparing import Line
from app.portfolio.engine.answers.robustness import Distribution

MOST_NAMED = 8


def _some(keys: Sequence[str]) -> str:
    more = f" and {len(keys) - MOST_NAMED} more" if len(keys) > MOST_NAMED else ""
    return (", ".join(keys[:MOST_NAMED]) or "–") + more


def _amount(minor: int | None, currency: str) -> str:
    return "–" if minor is None else money(minor, currency)


def frontier_lines(found: Frontier, currency: str) -> list[str]:
    """One line per budget."""
    heads = ("Budgets", "Enter", "Leave", "Budget", "Value", "At most more", "List falls short")
    rows = [
        (
            f"{float(point.share):.1%}", _some(point.entered), _some(point.left),
            money(point.budget, currency), _amount(point.value, currency),
            "–" if point.gap is None else f"{point.gap:.3%}", _amount(point.shortfall, currency),
        )
        for point in found.points
    ]  # fmt: skip
    what = "all budgets" if found.fund is None else f"the budgets of {found.fund}"
    return [f"Value against {what}, in {currency}.", "", *table(heads, rows)]


def why_lines(found: WhyNots, currency: str) -> list[str]:
    """A paragraph per initiative left out."""
    if not found.rows:
        return ["Everything is funded."]
    lines = [f"The plan is worth {currency} {_amount(found.value, currency)}. Left out:"]
    for row in found.rows:
        lines += ["", _why_head(row, currency)]
        lines += [f"  {_remedy(remedy, row, currency)}" for remedy in row.remedies]
        if row.is_exact and not row.remedies:
            lines.append("  No single change of money, value or rule brings it in.")
        if row.dominated_by:
            lines.append(
                f"  {_some(row.dominated_by)}: funded, costs no more anywhere and is worth no less."
            )
    return lines


def _why_head(row: WhyNot, currency: str) -> str:
    name = f"{row.initiative} {row.name}".strip()
    if not row.is_exact:
        return f"{name}: funding it loses about {_amount(row.estimate, currency)} (estimated)."
    if row.loss is None:
        return f"{name}: no plan that keeps every limit can hold it."
    moves = f", {_some(row.leaves)} out" if row.leaves else ""
    moves += f", {_some(row.enters)} in" if row.enters else ""
    return f"{name}: funding it loses {money(row.loss, currency)}{moves}."


def _remedy(remedy: Remedy, row: WhyNot, currency: str) -> str:
    amount = money(remedy.amount, currency)
    match remedy.kind:
        case "budget":
            return f"Comes in with {amount} more budget: {change_words(remedy.change, currency)}."
        case "cost":
            return f"Comes in if it costs {amount} less."
        case "value":
            return f"Comes in if it is worth {amount} more."
    return f"Comes in when {change_words(remedy.change, currency)}."


def change_words(change: Change, currency: str) -> str:
    """What a change does, as a part of a sentence."""
    parts = []
    for entry in getattr(change, "amounts", ()):
        key, quarter, amount = entry
        size = money(amount, currency) if isinstance(amount, int) else f"{amount:,}"
        parts.append(f"{size} for {key} in {quarter}")
    if parts:
        return ", ".join(parts)
    return f"rule {getattr(change, 'rule', '')} is dropped"


def price_lines(found: Prices, currency: str) -> list[str]:
    """One line per rule."""
    if not found.rows:
        return ["There are no rules."]
    heads = ("Rule", "Type", "Would enter", "Would leave", "Price")
    rows = [
        (row.rule, row.type, _some(row.enters), _some(row.leaves), _amount(row.price, currency))
        for row in found.rows
    ]
    return [
        f"Without a rule the best plan is worth this much more than {currency} "
        f"{_amount(found.value, currency)}:",
        "",
        *table(heads, rows),
    ]


def marginal_lines(found: Marginals, currency: str) -> list[str]:
    """One line per funded initiative."""
    if not found.rows:
        return ["Nothing is funded."]
    heads = ("Initiative", "Would enter", "Would leave", "Rest fixed", "With re-solve")
    rows = [
        (
            row.initiative, _some(row.enters), _some(row.leaves), _amount(row.fixed, currency),
            _amount(row.resolved, currency),
        )
        for row in found.rows
    ]  # fmt: skip
    return [
        f"Without each the best plan of {currency} {_amount(found.value, currency)} loses:",
        "",
        *table(heads, rows),
    ]


def outlook_lines(found: Outlook, currency: str) -> list[str]:
    """Value and net value over the draws, and what moves the net most."""
    lines = [
        f"{found.draws:,} draws with seed {found.seed}; {found.ranged} of {found.inputs} inputs "
        "have a range, the others are held.",
        _spread("Value", found.value, currency),
        _spread("Net of discounted spend", found.net, currency),
    ]
    if found.below_zero is not None:
        lines.append(f"The net is below 0 in {found.below_zero:.1%} of the draws.")
    if found.matters:
        heads = ("Input", "P10", "P90", "Net at P10", "Net at P90", "Swing")
        rows = [
            (
                _input(one.input), f"{one.low:g}", f"{one.high:g}", money(one.net_low, currency),
                money(one.net_high, currency), money(one.size, currency),
            )
            for one in found.matters
        ]  # fmt: skip
        lines += ["", *table(heads, rows)]
    return lines


def _input(name: InputName) -> str:
    if name.kind == "pool":
        return f"{name.part} of {name.key}"
    what = "cost" if name.kind == "cost" else f"effect {int(name.part) + 1}"
    return f"{what} of {name.key}, {name.option}"


def robust_lines(found: Robustness, currency: str) -> list[str]:
    """Who is in how often, and what the plan is worth."""
    if not found.draws:
        return ["No draw could be solved."]
    heads = ("Initiative", "Standing", "In the plan", "Share")
    rows = [
        (row.initiative, row.standing.value, "yes" if row.is_in_plan else "no", f"{row.share:.0%}")
        for row in found.shares
    ]
    lines = [
        f"{found.draws} draws of the inputs, seed {found.seed}; each solved by {found.method}, "
        f"to {found.gap:.3%} at most.",
        "",
        *table(heads, rows),
        "",
        _spread("The plan as it is", found.plan, currency),
        _spread("Choosing with hindsight", found.best, currency),
    ]
    if found.missed is not None:
        lines.append(
            f"In {found.missed:.0%} of the draws its costs break a budget. It is valued as it is "
            "there, too; a choice with hindsight keeps every budget and may be worth less."
        )
    if found.runner_up is not None:
        rival = found.runner_up
        lines.append(
            f"The runner-up is worth more in {rival.beaten:.0%} of the draws; the plan then loses "
            f"{money(rival.mean, currency)} on average over all."
        )
    return lines


def _spread(what: str, found: Distribution | None, currency: str) -> str:
    if found is None:
        return f"{what}: not known."
    low, middle, high = (money(v, currency) for v in (found.p10, found.p50, found.p90))
    return f"{what}: P10 {low}, P50 {middle}, P90 {high}; above 0 in {found.above_zero:.0%}."


def alternative_lines(found: Alternatives, currency: str) -> list[str]:
    """One line per plan."""
    lines = [f"The plan is worth {currency} {_amount(found.value, currency)}."]
    if found.rows:
        heads = ("Plan", "Enter", "Leave", "Value", "Less")
        rows = [
            (
                f"{number}" + ("" if row.is_next else " (not proven next)"), _some(row.enters),
                _some(row.leaves), money(row.value, currency), money(row.below, currency),
            )
            for number, row in enumerate(found.rows, start=1)
        ]  # fmt: skip
        lines += ["", *table(heads, rows)]
    if found.are_all:
        lines.append(
            f"No further plan that differs in {found.distance} or more is worth at most "
            f"{found.within:.0%} less."
        )
    return lines


def conflict_lines(found: Conflicts, currency: str) -> list[str]:
    """What cannot hold together, then ways out."""
    if not found.is_infeasible:
        return ["Every limit and rule can hold together."]
    lines = ["These cannot hold together:"]
    lines += [f"  {member.owner.replace(':', ' ', 1)}" for member in found.members]
    if found.is_minimal:
        lines.append("Any one of them less, and the others can.")
    if found.repair is not None:
        known = "The cheapest way out" + ("" if found.is_cheapest else " that was found")
        lines += ["", f"{known}: {_way(found.repair, currency)}."]
    lines += [f"Another way out: {_way(way, currency)}." for way in found.ways_out]
    return lines


def _way(way: WayOut, currency: str) -> str:
    return "; ".join(change_words(change, currency) for change in way.changes)


def comparison_lines(found: Comparison) -> list[str]:
    """Figures per plan, then the initiatives that differ."""
    currency, first = found.currency, found.plans[0]
    heads = ("Plan", "Funded", "Minutes", "Risk", "Spend", "Value", "Against the first")
    rows = [
        (
            plan.name, str(plan.funded), f"{plan.effort_minutes:,}",
            "–" if plan.risk is None else f"{plan.risk:.1f}", money(plan.spend, currency),
            _amount(plan.value, currency), money((plan.value or 0) - (first.value or 0), currency),
        )
        for plan in found.plans
    ]  # fmt: skip
    lines = table(heads, rows)
    for plan in found.plans[1:]:
        lines += ["", f"{plan.name} against {first.name}:"]
        for word, keys in (
            ("added", plan.added), ("dropped", plan.dropped), ("moved", plan.moved),
            ("re-scoped", plan.rescoped),
        ):  # fmt: skip
            lines.append(f"  {word}: {_some(keys)}")
    return [*lines, "", *_placed(found.lines, [plan.name for plan in found.plans])]


def _placed(lines: Sequence[Line], names: Sequence[str]) -> list[str]:
    rows = [
        (line.initiative, *("–" if way is None else " ".join(way) for way in line.placed))
        for line in lines
        if line.differs
    ]
    return table(("Initiative", *names), rows) if rows else ["They place everything alike."]
