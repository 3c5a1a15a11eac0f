"""How sure a plan is, as pages show it: quantiles, the chance of a loss, what matters most."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask import url_for

from app.portfolio.presenters.drawn import input_ends, share_ends, specs_of
from app.portfolio.presenters.sheets import Words
from app.values.money import Money
from app.web.filters import counted, money_short, number, percent


@dataclass(frozen=True, slots=True)
class OutlookView:
    """Key figures, the same as bands with their table, and the inputs with the largest swings;
    ``bands`` empty where nothing has a range."""

    kpis: Sequence[Mapping[str, Any]]
    bands: Sequence[Mapping[str, Any]]
    zero: float | None
    table: Sequence[Sequence[str]]
    matters: Sequence[Mapping[str, Any]]
    rows: Sequence[Sequence[Mapping[str, Any]]]
    note: str


def outlook_view(words: Words) -> OutlookView | None:
    """An outlook's document; None where it was stopped before it knew anything."""
    found = words.document
    if found["net"] is None:
        return None
    if not found["ranged"]:
        return OutlookView((), (), None, (), (), (), _note(found))
    zero, bands = _bands(found, words)
    return OutlookView(
        kpis=_kpis(found),
        bands=bands,
        zero=zero,
        table=[
            (name, *(words.money(found[part][k]) for k in ("p10", "p50", "p90", "mean")))
            for name, part in _PARTS
        ],
        matters=_bars(found, words),
        rows=[_row(one, words) for one in found["matters"]],
        note=_note(found),
    )


_PARTS = (("Value", "value"), ("Net of discounted spend", "net"))


def _kpis(found: Mapping[str, Any]) -> list[dict[str, Any]]:
    value = found["value"]
    low, middle, high = (_short(found, value[k]) for k in ("p10", "p50", "p90"))
    chance = found["below_zero"]
    tone = "poor" if chance > 0.5 else "careful" if chance > 0.1 else None
    return [
        {"label": "Value, P10", "value": low, "note": "one case in ten is worse"},
        {"label": "Value, P50", "value": middle, "note": "half of the cases"},
        {"label": "Value, P90", "value": high, "note": "one case in ten is better"},
        {
            "label": "Chance of a loss", "value": percent(Decimal(str(chance))),
            "note": "value below discounted spend", "tone": tone,
        },
    ]  # fmt: skip


def _short(found: Mapping[str, Any], minor: int) -> str:
    return money_short(Money(minor, found["currency"]))


def _bands(found: Mapping[str, Any], words: Words) -> tuple[float, list[dict[str, Any]]]:
    """Value and net on one scale that holds zero, too."""
    ends = [0, *(found[part][k] for _, part in _PARTS for k in ("p10", "p90"))]
    least, most = min(ends), max(ends)

    def at(minor: int) -> float:
        return round(100 * (minor - least) / ((most - least) or 1), 2)

    bands = []
    for name, part in _PARTS:
        low, middle, high = (found[part][k] for k in ("p10", "p50", "p90"))
        bands.append(
            {
                "label": name, "value": _short(found, middle),
                "x": at(low), "w": round(max(0.4, at(high) - at(low)), 2), "middle": at(middle),
                "note": f"{_short(found, low)} to {_short(found, high)}",
                "tone": "bad" if high < 0 else "warn" if low < 0 else "accent",
            }
        )  # fmt: skip
    return at(0), bands


def _bars(found: Mapping[str, Any], words: Words) -> list[dict[str, Any]]:
    sizes = [abs(one["net_high"] - one["net_low"]) for one in found["matters"]]
    largest = max(sizes, default=0) or 1
    bars = []
    for one, size in zip(found["matters"], sizes, strict=True):
        name, ends, where = _named(one, words)
        bars.append(
            {
                "label": name, "value": _short(found, size), "note": ends, "href": where,
                "share": round(100 * size / largest, 1),
            }
        )  # fmt: skip
    return bars


def _row(one: Mapping[str, Any], words: Words) -> list[dict[str, Any]]:
    name, ends, where = _named(one, words)
    size = abs(one["net_high"] - one["net_low"])
    amounts = (one["net_low"], one["net_high"], size)
    return [{"text": name, "href": where}, {"text": ends}] + [
        {"text": words.money(minor)} for minor in amounts
    ]


def _named(one: Mapping[str, Any], words: Words) -> tuple[str, str, str]:
    """What an input is called, its P10 to P90, and where it stands."""
    asked = one["input"]
    key, names = asked["key"], words.names
    if asked["kind"] == "pool":
        pool = next(pool for pool in names.ranges["pools"] if pool["key"] == key)
        spec = specs_of(pool)[asked["part"]]
        journey, _, lever = key.rpartition("/")
        ends = input_ends(spec, one["low"], one["high"], words.document["currency"])
        where = url_for("journeys.pool", key=journey, word=lever)
        return f"{spec.label}, {names.pool(key)}", ends, where
    option = names.option(key, asked["option"])
    ends = share_ends(one["low"], one["high"])
    if asked["kind"] == "cost":
        name = f"Cost of {words.initiative(key)}, {option}"
        return name, f"{ends} of what is planned", url_for("initiatives.options", key=key)
    known = next(
        line for line in names.ranges["options"]
        if (line["initiative"], line["option"]) == (key, asked["option"])
    )["effects"][int(asked["part"])]  # fmt: skip
    name = f"Effect of {words.initiative(key)}, {option}, on {names.pool(known['pool'])}"
    return f"{name}: {known['measure']}", ends, url_for("initiatives.behaviours", key=key)


def _note(found: Mapping[str, Any]) -> str:
    if not found["ranged"]:
        return (
            f"None of the {counted(found['inputs'], 'input')} of this plan has a range, so"
            " nothing can be drawn. Enter P10 and P90 for pool inputs, effects and costs, and run"
            " the scenario again."
        )
    sure = found["inputs"] - found["ranged"]
    held = "is held at its" if sure == 1 else "are held at their"
    rest = f"; the other {number(sure)} {held} figure" if sure else ""
    has = "has" if found["ranged"] == 1 else "have"
    return (
        f"{number(found['draws'])} draws with seed {found['seed']}. {number(found['ranged'])} of"
        f" {counted(found['inputs'], 'input')} {has} a range{rest}. Value of a draw: Σ V(t)·(1 −"
        " e^(−S(t))) over pools and quarters, with the pools V and the intensities S as drawn, and"
        " what joins no pool; net: less the discounted spend as drawn, own team days not counted."
        " An input that several pools or initiatives stand on is drawn once for all of them."
    )
