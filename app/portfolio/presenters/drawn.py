"""Which inputs draws were made of, and which were held, in the words of their cycle."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from app.initiatives.presenters.case_outlook import written_input
from app.journeys.rules import LEVER_INPUTS, InputSpec, Lever
from app.portfolio.presenters.sheets import Sheet, Words
from app.web.filters import counted, percent

Entry = Mapping[str, Any]


def specs_of(pool: Entry) -> dict[str, InputSpec]:
    """What the inputs of a pool's lever are, by symbol."""
    return {spec.symbol: spec for spec in LEVER_INPUTS[Lever(pool["lever"])]}


def input_ends(spec: InputSpec, low: Any, high: Any, currency: str) -> str:
    """P10 to P90 of a pool's input."""
    ends = (written_input(spec.kind, float(end), currency) for end in (low, high))
    return " to ".join(ends)


def share_ends(low: Any, high: Any) -> str:
    """P10 to P90 of a share."""
    return " to ".join(percent(Decimal(str(end))) for end in (low, high))


def drawn_sheet(words: Words) -> Sheet:
    """A row per pool and per option with a range, and one for all that have none.

    An outlook names what its plan stands on; every other answer stands on all there is.
    """
    document, ranges = words.document, words.names.ranges
    acting = document.get("pools") if document["kind"] == "outlook" else None
    funded = document.get("funded") if document["kind"] == "outlook" else None
    pools = [one for one in ranges["pools"] if acting is None or one["key"] in acting]
    wanted = None if funded is None else {tuple(one) for one in funded}
    options = [
        one for one in ranges["options"]
        if wanted is None or (one["initiative"], one["option"]) in wanted
    ]  # fmt: skip
    rows = [_pool_row(one, words) for one in pools]
    rows += [_option_row(one, words) for one in options]
    rows += _rest(options, wanted, words)
    return Sheet("What was drawn, P10 to P90, and what was held", ("Of", "Drawn", "Held"), rows)


def _pool_row(pool: Entry, words: Words) -> Sequence[str]:
    specs, drawn, held = specs_of(pool), [], []
    for one in pool["inputs"]:
        spec = specs[one["symbol"]]
        if one["low"] is None or one["high"] is None:
            held.append(spec.label)
        else:
            ends = input_ends(spec, one["low"], one["high"], words.document["currency"])
            drawn.append(f"{spec.label}: {ends}")
    return words.names.pool(pool["key"]), _joined(drawn), _joined(held)


def _option_row(option: Entry, words: Words) -> Sequence[str]:
    drawn, held = [], []
    for one in option["effects"]:
        name = f"effect on {words.names.pool(one['pool'])}"
        if one["low"] is None or one["high"] is None:
            held.append(name)
        else:
            drawn.append(f"{name}: {share_ends(one['low'], one['high'])}")
    if option["cost"] is None:
        held.append("cost")
    else:
        drawn.append(f"cost: {share_ends(*option['cost'])} of what is planned")
    key = option["initiative"]
    name = f"{words.initiative(key)}, {words.names.option(key, option['option'])}"
    return name, _joined(drawn), _joined(held)


def _rest(
    options: Sequence[Entry], wanted: set[tuple[str, ...]] | None, words: Words
) -> Iterator[Sequence[str]]:
    """The initiatives of which nothing was drawn."""
    keys = {one["key"] for one in words.names.listed("initiatives")}
    if wanted is not None:
        keys = {key for key, _ in wanted}
    left = sorted(keys - {one["initiative"] for one in options})
    if left:
        yield (f"{counted(len(left), 'initiative')}: {words.some(left)}", "–", "effects and cost")


def _joined(parts: Sequence[str]) -> str:
    text = "; ".join(parts)
    return text[:1].upper() + text[1:] if text else "–"
