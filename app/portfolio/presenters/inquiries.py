"""Answers beside a run's plan as tables and sentences, in the words of its cycle."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from app.portfolio.presenters.drawn import drawn_sheet
from app.portfolio.presenters.frontier import SURE
from app.portfolio.presenters.names import Names
from app.portfolio.presenters.outlook import OutlookView, outlook_view
from app.portfolio.presenters.sheets import Sheet, Words
from app.portfolio.presenters.verdicts import gap_words, limit_words
from app.portfolio.presenters.ways import WayLine, way_lines
from app.portfolio.rules import InquiryKind
from app.web.filters import counted, percent


@dataclass(frozen=True, slots=True)
class AnswerView:
    """An answer: what it says in short, then in tables; ``note`` where it is not complete.
    ``ways`` are those out of a contradiction, which can be applied; ``outlook`` is a picture."""

    sentences: Sequence[str]
    sheets: Sequence[Sheet]
    note: str | None = None
    ways: Sequence[WayLine] = ()
    outlook: OutlookView | None = None


def answer_view(document: Mapping[str, Any], names: Names) -> AnswerView:
    """The answer of a stored document."""
    kind = InquiryKind(document["kind"])
    words = Words(document, names)
    sentences, sheets = _VIEWS[kind](words)
    note = None
    if not document["is_complete"]:
        note = "Time ran out or somebody stopped it, so this is not everything. Ask again."
    ways = way_lines(document, names) if kind is InquiryKind.CONFLICTS else ()
    picture = outlook_view(words) if kind is InquiryKind.OUTLOOK else None
    return AnswerView(sentences, sheets, note, ways, picture)


def _frontier(words: Words) -> tuple[list[str], list[Sheet]]:
    rows = [
        (
            percent(Decimal(str(point["share"])), 1), words.money(point["budget"]),
            words.money(point["value"]), gap_words(point["gap"]), words.money(point["shortfall"]),
            words.some(point["entered"]), words.some(point["left"]),
        )
        for point in words.document["points"]
    ]  # fmt: skip
    head = ("Budgets", "Money", "Value", "At most more", "Ranked list falls short", "Enter",
            "Leave")  # fmt: skip
    open_ = [p["gap"] for p in words.document["points"] if p["gap"] is None or p["gap"] > SURE]
    sentence = "The most that can be had for every budget, and who enters or leaves on the way."
    if open_:
        sentence = (
            "The best plans found for every budget, and who enters or leaves on the way; "
            f"at {counted(len(open_), 'budget')} there may be better ones, as said beside them."
        )
    return [sentence], [Sheet("Value against budget", head, rows, (1, 2, 3, 4))]


def _explain(words: Words) -> tuple[list[str], list[Sheet]]:
    rows = []
    for row in words.document["rows"]:
        remedies = {remedy["kind"]: remedy for remedy in row["remedies"]}
        rule = remedies.get("rule")
        rows.append(
            (
                words.initiative(row["initiative"]), _loss(words, row), words.some(row["leaves"]),
                *(
                    words.money(remedies[kind]["amount"]) if kind in remedies else "–"
                    for kind in ("budget", "cost", "value")
                ),
                words.change(rule["change"]) if rule else "–",
                words.some(row["dominated_by"]),
            )
        )  # fmt: skip
    head = ("Not funded", "Funding it loses", "Then out", "More budget", "Costs less",
            "Worth more", "Rule in the way", "Better in everything")  # fmt: skip
    sentence = (
        "What each would cost the plan if it had to be in, and the least that brings it in by "
        "itself. Every remedy was tried by choosing anew."
    )
    return [sentence], [Sheet("Why not funded", head, rows, (1, 3, 4, 5))]


def _loss(words: Words, row: Mapping[str, Any]) -> str:
    if not row["is_exact"]:
        return f"about {words.money(row['estimate'])}"
    return "can't be in" if row["loss"] is None else words.money(row["loss"])


def _price(words: Words) -> tuple[list[str], list[Sheet]]:
    rows = [
        (
            words.names.rule(row["rule"]), words.money(row["price"]), words.some(row["enters"]),
            words.some(row["leaves"]),
        )
        for row in words.document["rows"]
    ]  # fmt: skip
    head = ("Rule", "Price", "Would enter", "Would leave")
    sentence = "What the best plan would be worth more without each pin and rule."
    return [sentence], [Sheet("Prices of pins and rules", head, rows, (1,))]


def _marginal(words: Words) -> tuple[list[str], list[Sheet]]:
    rows = [
        (
            words.initiative(row["initiative"]), words.money(row["fixed"]),
            words.money(row["resolved"]), words.money(row["uncertainty"]),
            words.some(row["enters"]), words.some(row["leaves"]),
        )
        for row in words.document["rows"]
    ]  # fmt: skip
    head = ("Funded", "The rest fixed", "With re-solve", "At most off by", "Would enter",
            "Would leave")  # fmt: skip
    sentence = (
        "What is lost without each: with everything else in place, and when its money may buy "
        "the best of the others. The second is never more than the first where both are exact."
    )
    return [sentence], [Sheet("Marginal values", head, rows, (1, 2, 3))]


def _outlook(words: Words) -> tuple[list[str], list[Sheet]]:
    return [], [drawn_sheet(words)]


_STANDINGS = {"core": "Core", "contingent": "Depends", "out": "Out"}

_ASSUMED = (
    "No input has a range of its own here, so all were drawn from assumed ones, P10 to P90: what "
    "an initiative does 60 to 130\u202f%, what it costs 90 to 130\u202f%, a pool 80 to 120\u202f% "
    "of its figure. Enter P10 and P90 of inputs and run the scenario again to draw from those."
)
_STORED = (
    "Drawn were the inputs that have a P10 and P90 stored; all others were held at their figure. "
    "The last table names both."
)


def _robust(words: Words) -> tuple[list[str], list[Sheet]]:
    found = words.document
    rows = [
        (
            words.initiative(row["initiative"]), _STANDINGS[row["standing"]],
            "Yes" if row["is_in_plan"] else "No", percent(Decimal(str(row["share"])), 0),
        )
        for row in found["shares"]
    ]  # fmt: skip
    spreads = [
        (name, *(words.money(spread[k]) for k in ("p10", "p50", "p90", "mean")),
         percent(Decimal(str(spread["above_zero"])), 0))
        for name, spread in (("This plan", found["plan"]), ("With hindsight", found["best"]))
        if spread is not None
    ]  # fmt: skip
    is_assumed = found.get("is_assumed", True)
    sentences = [
        f"{counted(found['draws'], 'draw')} of the inputs (seed {found['seed']}), each chosen anew"
        f" to within {gap_words(found['gap'])}, and {found['valued']:,} draws of this plan as it"
        " is.",
        _ASSUMED if is_assumed else _STORED,
    ]
    if found["missed"] is not None:
        missed = percent(Decimal(str(found["missed"])), 0)
        sentences.append(
            f"In {missed} of the draws the costs of this plan break a budget. It is valued as it "
            "is there, too, while a choice with hindsight keeps every budget: where costs rise, "
            "hindsight may be worth less."
        )
    if found["runner_up"] is not None:
        rival = found["runner_up"]
        sentences.append(
            f"The runner-up is worth more in {percent(Decimal(str(rival['beaten'])), 0)} of the "
            f"draws; over all draws the plan loses {words.money(rival['mean'])} to it on average."
        )
    head = ("Worth", "P10", "P50", "P90", "Mean", "Above zero")
    return sentences, [
        Sheet("What it is worth", head, spreads, (1, 2, 3, 4, 5)),
        Sheet("Who stays in", ("Initiative", "Standing", "In this plan", "Funded in"), rows, (3,)),
        *([] if is_assumed else [drawn_sheet(words)]),
    ]


def _alternatives(words: Words) -> tuple[list[str], list[Sheet]]:
    rows = [
        (
            str(number), words.money(row["value"]), words.money(row["below"]),
            words.money(row["spend"]), words.some(row["enters"]), words.some(row["leaves"]),
            "Yes" if row["is_next"] else "No",
        )
        for number, row in enumerate(words.document["rows"], start=1)
    ]  # fmt: skip
    head = ("Plan", "Value", "Less than the plan", "Spend", "Enter", "Leave", "Proven next")
    within = percent(Decimal(str(words.document["within"])), 0)
    sentences = [f"The next best plans, worth at most {within} less."]
    if words.document["are_all"]:
        sentences.append("There are no others." if rows else "There are none.")
    return sentences, [Sheet("Alternatives", head, rows, (1, 2, 3))] if rows else []


def _conflicts(words: Words) -> tuple[list[str], list[Sheet]]:
    found = words.document
    if not found["is_infeasible"]:
        return ["Every limit, pin and rule can hold together."], []
    members = [(limit_words(one["owner"], words.names),) for one in found["members"]]
    sentences = ["These limits, pins and rules can't all hold."]
    if found["is_minimal"]:
        sentences.append("Each of them is needed for that: any one less, and the others can.")
    if found["repair"]:
        sentences.append(_least(found["repair"]["kind"], found.get("is_cheapest", True)))
    return sentences, [Sheet("What can't hold together", ("Limit",), members)]


def _least(kind: str, is_cheapest: bool) -> str:
    """What is known of the first way out: it is the least in its own unit, which buys no other."""
    if not is_cheapest:
        return "The first way out was not shown to be the cheapest; there may be a cheaper one."
    match kind:
        case "budget":
            return "Of all ways that only add money, the first adds the least, to 0.1\u202f%."
        case "capacity":
            return "Of all ways that only add work, the first adds the least, to 0.1\u202f%."
    return (
        "No way was found that only adds money, or only work. The first misses the limits by the "
        "least in all, each counted in its own unit."
    )


_VIEWS: Mapping[InquiryKind, Callable[[Words], tuple[list[str], list[Sheet]]]] = {
    InquiryKind.FRONTIER: _frontier,
    InquiryKind.EXPLAIN: _explain,
    InquiryKind.PRICE: _price,
    InquiryKind.MARGINAL: _marginal,
    InquiryKind.OUTLOOK: _outlook,
    InquiryKind.ROBUST: _robust,
    InquiryKind.ALTERNATIVES: _alternatives,
    InquiryKind.CONFLICTS: _conflicts,
}

HINTS = {
    InquiryKind.FRONTIER: "Value against budget, and who enters or leaves on the way.",
    InquiryKind.EXPLAIN: "Why each initiative is left out, and the least that brings it in.",
    InquiryKind.PRICE: "What every pin and rule costs.",
    InquiryKind.MARGINAL: "What is lost without each, also when its money buys others.",
    InquiryKind.OUTLOOK: "How sure value and net are, and which inputs matter most.",
    InquiryKind.ROBUST: "Who stays in when inputs turn out otherwise, and what that is worth.",
    InquiryKind.ALTERNATIVES: "The next best plans, and how much less they are worth.",
    InquiryKind.CONFLICTS: "What can't hold together, and the cheapest way out.",
}
"""What each question is about."""

DOING = {"starting": "Writing the model"}


def progress_of(noted: Mapping[str, Any] | None, silence: str | None = None) -> dict[str, Any]:
    """What the progress component shows of a question that isn't answered yet.

    ``silence``: that no worker answers.
    """
    if silence or not noted:
        return {"percent": None, "phase": silence or "Waiting for a worker", "facts": []}
    done, of = noted.get("done", 0), noted.get("of")
    share = min(99, round(100 * done / of)) if of else None
    what = str(noted.get("doing"))
    facts = [] if what in DOING else [(what, f"{done} of {of}" if of else str(done))]
    return {"percent": share, "phase": DOING.get(what, "Choosing anew"), "facts": facts}
