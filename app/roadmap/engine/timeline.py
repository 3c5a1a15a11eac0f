"""Place bars, diamonds and loads on a time axis.

All positions are percent of the track, rounded to two digits, so that one drawing serves screen,
phone and paper.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum

from app.values.quarter import Quarter, QuarterSpan
from app.values.written import quarter_words

LONGEST_KEY = 12
"""Characters of a key that fit before its title; of longer ones the end, in which they differ."""


class Zoom(Enum):
    """How much time a screen holds."""

    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"

    @property
    def word(self) -> str:
        return self.value.capitalize()


MONTH_PIXELS = 90
QUARTER_PIXELS = 210
FULL_SHARE = 0.85
NEAR_TODAY = 2
"""How many quarters after the last bar, or before the first, an axis still reaches to today."""
MOST_ON_PAPER = 10
"""Quarters whose months still have room for their names on a sheet."""
MOST_WORDS = 6
"""Quarters that still have room for a word each when the whole axis fits the screen."""


@dataclass(frozen=True, slots=True)
class Diamond:
    """A hurdle on its due day; ``state`` is a hurdle state's value, ``title`` says it whole."""

    due_on: date
    state: str
    title: str
    href: str
    is_selected: bool = False
    gate_id: int = 0


@dataclass(frozen=True, slots=True)
class Bar:
    """A funded initiative from its first to its last day, and as it was approved.

    ``look_href`` leads to all that is known of it, ``name`` says what the bar shows. Who can't move
    it has ``gate_id`` 0 on its diamonds as well. ``link_id`` is what other bars call it in
    ``needs``, 0 where no dependency ties it.

    ``note`` says beside the title what became of it; a stopped one is drawn as such.
    """

    key: str
    title: str
    href: str
    lane: str
    starts_on: date
    ends_on: date
    baseline_ends_on: date
    diamonds: tuple[Diamond, ...]
    is_selected: bool = False
    note: str = ""
    is_stopped: bool = False
    baseline_starts_on: date | None = None
    work_id: int = 0
    look_href: str = ""
    name: str = ""
    may_move: bool = False
    link_id: int = 0
    needs: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Load:
    """What a lane asks for in a quarter, as a share of what there is (1 is full), in words.

    Without a limit the share only compares quarters, so none is full.
    """

    share: float
    word: str
    title: str
    has_limit: bool = True


@dataclass(frozen=True, slots=True)
class Lane:
    """A lane's heading, its note and its load by quarter."""

    key: str
    title: str
    note: str
    loads: Mapping[Quarter, Load]
    href: str | None = None


@dataclass(frozen=True, slots=True)
class Axis:
    """The quarters shown, half-open by day, and today, which may lie outside them."""

    quarters: QuarterSpan
    zoom: Zoom
    today: date

    @property
    def first_day(self) -> date:
        return self.quarters.first.first_day

    @property
    def days(self) -> int:
        return (self.quarters.end.first_day - self.first_day).days

    @property
    def has_today(self) -> bool:
        return Quarter.containing(self.today) in self.quarters

    def x(self, day: date) -> float:
        """Where a day begins, in percent; days outside lie on the edges."""
        gone = min(max((day - self.first_day).days, 0), self.days)
        return round(100 * gone / self.days, 2)

    @property
    def width(self) -> int | None:
        """Pixels of the track; None fits the screen."""
        if self.zoom is Zoom.YEAR:
            return None
        pixels = 3 * MONTH_PIXELS if self.zoom is Zoom.MONTH else QUARTER_PIXELS
        return pixels * len(self.quarters)


def axis_for(
    bars: Sequence[Bar], zoom: Zoom, today: date, within: tuple[date, date] | None = None
) -> Axis:
    """Whole quarters that hold every bar and its baseline, and today where it is next to them.

    Where nothing is near today, the axis keeps to the bars, so that the first one is in view.
    ``within``: first and last day of all that is shown, where not all of it is drawn.
    """
    days = list(within or ())
    days += [day for bar in bars for day in (bar.starts_on, bar.ends_on, bar.baseline_ends_on)]
    days += [bar.baseline_starts_on for bar in bars if bar.baseline_starts_on]
    days += [diamond.due_on for bar in bars for diamond in bar.diamonds]
    now = Quarter.containing(today)
    first, last = (
        (Quarter.containing(min(days)), Quarter.containing(max(days))) if days else (now, now)
    )
    if first - now <= NEAR_TODAY and now - last <= NEAR_TODAY:
        first, last = min(first, now), max(last, now)
    return Axis(QuarterSpan(first, last - first + 1), zoom, today)


_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def axis_drawing(axis: Axis) -> dict[str, object]:
    """Groups, ticks, lines and the mark of today, as the roadmap's macro takes them."""
    groups, ticks, lines = [], [], []
    for quarter in axis.quarters:
        x = axis.x(quarter.first_day)
        if axis.zoom is Zoom.YEAR:
            if quarter.number == 1 or quarter == axis.quarters.first:
                groups.append({"x": x, "label": str(quarter.year), "strong": True})
            if len(axis.quarters) <= 12:
                ticks.append({"x": x, "label": f"Q{quarter.number}"})
        else:
            groups.append(
                {
                    "x": x,
                    "label": quarter_words(quarter),
                    "strong": quarter.number == 1,
                }
            )
            ticks += _months(axis, quarter)
        w = round(axis.x((quarter + 1).first_day) - x, 2)
        lines.append({"x": x, "w": w, "strong": quarter.number == 1})
    return {
        "zoom": axis.zoom.value,
        "width": axis.width,
        "is_long": len(axis.quarters) > MOST_WORDS,
        "is_paper": axis.zoom is _paper_zoom(axis),
        "groups": groups,
        "ticks": ticks,
        "lines": lines,
        "today_x": axis.x(axis.today) if axis.has_today else None,
        "first_day": axis.first_day.isoformat(),
        "days": axis.days,
        "today_label": f"{axis.today.day} {_MONTHS[axis.today.month - 1]}",
    }


def _paper_zoom(axis: Axis) -> Zoom:
    """The axis that fits the width of a sheet."""
    return Zoom.QUARTER if len(axis.quarters) <= MOST_ON_PAPER else Zoom.YEAR


def _months(axis: Axis, quarter: Quarter) -> list[dict[str, object]]:
    first = quarter.first_day.month
    days = [date(quarter.year, first + i, 1) for i in range(3)]
    return [{"x": axis.x(day), "label": _MONTHS[day.month - 1]} for day in days]


def lane_drawings(
    lanes: Sequence[Lane], bars: Iterable[Bar], axis: Axis
) -> list[dict[str, object]]:
    """Lanes in the order given, each with its rows by start; a lane without bars is left out."""
    places = _Places(axis)
    rows: dict[str, list[Bar]] = {lane.key: [] for lane in lanes}
    for bar in bars:
        rows[bar.lane].append(bar)
    return [
        {
            "key": lane.key,
            "title": lane.title,
            "href": lane.href,
            "note": lane.note,
            "load": [
                _load(axis, quarter, load)
                for quarter, load in sorted(lane.loads.items())
                if quarter in axis.quarters
            ],
            "rows": [_row(places, bar) for bar in sorted(rows[lane.key], key=_by_start)],
        }
        for lane in lanes
        if rows[lane.key]
    ]


class _Places(dict[date, float]):
    """Where days begin; each is worked out once, since thousands of bars share few days."""

    def __init__(self, axis: Axis) -> None:
        self.axis = axis

    def __missing__(self, day: date) -> float:
        self[day] = self.axis.x(day)
        return self[day]


def _by_start(bar: Bar) -> tuple[date, str]:
    return bar.starts_on, bar.key


def _load(axis: Axis, quarter: Quarter, load: Load) -> dict[str, object]:
    x = axis.x(quarter.first_day)
    level = "over" if load.share > 1 else "full" if load.share >= FULL_SHARE else None
    if not load.has_limit:
        level = None
    return {
        "x": x,
        "w": round(axis.x((quarter + 1).first_day) - x, 2),
        "share": round(100 * min(load.share, 1)),
        "word": load.word,
        "title": load.title,
        "level": level,
    }


def _row(places: _Places, bar: Bar) -> dict[str, object]:
    x = places[bar.starts_on]
    end = places[bar.ends_on + timedelta(days=1)]
    base_end = places[bar.baseline_ends_on + timedelta(days=1)]
    base_on = bar.baseline_starts_on or bar.starts_on
    base_x = places[base_on]
    is_other = bar.baseline_ends_on != bar.ends_on or base_on != bar.starts_on
    elapsed = min(places[places.axis.today], end) - x
    return {
        "key": bar.key,
        "short": bar.key if len(bar.key) <= LONGEST_KEY else f"…{bar.key[1 - LONGEST_KEY :]}",
        "title": bar.title,
        "href": bar.href,
        "x": x,
        "w": round(max(end - x, 0.1), 2),
        "elapsed_w": round(max(elapsed, 0), 2),
        "base_x": base_x,
        "base_w": round(max(base_end - base_x, 0.1), 2) if is_other else 0,
        "moved": is_other and not bar.is_stopped,
        "stopped": bar.is_stopped,
        "note": bar.note,
        "selected": bar.is_selected,
        "work": bar.work_id if bar.may_move else 0,
        "look": bar.look_href,
        "name": bar.name,
        "link": bar.link_id,
        "needs": " ".join(map(str, bar.needs)),
        "diamonds": [
            {
                "x": places[diamond.due_on],
                "state": diamond.state,
                "title": diamond.title,
                "href": diamond.href,
                "selected": diamond.is_selected,
                "gate": diamond.gate_id,
                "on": diamond.due_on.isoformat() if diamond.gate_id else "",
            }
            for diamond in bar.diamonds
        ],
    }
