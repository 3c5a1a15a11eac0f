"""A board pack: what a proposal asks, buys and risks, told for people who were not there."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from app.approvals.models import Proposal
from app.approvals.presenters.beside import Beside, beside_plan
from app.approvals.presenters.pack_plan import PlanChart, plan_chart
from app.approvals.presenters.proposal import (
    STATES,
    ProposalView,
    frozen_budgets,
    proposal_view,
)
from app.approvals.presenters.risks import Risks, risks_of
from app.approvals.presenters.signing import ConditionLine, FirstSignature
from app.approvals.queries import IN_PACK
from app.approvals.rules import DecisionKind, ProposalState
from app.approvals.rules.frozen import frozen_of
from app.portfolio.engine.parsing import parse_known
from app.portfolio.models import Inquiry
from app.portfolio.presenters.bench_rows import Row, list_rows
from app.portfolio.presenters.frontier import Chart, frontier_chart
from app.portfolio.presenters.results import ResultView, result_view
from app.portfolio.queries.answers import Answer
from app.portfolio.rules import InquiryKind
from app.values.quarter import Quarter
from app.web.filters import counted, day, moment, money
from app.web.filters import quarter as quarter_words

AROUND = 5
"""Budgets that a page names on each side of the plan's own."""
NO_REASON = "No rule or budget bars it; the plan that was found does without it."
"""What is known of an initiative for which no reason can be shown without solving again."""


@dataclass(frozen=True, slots=True)
class PackRecord:
    """What makes a pack one of this version: whose, when, under which digest, who signed.

    ``signatures`` are (part, name, when, what was signed or why); an empty name is still to come.
    """

    company: str
    printed: str
    digest: str
    anchor: str
    signatures: Sequence[tuple[str, str, str, str]]
    conditions: Sequence[ConditionLine]


@dataclass(frozen=True, slots=True)
class Pack:
    """Everything a board reads. ``asked`` is the decision in words, ``ranked`` what a ranked list
    falls short by; ``frontier`` is None where it was not computed, which ``frontier_words`` say.
    """

    title: str
    state: str
    asked: str
    buys: Sequence[tuple[str, str]]
    view: ProposalView
    risks: Risks
    result: ResultView
    frontier: Chart | None
    frontier_words: str
    plan: PlanChart | None
    left: Sequence[Row]
    left_words: str
    beside: Mapping[InquiryKind, Beside]

    @property
    def around(self) -> Sequence[Sequence[str]]:
        """The budgets next to the plan's own; all of them stand in the workbook."""
        if self.frontier is None:
            return ()
        own = self.frontier.now["x"]
        place = sum(point["x"] < own for point in self.frontier.points)
        return self.frontier.rows[max(0, place - AROUND) : place + AROUND]

    @property
    def ranked(self) -> str | None:
        """What the list ranked by value or by value per money would lose for the same money."""
        return self.result.greedy


def pack_of(
    proposal: Proposal,
    earlier: Proposal | None,
    asked: Mapping[InquiryKind, Inquiry],
    today: date,
) -> Pack:
    """Bring the frozen version together; nothing in it is of today but what was asked since."""
    struck = {item.id for item in proposal.items if item.is_struck}
    view = proposal_view(proposal, struck, frozen_budgets(proposal), earlier, today)
    beside = beside_plan(proposal, view.frozen, asked, IN_PACK)
    answer = _frozen_answer(proposal.snapshot)
    result = result_view(answer)
    frontier, explained = beside[InquiryKind.FRONTIER], beside[InquiryKind.EXPLAIN]
    chart = frontier_chart(frontier.document, answer) if frontier.document else None
    return Pack(
        title=f"{proposal.cycle.name}, round {proposal.round}",
        state=STATES[proposal.state][1],
        asked=_asked(proposal, view),
        buys=_buys(view),
        view=view,
        risks=risks_of(proposal, view, asked, None),
        result=result,
        frontier=chart,
        frontier_words=frontier.state_words,
        plan=plan_chart(view),
        left=_left(answer, result, explained.document),
        left_words=_left_words(result, explained),
        beside=beside,
    )


@lru_cache(maxsize=4)
def _frozen_answer(content: bytes) -> Answer:
    """The plan a snapshot holds; it was recounted when it was frozen, and its digest is checked."""
    frozen = frozen_of(content)
    return Answer(
        parse_known(frozen.problem), json.loads(frozen.result), frozen.inputs,
        frozen.run.digest, frozen.run.result_digest,
    )  # fmt: skip


def _asked(proposal: Proposal, view: ProposalView) -> str:
    """The decision as one sentence: what is asked, or what was said."""
    what = f"{money(view.kept.spend)} for {counted(view.kept.count, 'initiative')}"
    decision = proposal.decision
    if proposal.state is ProposalState.SUBMITTED:
        return f"Approve {what}, {_from(view)}, to be released hurdle by hurdle."
    if decision is None:
        return f"{proposal.submitted_by.name} withdrew the proposal of {what}."
    who, on = decision.decided_by.name, day(decision.decided_at.date())
    if decision.kind is DecisionKind.RETURN:
        return f"{who} returned the proposal of {what} on {on}."
    without = f", without {counted(len(view.struck), 'item')}" if view.struck else ""
    return f"{who} approved {what} on {on}{without}. It is released hurdle by hurdle."


def _from(view: ProposalView) -> str:
    starts: list[Quarter] = [item.start for item in view.items if not item.is_struck]
    first, last = min(starts), max(starts)
    if first == last:
        return f"all to start in {quarter_words(first)}"
    return f"to start from {quarter_words(first)} to {quarter_words(last)}"


def _buys(view: ProposalView) -> list[tuple[str, str]]:
    """What the money buys, each figure with what it is."""
    quarters = view.frozen.cycle.quarter_count
    return [
        ("Value", f"{money(view.kept.value)}, present value over {quarters} quarters, before cost"),
        ("Net", f"{money(view.net.amount)}: it {view.net.words}"),
        ("Return", view.hurdle),
        ("Customer time", f"{view.kept.hours:,} hours a year, never counted as money"),
        ("How sure", f"{view.honesty.word}. {view.honesty.sentence}"),
    ]


def _left(answer: Answer, result: ResultView, why: Mapping[str, Any] | None) -> Sequence[Row]:
    """What the plan does not fund, the most valuable first, with all that is known of why."""
    return list_rows(
        answer, result, before=None, why=why, droppable=frozenset(), show="not", sort="value",
        find="",
    ).rows  # fmt: skip


def _left_words(result: ResultView, explained: Beside) -> str:
    count = len(result.not_funded)
    if not count:
        return "Every candidate is funded."
    words = f"{counted(count, 'candidate')} of {result.candidate_count} {_are(count)} not funded."
    if explained.is_known:
        return f"{words} The reasons are by choosing anew: {explained.state_words}"
    return f"{words} What forcing one in would cost was not computed."


def _are(count: int) -> str:
    return "is" if count == 1 else "are"


def signature_lines(
    proposal: Proposal, first: FirstSignature | None
) -> list[tuple[str, str, str, str]]:
    """Who signed what and when; while a decision is awaited, a line for who is still to sign."""
    note = proposal.note or "–"
    lines = [("Submitted", proposal.submitted_by.name, moment(proposal.submitted_at), note)]
    if first is not None:
        lines.append(("Signed first", first.name, first.when, first.reason or first.terms))
    decision = proposal.decision
    if decision is not None:
        said = _SAID[decision.kind]
        reason = decision.reason or "–"
        lines.append((said, decision.decided_by.name, moment(decision.decided_at), reason))
    elif proposal.state is ProposalState.SUBMITTED:
        lines += [("Approver", "", "", ""), ("Second approver, above a limit", "", "", "")]
    return lines


_SAID = {
    DecisionKind.APPROVE: "Approved",
    DecisionKind.APPROVE_WITHOUT: "Approved without some items",
    DecisionKind.RETURN: "Returned",
}
