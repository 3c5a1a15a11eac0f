"""Findings as a file for spreadsheets and as documents for programs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from typing import Any

from app.reviews.rules.findings import Finding, Item, Portion
from app.values.spreadsheets import csv_line, inert

HEAD = (
    "Finding", "Severity", "Number", "Of", "Unit", "Share of money", "Sentence", "Item", "Why",
    "Currency", "Amount", "Address",
)  # fmt: skip


def findings_csv(
    findings: Sequence[Finding], address: Callable[[Finding, Item], str]
) -> Iterator[str]:
    """One line per thing a finding is about, one for a finding about nothing.

    Amounts are plain decimals in their currency; ``address``: where to act on an item.
    """
    yield csv_line(HEAD)
    for finding in findings:
        head = _head(finding)
        if not finding.items:
            yield csv_line([*head, "", "", "", "", ""])
        for item in finding.items:
            amount = ["", ""]
            if item.money is not None:
                amount = [item.money.currency, str(item.money.amount)]
            what = [inert(item.name), inert(item.why)]
            yield csv_line([*head, *what, *amount, address(finding, item)])


def _head(finding: Finding) -> list[str]:
    count = finding.count
    return [
        finding.kind.definition.title,
        finding.severity.word,
        str(count.value),
        str(count.of),
        count.nouns,
        "; ".join(portion_words(one) for one in finding.portions),
        inert(finding.sentence),
    ]


def portion_words(one: Portion) -> str:
    """A share of money exactly: 14.3 % (EUR 1,000.00 of EUR 7,000.00)."""
    return f"{one.share * 100:.1f}\u202f% ({one.part} of {one.whole})"


def finding_document(finding: Finding) -> dict[str, Any]:
    """A finding as JSON can hold it; money in minor units, shares as decimal text."""
    return {
        "kind": finding.kind.value,
        "title": finding.kind.definition.title,
        "severity": finding.severity.value,
        "count": {
            "value": finding.count.value,
            "of": finding.count.of,
            "unit": finding.count.nouns,
            "share": _share(finding.count.share),
        },
        "money": [_portion(one) for one in finding.portions],
        "mix": [{"lens": lens.value, **_portion(one)} for lens, one in finding.mix],
        "sentence": finding.sentence,
        "computed": finding.kind.definition.computed,
        "judged": finding.kind.definition.judged,
        "to_do": finding.kind.definition.to_do,
        "items": [_item(one) for one in finding.items],
    }


def _portion(one: Portion) -> dict[str, Any]:
    return {
        "currency": one.whole.currency,
        "part_minor": one.part.minor,
        "whole_minor": one.whole.minor,
        "share": _share(one.share),
    }


def _item(one: Item) -> dict[str, Any]:
    return {
        "kind": one.place.kind.value,
        "key": one.place.key,
        "id": one.place.id,
        "name": one.name,
        "why": one.why,
        "currency": None if one.money is None else one.money.currency,
        "amount_minor": None if one.money is None else one.money.minor,
    }


def _share(value: Decimal) -> str:
    return f"{value:.6f}"
