"""The board pack as tables for a workbook: the figures of the pages, typed."""

from __future__ import annotations

from collections.abc import Sequence

from app.approvals.presenters.pack import NO_REASON, Pack, PackRecord
from app.approvals.rules.sheets import Cell, Sheet
from app.portfolio.rules import InquiryKind
from app.values.money import Money


def pack_sheets(pack: Pack, record: PackRecord) -> list[Sheet]:
    """One table a part of the pack, in its order."""
    return [
        _cover(pack, record),
        _asked(pack),
        _frontier(pack),
        _roadmap(pack),
        _funded(pack),
        _left(pack),
        _risks(pack),
        _forced(pack),
        _signatures(record),
    ]


def _currency(pack: Pack) -> str:
    return pack.view.frozen.cycle.currency


def _cover(pack: Pack, record: PackRecord) -> Sheet:
    cycle, scenario = pack.view.frozen.cycle, pack.view.frozen.scenario
    rows: list[Sequence[Cell]] = [
        ("Company", record.company),
        ("Cycle", cycle.name),
        ("Begins", cycle.starts_on),
        ("Ends", cycle.ends_on),
        ("Round", pack.view.frozen.round),
        ("Scenario", scenario.name),
        ("State", pack.state),
        ("Currency of all amounts", cycle.currency),
        ("Digest of the version", record.digest),
        ("Audit trail", record.anchor),
        ("Printed", record.printed),
    ]
    return Sheet("Cover", pack.title, ("What", "Which"), rows, widths=(30, 90))


def _asked(pack: Pack) -> Sheet:
    view = pack.view
    rows: list[Sequence[Cell]] = [
        ("Asked", view.kept.spend),
        ("Value, present value before cost", view.kept.value),
        ("Cost, present value", view.net.cost),
        ("Net, present value", view.net.amount),
        ("Value per unit of money spent", view.kept.per_money),
        ("Customer time saved, minutes a year", view.kept.minutes),
        ("Items", view.kept.count),
        ("Held by hurdles", view.held),
    ]
    notes = (pack.asked, view.net.explanation, view.hurdle)
    return Sheet(
        "Decision", "The decision asked", ("Figure", "Amount"), rows, notes, widths=(44, 24)
    )


def _frontier(pack: Pack) -> Sheet:
    currency = _currency(pack)
    document = pack.beside[InquiryKind.FRONTIER].document
    points = [one for one in document["points"] if one["value"] is not None] if document else []
    rows: list[Sequence[Cell]] = [
        (Money(one["budget"], currency), Money(one["value"], currency), len(one["funded"]))
        for one in sorted(points, key=lambda one: one["budget"])
    ]
    notes = [pack.frontier_words, *([pack.ranked] if pack.ranked else [])]
    return Sheet("Frontier", "What each budget can buy", ("Budget", "Value", "Funded"), rows, notes)


def _roadmap(pack: Pack) -> Sheet:
    rows: list[Sequence[Cell]] = [
        (
            row.item.frozen.key, row.item.frozen.title, str(row.first), str(row.last), one.name,
            one.due_on, Money(one.tranche_minor, _currency(pack)), one.action_if_missed,
        )
        for row in (pack.plan.rows if pack.plan else ())
        for one in row.item.frozen.milestones
    ]  # fmt: skip
    head = ("Key", "Initiative", "From", "To", "Hurdle", "Due", "Holds", "If it is missed")
    return Sheet(
        "Roadmap", "Roadmap and hurdles", head, rows, sums=frozenset({6}),
        widths=(10, 40, 10, 10, 32, 12, 18, 44),
    )  # fmt: skip


def _funded(pack: Pack) -> Sheet:
    rows: list[Sequence[Cell]] = [
        (
            item.frozen.key, item.frozen.title, item.frozen.option_name, str(item.start),
            item.frozen.owner.name, ", ".join(item.frozen.grades), item.spend, item.standalone,
            item.allocated, item.marginal, item.net.cost, item.net.amount,
        )
        for item in pack.view.items
        if not item.is_struck
    ]  # fmt: skip
    head = (
        "Key", "Initiative", "Option", "Start", "Owner", "Evidence", "Spend", "Standalone",
        "Allocated", "Marginal", "Cost, present value", "Net",
    )  # fmt: skip
    notes = ("Standalone and marginal values overlap, so they have no total.",)
    return Sheet(
        "Funded", "What is funded", head, rows, notes, frozenset({6, 8, 10, 11}),
        (10, 40, 18, 10, 20, 10),
    )  # fmt: skip


def _left(pack: Pack) -> Sheet:
    struck: list[Sequence[Cell]] = [
        (
            item.frozen.key, item.frozen.title, item.standalone, item.spend,
            "Left out by the decision.",
        )
        for item in pack.view.struck
    ]  # fmt: skip
    rows = struck + [
        (
            row.key,
            row.line.title,
            row.line.standalone,
            row.least,
            " ".join(row.reasons or (NO_REASON,)),
        )
        for row in pack.left
    ]
    head = ("Key", "Initiative", "Worth alone", "Costs at least", "Why it is not funded")
    return Sheet(
        "Not funded", "What is not funded", head, rows, (pack.left_words,),
        widths=(10, 40, 18, 18, 100),
    )  # fmt: skip


def _risks(pack: Pack) -> Sheet:
    rows: list[Sequence[Cell]] = [
        (
            risk.name,
            " ".join([*risk.sentences, *([risk.beside.state_words] if risk.beside else [])]),
        )
        for risk in pack.risks.lines
    ]
    return Sheet("Risks", "What could go wrong", ("Risk", "What is known"), rows, widths=(24, 120))


def _forced(pack: Pack) -> Sheet:
    prices = pack.risks.rule_prices
    rows: list[Sequence[Cell]] = [
        (
            kind,
            one.sentence,
            one.reason,
            f"It {prices[one.key]}." if one.key in prices else "Not computed.",
        )
        for kind, bounds in (("Forced", pack.view.forced), ("Rule or limit", pack.view.ruled))
        for one in bounds
    ]
    notes = () if pack.view.forced else ("Nothing was forced in or out.",)
    head = ("Kind", "What", "Reason", "Price")
    return Sheet(
        "Forced", "What was forced, and its price", head, rows, notes, widths=(16, 60, 50, 50)
    )


def _signatures(record: PackRecord) -> Sheet:
    rows: list[Sequence[Cell]] = [
        *record.signatures,
        *(
            (
                f"Condition, {one.about}",
                one.text,
                one.due,
                f"{one.word}. {one.settled or ''}".strip(),
            )
            for one in record.conditions
        ),
    ]
    head = ("Part", "Who, or what", "When, or due", "Said")
    return Sheet("Signatures", "Conditions and signatures", head, rows, widths=(30, 60, 24, 80))
