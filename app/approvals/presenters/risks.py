"""What could go wrong with a frozen plan: every figure from where the product keeps it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from flask import url_for

from app.approvals.models import Proposal
from app.approvals.presenters.beside import Beside, beside_plan
from app.approvals.presenters.proposal import ProposalView
from app.approvals.presenters.strikes import StrikePrice, better_plan, strike_prices
from app.approvals.rules import FrozenProposal
from app.approvals.rules.frozen import FrozenItem
from app.initiatives.rules import EvidenceGrade
from app.journeys.rules import StaleBaseline
from app.portfolio.models import Inquiry
from app.portfolio.presenters.names import Names
from app.portfolio.presenters.outlook import OutlookView, outlook_view
from app.portfolio.presenters.sheets import Words
from app.portfolio.presenters.ways import MOST_NAMED, some
from app.portfolio.rules import InquiryKind
from app.values.money import Money
from app.values.written import day_words
from app.web.filters import counted, money, percent

THIN = (EvidenceGrade.D, EvidenceGrade.E)
"""Evidence from elsewhere, and none: no own measurement stands behind it."""

Link = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Risk:
    """One thing that could go wrong: what is known of it, where it comes from, and the question
    that would tell where it isn't known. ``tone`` is ``careful`` where it deserves a look."""

    name: str
    sentences: Sequence[str]
    links: Sequence[Link] = ()
    beside: Beside | None = None
    ask: str = ""
    tone: str | None = None


@dataclass(frozen=True, slots=True)
class Risks:
    """The outlook as a picture, None without one, and everything in words.

    ``prices`` are those of striking out, by the item's key; ``rule_prices`` those of pins and
    rules in words, by the rule's.
    """

    outlook: OutlookView | None
    lines: Sequence[Risk]
    beside: Mapping[InquiryKind, Beside]
    prices: Mapping[str, StrikePrice]
    rule_prices: Mapping[str, str]

    @property
    def striking(self) -> Beside:
        """The question that tells the prices of striking out."""
        return self.beside[InquiryKind.MARGINAL]

    @property
    def working(self) -> list[Beside]:
        """What is being computed now."""
        return [one for one in self.beside.values() if one.progress is not None]


def risks_of(
    proposal: Proposal,
    view: ProposalView,
    asked: Mapping[InquiryKind, Inquiry],
    stale: Sequence[StaleBaseline] | None,
) -> Risks:
    """Bring together what is known; ``stale`` are baselines too old today, None once decided."""
    frozen, names = view.frozen, Names(view.frozen.inputs)
    beside = beside_plan(proposal, frozen, asked)
    outlook, price = beside[InquiryKind.OUTLOOK], beside[InquiryKind.PRICE]
    struck = beside[InquiryKind.MARGINAL].document
    picture = _picture(outlook, names)
    return Risks(
        outlook=picture,
        lines=[
            _outlook(outlook, picture),
            _robust(beside[InquiryKind.ROBUST]),
            _forced(price, view, names),
            _thin(view),
            _stale(frozen, stale),
            *_better(proposal, frozen, beside),
        ],
        beside=beside,
        prices=strike_prices(frozen, struck) if struck else {},
        rule_prices=_rule_prices(price),
    )


def _rule_prices(beside: Beside) -> dict[str, str]:
    found = beside.document
    if found is None:
        return {}
    return {
        row["rule"]: price_words(row, found["currency"])
        for row in found["rows"]
        if row["price"] is not None
    }


def _picture(beside: Beside, names: Names) -> OutlookView | None:
    return outlook_view(Words(beside.document, names)) if beside.document else None


def _outlook(beside: Beside, picture: OutlookView | None) -> Risk:
    """In words, for paper and for whoever sees no picture."""
    sentences = []
    tone = None
    if picture is not None and picture.bands:
        sentences = ["; ".join(f"{one['label']} {one['value']}" for one in picture.kpis) + "."]
        matters = "; ".join(f"{one['label']} ({one['value']})" for one in picture.matters)
        sentences += [f"What matters most: {matters}."] if matters else []
        tone = next((one["tone"] for one in picture.kpis if one.get("tone")), None)
    elif picture is not None:
        sentences = [picture.note]
    return _asked("Value and net", sentences, beside, "What was drawn", "Draw the inputs", tone)


def _robust(beside: Beside) -> Risk:
    sentences: list[str] = []
    tone = None
    if (found := beside.document) is not None and found["shares"]:
        own = [row for row in found["shares"] if row["is_in_plan"]]
        shaky = sorted((r for r in own if r["standing"] != "core"), key=lambda r: float(r["share"]))
        sure, draws = len(own) - len(shaky), counted(found["draws"], "draw")
        sentences.append(
            f"{sure} of {counted(len(own), 'item')} {'is' if sure == 1 else 'are'} funded in at"
            f" least 95\u202f% of {draws}, each chosen anew."
        )
        if shaky:
            sentences.append(f"The others depend on the inputs: {_funded_in(shaky)}.")
        sentences += _draws_against(found)
        tone = "careful" if shaky else None
    return _asked("Robustness", sentences, beside, "Who stays in", "Try other inputs", tone)


def _funded_in(rows: Sequence[Mapping[str, Any]]) -> str:
    shown = [f"{r['initiative']} in {_share(r['share'])}" for r in rows[:MOST_NAMED]]
    more = len(rows) - len(shown)
    return ", ".join([*shown, f"{more} more"] if more else shown)


def _draws_against(found: Mapping[str, Any]) -> list[str]:
    sentences = []
    if found["missed"]:
        sentences.append(f"In {_share(found['missed'])} of them its costs break a budget.")
    if found["runner_up"] is not None:
        beaten = _share(found["runner_up"]["beaten"])
        sentences.append(f"The runner-up is worth more in {beaten}.")
    if found.get("is_assumed", True):
        sentences.append("No input has a range of its own, so all were drawn from assumed ones.")
    return sentences


def _forced(beside: Beside, view: ProposalView, names: Names) -> Risk:
    count = len(view.forced)
    if not count:
        text = "Nothing was forced in or out."
        return Risk("Forced", [text], [("Rules and limits", "#forced")] if view.ruled else [])
    sentences = [f"{counted(count, 'choice')} {'was' if count == 1 else 'were'} forced."]
    tone = None
    if beside.document is not None:
        currency = beside.document["currency"]
        rows = [r for r in beside.document["rows"] if r["rule"].startswith("pin:") and r["price"]]
        dear = [row for row in rows if row["price"] > 0]
        sentences += [
            f"“{names.rule(row['rule'])}” {price_words(row, currency)}."
            for row in dear[:MOST_NAMED]
        ]
        if not dear:
            sentences.append("The best plan found would be worth no more without any one of them.")
        tone = "careful" if dear else None
    return _asked("Forced", sentences, beside, "All prices", "Price what was forced", tone)


def price_words(row: Mapping[str, Any], currency: str) -> str:
    """What a pin or rule costs the best plan found, and by how much that may be off."""
    price = Money(row["price"], currency)
    words = f"costs {money(price) if price else 'nothing'}"
    if price.minor < 0:
        words = f"adds {money(-price)}"
    if row["uncertainty"] is None:
        return f"{words}, not proven"
    if row["uncertainty"]:
        return f"{words}, off by at most {money(Money(row['uncertainty'], currency))}"
    return f"{words}, proven"


def _thin(view: ProposalView) -> Risk:
    """How much is worth only by what others found or somebody thinks."""
    thin = {grade.value for grade in THIN}
    items = view.frozen.items
    partly = [item for item in items if thin & set(item.grades)]
    wholly = [item for item in partly if set(item.grades) <= thin]
    words = f"{THIN[0].word} or {THIN[1].word} (evidence {THIN[0].value} and {THIN[1].value})"
    links = [("Items", "#items")]
    if not partly:
        return Risk("Thin evidence", [f"No value leans on {words}."], links)
    keys = some([item.key for item in partly])
    if wholly == partly:
        sentences = [f"{_worth(wholly, view)} has nothing better behind it than {words}: {keys}."]
    else:
        sentences = [f"{_worth(partly, view)} leans, at least in part, on {words}: {keys}."]
    if wholly and wholly != partly:
        sentences.append(f"{_worth(wholly, view)} has nothing better behind it.")
    sentences.append("Haircuts are taken off already.")
    return Risk("Thin evidence", sentences, links, tone="careful")


def _worth(items: Sequence[FrozenItem], view: ProposalView) -> str:
    """Their value and its share in all."""
    value = Money(sum(item.value_allocated_minor for item in items), view.frozen.cycle.currency)
    if view.whole.value.minor <= 0:
        return f"{money(value)} of the value"
    share = Decimal(value.minor) / Decimal(view.whole.value.minor)
    return f"{money(value)} or {percent(share, 0)} of the value"


def _stale(frozen: FrozenProposal, stale: Sequence[StaleBaseline] | None) -> Risk:
    """Today's marks while it waits; of the day of the submission only the pools' days are known."""
    days = sorted(str(one["measured_on"]) for one in _pools(frozen) if one.get("measured_on"))
    frozen_words = (
        f"The oldest pool that was frozen was measured on {day_words(date.fromisoformat(days[0]))}."
        if days
        else "No pool was frozen with it."
    )
    name = "Stale baselines"
    if stale is None:
        return Risk(name, [frozen_words])
    if not stale:
        return Risk(name, [frozen_words, "None under these values is stale today."])
    return Risk(
        name,
        [
            frozen_words,
            f"Stale today: {'; '.join(f'{one.name}, {one.words}' for one in stale[:MOST_NAMED])}.",
        ],
        [(one.name, url_for("journeys.baselines", key=one.key)) for one in stale[:MOST_NAMED]],
        tone="careful",
    )


def _pools(frozen: FrozenProposal) -> Sequence[Mapping[str, Any]]:
    found: Sequence[Mapping[str, Any]] = frozen.inputs.get("pools") or ()
    return found


def _better(
    proposal: Proposal, frozen: FrozenProposal, beside: Mapping[InquiryKind, Beside]
) -> list[Risk]:
    """That a better plan is known: what it is only a search can say, so the way there is a run."""
    priced = (beside[InquiryKind.PRICE], beside[InquiryKind.MARGINAL])
    more = better_plan(frozen, [one.document for one in priced if one.document is not None])
    if more is None:
        return []
    sentence = (
        f"Choosing anew found a plan worth {money(more)} more under the same limits and rules. Run"
        " the scenario again for longer to have it."
    )
    return [Risk("A better plan", [sentence], [("Scenario", _scenario(proposal))], tone="careful")]


def _scenario(proposal: Proposal) -> str:
    return url_for("portfolio.scenario", scenario_id=proposal.run.scenario_id)


def _asked(
    name: str, sentences: Sequence[str], beside: Beside, where: str, ask: str, tone: str | None
) -> Risk:
    """A risk that a question beside the plan tells of."""
    links = [(where, beside.href)] if beside.is_known or beside.progress is not None else []
    return Risk(name, sentences, links, beside, ask, tone)


def _share(share: float) -> str:
    return percent(Decimal(str(share)), 0)
