"""The six ways to look at a heat map: what a cell shows, its colour and where it is going."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from app.journeys.rules import (
    FEWEST_JUDGED,
    Audience,
    Change,
    FigureKind,
    Logged,
    Measured,
    Origin,
    Version,
    figures_change,
    logged_change,
    pain_change,
)
from app.values.money import Money
from app.web.filters import money_short, number, percent

LEVELS = 8

SHOWS = (
    ("pain", "Pain"),
    ("satisfaction", "Satisfaction"),
    ("unmet", "Unmet expectation"),
    ("volume", "Volume"),
    ("cost", "Cost to serve"),
    ("minutes", "Minutes"),
)
"""What the cells can show, by the word in the address."""

Figures = Mapping[int, Measured]
Log = Mapping[int, Logged]
Values = Mapping[int, Decimal]
Origins = Mapping[int, Mapping[FigureKind, Origin]]


@dataclass(frozen=True, slots=True)
class Cell:
    """What a look shows of one touchpoint; ``level`` is its colour, 0 to 7."""

    text: str
    level: int
    trend: str
    trend_note: str


@dataclass(frozen=True, slots=True)
class Look:
    """What all cells show: their word in the switch, the ends of the scale, a cell by touchpoint.

    ``is_logged``: the figures come from the contact log, not from a baseline. ``absent`` is what a
    touchpoint without a figure says, ``nothing`` why there is none at all. ``told`` is how many
    cells could be compared with before, by what can be said of their change.
    """

    key: str
    word: str
    low: str
    high: str
    is_logged: bool
    absent: str
    nothing: str | None
    cells: Mapping[int, Cell]
    told: Mapping[Change, int]

    @property
    def compared(self) -> int:
        return sum(self.told.values())


@dataclass(frozen=True, slots=True)
class Logs:
    """What is logged at touchpoints by id, now and as long before.

    ``covered`` are those whose log covers all months of both: only there do sums compare.
    """

    now: Log = field(default_factory=dict)
    before: Log = field(default_factory=dict)
    covered: Collection[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a journey's touchpoints by id: measured and logged, now and before."""

    currency: str
    figures: Figures
    earlier: Figures
    pains: Mapping[int, int]
    earlier_pains: Mapping[int, int]
    logs: Logs
    audience: Audience
    origins: Origins = field(default_factory=dict)
    earlier_origins: Origins = field(default_factory=dict)

    @property
    def logged(self) -> Log:
        return self.logs.now

    def change(self, show: str, id_: int) -> Change | None:
        """What the comparison of the baselines says of a figure here; None if one lacks it."""
        if id_ not in self.figures or id_ not in self.earlier:
            return None
        before = Version(self.earlier[id_], self.earlier_origins.get(id_, {}))
        now = Version(self.figures[id_], self.origins.get(id_, {}))
        if show == "pain":
            return pain_change(before, now)
        return figures_change(_WORKED_OUT_FROM[show], before, now)


def reads_log(show: str, audience: Audience, *, is_measured: bool) -> bool:
    """Whether a look shows the contact log: only it knows unmet expectations and segments.

    Without a baseline it is all that is known, of everybody too; but it says nothing of pain.
    """
    if show in ("pain", "unmet"):
        return show == "unmet"
    return not (is_measured and audience.is_everybody)


def adds_up(show: str) -> bool:
    """Whether a look at the log shows sums, which grow with the days that are logged."""
    return show not in _STANDS_ON


def look_at(show: str, known: Known) -> Look:
    """Arrange one look; see SHOWS."""
    is_logged = reads_log(show, known.audience, is_measured=bool(known.figures))
    now, before = _values(show, known, is_logged=is_logged)
    most = max(now.values(), default=Decimal(0))
    write = _writer(show, known.currency)
    told = {
        id_: said
        for id_ in now.keys() & before.keys()
        if (said := _change(show, id_, known, is_logged=is_logged)) is not None
    }
    return Look(
        key=show,
        word=dict(SHOWS)[show],
        low="10" if show == "satisfaction" else "0",
        high=_high(show, write(most), is_logged=is_logged),
        is_logged=is_logged,
        absent=_ABSENT[show],
        nothing=None if now else _nothing(show, known.audience, is_logged=is_logged),
        cells={
            id_: Cell(
                write(value),
                _level(show, value, most),
                *_trend(show, value, before.get(id_), told.get(id_)),
            )
            for id_, value in now.items()
        },
        told=Counter(told.values()),
    )


def _change(show: str, id_: int, known: Known, *, is_logged: bool) -> Change | None:
    if not is_logged:
        return known.change(show, id_)
    read = _LOGGED[show]
    before, now = known.logs.before[id_], known.logs.now[id_]
    was, is_ = read(before), read(now)
    if was is None or is_ is None:
        return None
    return logged_change(_LOG_KINDS.get(show), is_ - was, before, now)


def short_count(value: Decimal) -> str:
    """A count as charts write it: 950, 41k, 1.3m."""
    for size, letter in ((Decimal(1_000_000), "m"), (Decimal(1_000), "k")):
        if value >= size:
            scaled = value / size
            return number(round(scaled, 1) if scaled < 10 else round(scaled)) + letter
    return number(round(value))


def short_contacts(value: Decimal) -> str:
    """Contacts as charts write them: 1 contact, 41k contacts."""
    count = short_count(value)
    return f"{count} contact" if count == "1" else f"{count} contacts"


def pain_level(pain: int) -> int:
    """The colour of a pain on its scale."""
    return _step(Decimal(pain), Decimal(100))


def _step(value: Decimal, most: Decimal) -> int:
    """The colour of the pain scale, 0 to 7, in eight equal steps."""
    return min(LEVELS - 1, int(value * LEVELS / most)) if most else 0


def _level(show: str, value: Decimal, most: Decimal) -> int:
    if show == "pain":
        return _step(value, Decimal(100))
    return _step(10 - value, Decimal(10)) if show == "satisfaction" else _step(value, most)


def _values(show: str, known: Known, *, is_logged: bool) -> tuple[Values, Values]:
    """The figures of a look by touchpoint, now and before; those not known are left out."""
    if show == "pain":
        return _exact(known.pains), _exact(known.earlier_pains)
    if is_logged:
        read, before = _LOGGED[show], _comparable(show, known.logs)
        return _given(known.logged, read), _given(before, read)
    measured = _MEASURED[show]
    return (
        {id_: measured(one) for id_, one in known.figures.items()},
        {id_: measured(one) for id_, one in known.earlier.items()},
    )


def _comparable(show: str, logs: Logs) -> Log:
    """What was logged before, where it says something of the change: enough contacts or days."""
    if adds_up(show):
        return {id_: one for id_, one in logs.before.items() if id_ in logs.covered}
    count = _STANDS_ON[show]
    return {
        id_: one
        for id_, one in logs.before.items()
        if id_ in logs.now and min(count(one), count(logs.now[id_])) >= FEWEST_JUDGED
    }


def _exact(pains: Mapping[int, int]) -> Values:
    return {id_: Decimal(pain) for id_, pain in pains.items()}


def _given(logged: Log, read: Callable[[Logged], Decimal | None]) -> Values:
    return {id_: value for id_, one in logged.items() if (value := read(one)) is not None}


_MEASURED: dict[str, Callable[[Measured], Decimal]] = {
    "satisfaction": lambda one: one.satisfaction,
    "volume": lambda one: one.contacts_per_year,
    "cost": lambda one: Decimal(one.cost_per_year_minor),
    "minutes": lambda one: one.minutes_per_year,
}
_LOGGED: dict[str, Callable[[Logged], Decimal | None]] = {
    "satisfaction": lambda one: one.satisfaction,
    "unmet": lambda one: one.unmet_share,
    "volume": lambda one: Decimal(one.contacts),
    "cost": lambda one: Decimal(one.cost_minor) if one.costed else None,
    "minutes": lambda one: one.minutes if one.timed else None,
}
_WORKED_OUT_FROM = {
    "satisfaction": (FigureKind.SATISFACTION,),
    "volume": (FigureKind.CONTACTS,),
    "cost": (FigureKind.CONTACTS, FigureKind.COST),
    "minutes": (FigureKind.CONTACTS, FigureKind.MINUTES),
}
_LOG_KINDS = {
    "satisfaction": FigureKind.SATISFACTION,
    "unmet": FigureKind.UNMET,
    "volume": FigureKind.CONTACTS,
}
_STANDS_ON: dict[str, Callable[[Logged], int]] = {
    "satisfaction": lambda one: one.scored,
    "unmet": lambda one: one.judged,
}
"""The looks at means, and how many contacts each stands on."""
_ABSENT = {
    "pain": "not measured",
    "satisfaction": "no score",
    "unmet": "not judged",
    "volume": "not measured",
    "cost": "no cost",
    "minutes": "no time",
}
_UNLOGGED = {
    "unmet": (
        "No logged contact of these months says whether the expectation was met. Import a log with"
        " a column that says so, or with the promised and the actual result"
    ),
    "satisfaction": "No logged contact of these carries a score. Import a log with scores",
    "volume": "No contact of these is logged in these months. Choose others",
    "cost": (
        "No logged contact of these carries a cost. Import a log with costs or a tariff per contact"
    ),
    "minutes": "No logged contact of these says how long it took. Import a log with minutes",
}


def _nothing(show: str, audience: Audience, *, is_logged: bool) -> str:
    """Why a look has no figure at all, and what to do."""
    if not is_logged:
        return "No baseline says it yet; record one."
    return f"{_UNLOGGED[show]}{'.' if audience.is_everybody else ', or look at everybody.'}"


def _writer(show: str, currency: str) -> Callable[[Decimal], str]:
    return {
        "satisfaction": lambda value: number(value, 1),
        "unmet": lambda value: percent(value, 0),
        "volume": short_count,
        "cost": lambda value: money_short(Money(int(value), currency)),
        "minutes": short_count,
    }.get(show, lambda value: str(int(value)))


def _high(show: str, most: str, *, is_logged: bool) -> str:
    a_year = " logged" if is_logged else " a year"
    return {
        "pain": "100 pain",
        "satisfaction": "0 satisfaction",
        "unmet": f"{most} unmet",
        "volume": f"{most} {'contact' if most == '1' else 'contacts'}{a_year}",
        "cost": f"{most}{a_year}",
        "minutes": f"{most} {'minute' if most == '1' else 'minutes'}{a_year}",
    }[show]


def _trend(show: str, now: Decimal, before: Decimal | None, said: Change | None) -> tuple[str, str]:
    """Where a figure went since before, and what can be said of it to those who see no arrow.

    Only what is more than chance is called worse or better; what chance explains has no arrow.
    """
    if before is None or said is None or said is Change.NONE or now == before:
        return "flat", ""
    if said in (Change.WITHIN, Change.SHARED):
        return "flat", f", {said.word}"
    went = "up" if now > before else "down"
    if said is Change.UNTESTED:
        return went, f", {'higher' if went == 'up' else 'lower'} than before, {said.word}"
    if show == "volume":
        return went, ", more than before" if went == "up" else ", fewer than before"
    is_worse = (went == "down") if show == "satisfaction" else (went == "up")
    return went, ", getting worse" if is_worse else ", getting better"
