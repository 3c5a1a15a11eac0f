"""What somebody asked to see, read from the address and written back into links."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from enum import Enum
from typing import Any, Self, TypeVar
from urllib.parse import urlencode

from app.roadmap.engine.timeline import Zoom

Choice = TypeVar("Choice", bound=Enum)


class Lanes(Enum):
    """What the rows of a roadmap are grouped by."""

    JOURNEY = "journey"
    TEAM = "team"
    FUND = "fund"
    OWNER = "owner"
    UNIT = "unit"

    @property
    def word(self) -> str:
        return self.value.capitalize()


class Show(Enum):
    """Which initiatives a roadmap shows."""

    ALL = "all"
    MINE = "mine"
    TROUBLE = "trouble"
    WAITING = "waiting"


class When(Enum):
    """Which hurdles a gate calendar shows."""

    ALL = "all"
    LATE = "late"
    MONTH = "month"
    NEXT = "next"
    DECIDED = "decided"


class _Asked:
    """Links keep everything but what they change; what is as by default stays out of them."""

    def href(self, **changes: Any) -> str:
        """The address with some values changed and the first page, unless another is asked for."""
        wanted = replace(self, **{"page": 1, **changes})  # type: ignore[type-var]
        plain = type(self)()
        query = {
            field.name: _written(getattr(wanted, field.name))
            for field in fields(wanted)  # type: ignore[arg-type]
            if getattr(wanted, field.name) != getattr(plain, field.name)
        }
        return f"?{urlencode(query)}"

    def page_href(self, number: int) -> str:
        """The same view at another page of its table."""
        return self.href(page=number)


@dataclass(frozen=True, slots=True)
class RoadmapChoices(_Asked):
    """The view of a roadmap; ``at`` is the tranche looked at or ``work`` the commitment.

    ``zoom`` is None for what fits the span.

    ``owner`` is a person's id; it means nothing where somebody asks for their own.
    ``all``: draw every bar, however many there are.
    """

    lanes: Lanes = Lanes.JOURNEY
    zoom: Zoom | None = None
    show: Show = Show.ALL
    cycle: int | None = None
    q: str = ""
    at: int | None = None
    owner: int | None = None
    work: int | None = None
    all: bool = False
    page: int = 1

    @classmethod
    def read(cls, args: Mapping[str, str]) -> Self:
        """Nonsense counts as not asked."""
        return cls(
            lanes=_one_of(Lanes, args.get("lanes"), Lanes.JOURNEY),
            zoom=next((one for one in Zoom if one.value == args.get("zoom")), None),
            show=_one_of(Show, args.get("show"), Show.ALL),
            cycle=_whole(args.get("cycle")),
            owner=_whole(args.get("owner")),
            q=args.get("q", "").strip()[:100],
            at=_whole(args.get("at")),
            work=_whole(args.get("work")),
            all=args.get("all") == "1",
            page=_whole(args.get("page")) or 1,
        )

    @property
    def is_narrowed(self) -> bool:
        """Whether text, cycle or owner leave some out."""
        return self.cycle is not None or self.owner is not None or bool(self.q)

    def shared(self, zoom: Zoom, person_id: int) -> Self:
        """The same view for whoever opens it: what follows from the reader or the day is said."""
        if self.show is not Show.MINE:
            return replace(self, zoom=zoom)
        return replace(self, zoom=zoom, show=Show.ALL, owner=person_id)


@dataclass(frozen=True, slots=True)
class GateChoices(_Asked):
    """The view of a gate calendar; ``owner`` is a person's id, ``month`` is written 2027-03."""

    when: When = When.ALL
    state: str = ""
    owner: int | None = None
    journey: str = ""
    month: str = ""
    q: str = ""
    page: int = 1

    @classmethod
    def read(cls, args: Mapping[str, str]) -> Self:
        """Nonsense counts as not asked."""
        return cls(
            when=_one_of(When, args.get("when"), When.ALL),
            state=args.get("state", "")[:20],
            owner=_whole(args.get("owner")),
            journey=args.get("journey", "")[:100],
            month=args.get("month", "")[:7],
            q=args.get("q", "").strip()[:100],
            page=_whole(args.get("page")) or 1,
        )

    @property
    def is_filtered(self) -> bool:
        return replace(self, when=When.ALL, page=1) != GateChoices()


@dataclass(frozen=True, slots=True)
class HistoryChoices(_Asked):
    """The view of the plan's history; ``initiative`` is a key, ``versions`` a page of these."""

    cycle: int | None = None
    initiative: str = ""
    page: int = 1
    versions: int = 1

    @classmethod
    def read(cls, args: Mapping[str, str]) -> Self:
        """Nonsense counts as not asked."""
        return cls(
            cycle=_whole(args.get("cycle")),
            initiative=args.get("initiative", "").strip()[:100],
            page=_whole(args.get("page")) or 1,
            versions=_whole(args.get("versions")) or 1,
        )

    @property
    def is_filtered(self) -> bool:
        return replace(self, page=1, versions=1) != HistoryChoices()

    def versions_href(self, number: int) -> str:
        """The same view at another page of its versions."""
        return self.href(versions=number, page=self.page)


def matches(text: str, *fields_: str) -> bool:
    """Whether every word of the text stands in one of the fields, in any case."""
    if not text:
        return True
    haystack = "\n".join(fields_).casefold()
    return all(word in haystack for word in text.casefold().split())


def _one_of(kind: type[Choice], text: str | None, default: Choice) -> Choice:
    return next((one for one in kind if one.value == text), default)


def _whole(text: str | None) -> int | None:
    if not text or not text.isascii() or not text.isdigit() or len(text) > 9:
        return None
    return int(text)


def _written(value: object) -> str:
    if isinstance(value, Enum):
        return str(value.value)
    return "" if value is None else "1" if value is True else str(value)
