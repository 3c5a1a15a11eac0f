"""The columns' form as a mapping, and a mapping as the answers of that form."""

from __future__ import annotations

import json
import re
from hashlib import sha256
from typing import Any

from app.errors import InvalidError
from app.interactions.engine.mapping import (
    FiscalPeriod,
    Mapping,
    MetCounts,
    MetInTime,
    MetWords,
    MomentColumn,
    MonthWord,
    Place,
    Words,
)
from app.interactions.forms.columns import OF_OUTCOME, ColumnsForm
from app.interactions.forms.words import (
    Kind,
    named_in,
    pairs_of,
    said_pairs,
    said_spread,
    said_words,
    spread_of,
    word_in,
    words_of,
)
from app.journeys.rules import Channel, StageKind

_TEXTS = ("reason", "expected", "outcome", "segment")
_COLUMNS = ("customer", "id", "contacts", "invited")
_SAID_OF_THE_FILE = ("title", "source", "licence")
_WORDED = ("prospect", "only", "escalated", "lost")


def mapping_json(form: ColumnsForm, currency: str) -> bytes:
    """The answers as a mapping; its name says how it reads a file, so that others differ.

    What the file is called does not count: under another name the same file is still known.
    """
    parts = _parts(form, currency)
    read = {name: part for name, part in parts.items() if name not in _SAID_OF_THE_FILE}
    name = sha256(json.dumps(read, sort_keys=True).encode()).hexdigest()[:8]
    return json.dumps({"name": f"own-{name}", **parts}, ensure_ascii=False).encode()


def refused_part(form: ColumnsForm, words: str) -> InvalidError:
    """Why a mapping is refused, at the field that its JSON path names if there is one."""
    found = re.match(r"The mapping is wrong at \$\.(\w+)(?:\.\w+)*(?:\[\d+\])?: (.+)", words)
    if found is None or found[1] not in form:
        return InvalidError(words)
    return InvalidError(
        words, field=found[1], fields={found[1]: found[2][0].upper() + found[2][1:]}
    )


def _parts(form: ColumnsForm, currency: str) -> dict[str, Any]:
    return {
        "title": f"Columns of {form.file_name.data}",
        "source": form.source.data or str(form.file_name.data),
        "licence": form.licence.data or "own",
        "currency": currency,
        "zone": (form.zone.data or "UTC").strip(),
        **_written(form),
        "when": _when(form),
        **_places(form),
        **{name: form[name].data for name in _COLUMNS if form[name].data},
        **_texts(form),
        **_promise(form),
        **_measures(form),
    }


def _written(form: ColumnsForm) -> dict[str, Any]:
    """How the file is written."""
    parts: dict[str, Any] = {"encoding": form.encoding.data, "decimal": form.decimal.data}
    if form.delimiter.data:
        parts["delimiter"] = form.delimiter.data
    if words := words_of(form.missing.data):
        parts["missing"] = words
    return parts


def _when(form: ColumnsForm) -> dict[str, Any]:
    column = form.when.data
    if form.when_kind.data == "month":
        return {"month": column, "year": int(form.month_year.data or 0)}
    if form.when_kind.data == "fiscal":
        quarter = {"fiscal_quarter": form.fiscal_quarter.data} if form.fiscal_quarter.data else {}
        return {
            "fiscal_year": column,
            "first_month": int(form.first_month.data),
            "named_by_start": form.named_by_start.data,
            **quarter,
        }
    return {
        "column": column,
        "format": (form.when_pattern.data or "").strip() or form.when_format.data,
    }


def _places(form: ColumnsForm) -> dict[str, Any]:
    stage = _place(StageKind, form.stage_column.data, form.stage_words.data, form.stage.data)
    channel = _place(Channel, form.channel.data, form.channel_words.data, form.channel_fixed.data)
    parts: dict[str, Any] = {"stage": stage}
    if form.channel.data or form.channel_fixed.data:
        parts["channel"] = channel
    if spread := spread_of(form.spread.data):
        parts["spread"] = spread
    if form.journey_column.data:
        parts["journey"] = {
            "column": form.journey_column.data,
            "words": pairs_of(form.journey_words.data),
            **({"otherwise": form.journey.data} if form.journey.data else {}),
        }
    return parts


def _place(kind: Kind, column: str, words: str | None, fixed: str) -> dict[str, Any]:
    if not column:
        return {"fixed": fixed}
    known = {word: named_in(kind, place) for word, place in pairs_of(words).items()}
    return {"column": column, "words": known} | ({"otherwise": fixed} if fixed else {})


def _texts(form: ColumnsForm) -> dict[str, Any]:
    parts = {}
    for name in _TEXTS:
        text = (form[f"{name}_text"].data or "").strip()
        if form[name].data:
            parts[name] = {"column": form[name].data}
        elif text:
            parts[name] = {"fixed": text}
    return parts


def _promise(form: ColumnsForm) -> dict[str, Any]:
    """What was expected by when, and whether it was met."""
    parts: dict[str, Any] = {}
    if form.expected_by.data:
        parts["expected_by"] = _moment(form, "expected_by")
    if form.met.data:
        parts["met"] = {
            "column": form.met.data,
            "met": words_of(form.met_words.data),
            "unmet": words_of(form.unmet_words.data),
        }
    elif form.ended.data:
        parts["met"] = {"ended": _moment(form, "ended")}
    elif judged := (form.met_judged.data or "").splitlines():
        counted = (form.met_met.data or "").splitlines()
        parts["met"] = {"judged": _stripped(judged), "met": _stripped(counted)}
    for name in _WORDED:
        words = words_of(form[f"{name}_words"].data)
        column = form[name].data or (form.outcome.data if name in OF_OUTCOME else "")
        if column and words:
            parts[name] = {"column": column, "words": words}
    return parts


def _stripped(lines: list[str]) -> list[str]:
    return [line.strip() for line in lines if line.strip()]


def _moment(form: ColumnsForm, name: str) -> dict[str, str]:
    return {"column": form[name].data, "format": form[f"{name}_format"].data}


def _measures(form: ColumnsForm) -> dict[str, Any]:
    parts: dict[str, Any] = {}
    if form.cost.data:
        parts["cost"] = {"column": form.cost.data, "scale": (form.cost_scale.data or "1").strip()}
    elif tariff := pairs_of(form.tariff.data):
        costs = {named_in(Channel, channel): cost for channel, cost in tariff.items()}
        parts["cost"] = {"tariff": costs}
    if form.minutes.data:
        parts["minutes"] = {"column": form.minutes.data, "unit": form.minutes_unit.data}
    if form.score.data:
        low, high = form.score_low.data or "0", form.score_high.data or "10"
        parts["score"] = {"column": form.score.data, "low": low.strip(), "high": high.strip()}
    return parts


def answers(mapping: Mapping) -> dict[str, Any]:
    """What the form shows of a mapping, so that the form gives it again."""
    found: dict[str, Any] = {
        "currency": mapping.currency, "source": mapping.source, "licence": mapping.licence,
        "zone": mapping.zone,
        "encoding": mapping.encoding, "delimiter": mapping.delimiter or "",
        "decimal": mapping.decimal, "missing": said_words(mapping.missing),
        "spread": said_spread(mapping.spread),
        **{name: getattr(mapping, name) or "" for name in _COLUMNS},
    }  # fmt: skip
    return (
        found
        | _answered_when(mapping.when)
        | _answered_place("stage", "stage_column", "stage", StageKind, mapping.stage)
        | _answered_place("channel_fixed", "channel", "channel", Channel, mapping.channel)
        | _answered_journey(mapping.journey)
        | _answered_texts(mapping)
        | _answered_promise(mapping)
        | _answered_measures(mapping)
    )


def _answered_when(when: MomentColumn | FiscalPeriod | MonthWord) -> dict[str, Any]:
    if isinstance(when, MonthWord):
        return {"when_kind": "month", "when": when.month, "month_year": str(when.year)}
    if isinstance(when, FiscalPeriod):
        return {
            "when_kind": "fiscal",
            "when": when.fiscal_year,
            "fiscal_quarter": when.fiscal_quarter or "",
            "first_month": str(when.first_month),
            "named_by_start": when.named_by_start,
        }
    return {"when": when.column, "when_format": when.format}


def _answered_place(
    fixed: str, column: str, words: str, kind: Kind, place: Place | None
) -> dict[str, Any]:
    if place is None:
        return {}
    said = {word: word_in(kind, one) for word, one in place.words.items()}
    return {
        fixed: place.fixed or place.otherwise or "",
        column: place.column or "",
        f"{words}_words": said_pairs(said),
    }


def _answered_journey(place: Place | None) -> dict[str, Any]:
    if place is None:
        return {}
    return {
        "journey": place.fixed or place.otherwise or "",
        "journey_column": place.column or "",
        "journey_words": said_pairs(place.words),
    }


def _answered_texts(mapping: Mapping) -> dict[str, Any]:
    found = {}
    for name in _TEXTS:
        part = getattr(mapping, name)
        found[name] = part.column or "" if part else ""
        found[f"{name}_text"] = part.fixed or "" if part else ""
    return found


def _answered_promise(mapping: Mapping) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if mapping.expected_by:
        found["expected_by"] = mapping.expected_by.column
        found["expected_by_format"] = mapping.expected_by.format
    met = mapping.met
    if isinstance(met, MetWords):
        words = {"met_words": said_words(met.met), "unmet_words": said_words(met.unmet)}
        found |= {"met": met.column, **words}
    elif isinstance(met, MetInTime):
        found |= {"ended": met.ended.column, "ended_format": met.ended.format}
    elif isinstance(met, MetCounts):
        found |= {"met_judged": "\n".join(met.judged), "met_met": "\n".join(met.met)}
    for name in _WORDED:
        part: Words | None = getattr(mapping, name)
        if part is not None:
            found |= {name: part.column, f"{name}_words": said_words(part.words)}
    return found


def _answered_measures(mapping: Mapping) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if mapping.cost is not None:
        tariff = {word_in(Channel, one): str(cost) for one, cost in mapping.cost.tariff.items()}
        found |= {
            "cost": mapping.cost.column or "",
            "cost_scale": str(mapping.cost.scale),
            "tariff": said_pairs(tariff),
        }
    if mapping.minutes is not None:
        found |= {"minutes": mapping.minutes.column, "minutes_unit": mapping.minutes.unit}
    if mapping.score is not None:
        found |= {
            "score": mapping.score.column,
            "score_low": str(mapping.score.low),
            "score_high": str(mapping.score.high),
        }
    return found
