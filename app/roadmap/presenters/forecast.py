"""What a hurdle's money still brings: the case against the measurement, return, chance, price."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.initiatives.rules.milestone_kinds import ChainLink
from app.initiatives.rules.spreads import TENTH
from app.jobs.rules import JobState
from app.roadmap.models import HurdleForecast
from app.roadmap.queries import Gate
from app.roadmap.queries.judging import bound_readings
from app.roadmap.rules import HurdleAction, Reading
from app.roadmap.rules.chain import LinkStanding, chain_of
from app.roadmap.rules.hurdles import deciding
from app.roadmap.rules.judging import (
    Judged,
    NotJudged,
    Weighing,
    other_use_words,
    override_minor,
    rate_words,
    return_words,
    spread_words,
)
from app.roadmap.rules.posterior import EffectNow, Normal
from app.values.money import Money
from app.web.filters import day, money, money_short


@dataclass(frozen=True, slots=True)
class ForecastView:
    """What the page shows of a judged hurdle; all figures are words already."""

    effects: list[dict[str, Any]]
    facts: list[tuple[str, str]]
    chain: list[dict[str, Any]]
    notes: list[str]


def forecast_view(gate: Gate) -> ForecastView | None:
    """The view, None where the hurdle is decided or judged by its thresholds alone."""
    judged = gate.judged
    if not isinstance(judged, Judged):
        return None
    return ForecastView(
        effects=[_effect(one) for one in judged.effects],
        facts=_facts(judged, gate.tranche.currency),
        chain=_nodes(gate, judged),
        notes=_notes(judged, gate.tranche.currency),
    )


def _effect(one: EffectNow) -> dict[str, Any]:
    """Approved case, measured and now."""
    error = " assumed" if one.case.is_assumed else ""
    return {
        "name": one.case.pool,
        "rows": [
            ("Approved case", f"{_share(one.case.removal)}{error}", _haircut(one.case.haircut)),
            ("Measured", _share(one.measured) if one.measured else "not yet", ""),
            ("Now", _share(one.now), _haircut(one.haircut)),
        ],
        "bands": _bands(one),
    }


def _bands(one: EffectNow) -> list[dict[str, Any]]:
    """P10 to P90 of case, measurement and both together, on one scale with nothing in it."""
    named = [("Approved case", one.case.removal, "fill"), ("Now", one.now, "accent")]
    if one.measured:
        named.insert(1, ("Measured", one.measured, "fill"))
    ends = [0.0, *(end for _, of, _ in named for end in _ends(of))]
    low, width = min(ends), max(ends) - min(ends) or 1.0

    def place(share: float) -> float:
        return round(100 * (share - low) / width, 1)

    return [
        {
            "label": label,
            "value": _share(of),
            "x": place(_ends(of)[0]),
            "w": max(1.0, round(place(_ends(of)[1]) - place(_ends(of)[0]), 1)),
            "middle": place(of.mean),
            "tone": tone,
        }
        for label, of, tone in named
    ]


def _ends(of: Normal) -> tuple[float, float]:
    return of.mean - TENTH * of.error, of.mean + TENTH * of.error


def _share(one: Normal) -> str:
    return spread_words(one.mean, one.error)


def _haircut(share: float) -> str:
    return f"{rate_words(share, digits=0)} counts"


def _facts(judged: Judged, currency: str) -> list[tuple[str, str]]:
    found = [
        ("Still to come", _money(judged.forward.benefit, currency)),
        ("Still to pay", _money(judged.forward.cost, currency)),
        ("Forward return", rate_words(judged.forward.rate)),
        ("Hurdle rate", rate_words(float(judged.hurdle_rate))),
    ]
    if judged.other_use is not None:
        found.append(("Best other use", _other(judged.other_use, judged.other_range)))
    theta = float(judged.confidence)
    chance = f"{rate_words(judged.chance, digits=0)}, θ is {rate_words(theta, digits=0)}"
    found.append((f"Chance to reach {rate_words(judged.bar)}", chance))
    return found


def _other(rate: float, bounds: tuple[float, float] | None) -> str:
    if bounds is None:
        return other_use_words(rate)
    least, most = (rate_words(one) for one in bounds)
    return f"{other_use_words(rate)}, not proven: {least} to {most}"


def _money(minor: float, currency: str) -> str:
    return money_short(Money(round(minor), currency))


def _notes(judged: Judged, currency: str) -> list[str]:
    notes = []
    if judged.forward.kept_minor:
        kept = _money(judged.forward.kept_minor, currency)
        notes.append(f"{kept} stays even if it ends now, and is not counted.")
    if judged.other_use is None:
        notes.append(judged.no_other_use)
    return notes


def _nodes(gate: Gate, judged: Judged) -> list[dict[str, Any]]:
    holds = judged.weighing is Weighing.PASSES
    bound = bound_readings(gate.facts)
    is_known = any(one.measured for one in judged.effects)
    return [
        _node(one, _unknown([reading for of, reading in bound if of is one.link], one, is_known))
        for one in chain_of(bound, holds, return_words(judged)[0])
    ]


def _unknown(mine: Sequence[Reading], one: LinkStanding, is_known: bool) -> str:
    """Why a link neither holds nor fails; ``is_known``: an effect on a behaviour was measured."""
    if one.link is ChainLink.MONEY:
        return ""
    if any(reading.is_thin for reading in mine):
        return "sample too small"
    if any(reading.latest for reading in mine):
        return "measured in part"
    if one.link is ChainLink.BEHAVIOUR and is_known:
        return "measured at another hurdle"
    return "nothing measured"


def _node(one: LinkStanding, unknown: str) -> dict[str, Any]:
    words = {True: "holds", False: "fails", None: unknown}
    return {
        "kind": one.link.word,
        "title": words[one.holds],
        "note": " ".join(one.words),
        "broken": one.is_broken,
    }


def override_words(gate: Gate) -> Mapping[HurdleAction, str]:
    """What deciding against the figures is expected to lose, by way to decide."""
    judged, recommended = gate.judged, gate.recommendation
    if judged is None or recommended is None:
        return {}
    return {
        action: f"Against the figures; {loss_words(gate, action, _price(judged, action))}."
        for action in HurdleAction
        if action.ends_hurdle and action is not recommended.action
    }


def _price(judged: Judged | NotJudged, action: HurdleAction) -> int | None:
    return override_minor(judged, action) if isinstance(judged, Judged) else None


def loss_words(gate: Gate, action: HurdleAction, minor: int | None) -> str:
    """What a way to decide loses; that no money is lost does not make a missed criterion good."""
    if minor:
        return f"expected to lose {money(Money(minor, gate.tranche.currency))}"
    if minor is None:
        said = "what it may lose can't be worked out"
    else:
        said = "no loss in money is expected on the figures"
    lacks = _lacking(gate) if action is HurdleAction.RELEASE else None
    return f"{said}, but {lacks}" if lacks else said


def _lacking(gate: Gate) -> str | None:
    """What of the agreed criteria a release goes against."""
    found = deciding(gate.readings)
    if any(one.fails for one in found):
        return "an agreed criterion is missed"
    if not all(one.passes for one in found):
        return "what was agreed is not shown yet"
    return None


PHASES = {"with": "With the initiative", "without": "Without it", "done": "Done"}


def other_use_progress(forecast: HurdleForecast) -> dict[str, Any]:
    """How far the two solves are, as the progress component takes it."""
    told = forecast.job.progress or {}
    if forecast.job.state is JobState.QUEUED:
        return {"percent": None, "phase": "Waiting for a worker"}
    done, of = told.get("done") or 0, told.get("of") or 2
    word = PHASES.get(str(told.get("doing")), "Starting")
    return {"percent": 100 * int(str(done)) // int(str(of)), "phase": word}


def asked_words(forecast: HurdleForecast) -> str:
    """Where and when the other use was worked out."""
    return f"Worked out on {day(forecast.as_of)} in the scenario {forecast.scenario.name}."
