"""Where the figures of a case come from: the address behind each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import url_for

from app.initiatives.models import Effect, Initiative, Option

Linked = dict[str, Any]
"""Words and, where their source has a page or a place, its address."""


def linked(text: str, href: str | None = None) -> Linked:
    return {"text": text, "href": href} if href else {"text": text}


def formula_place(name: str) -> str:
    """Where the page itself writes a formula out."""
    return f"#formula-{name}"


@dataclass(frozen=True, slots=True)
class CaseSources:
    """The addresses behind the figures of one option's case."""

    key: str
    cycle_id: int | None
    option_key: str

    @classmethod
    def of(cls, initiative: Initiative, option: Option) -> CaseSources:
        return cls(initiative.key, initiative.cycle_id, option.key)

    @property
    def initiative(self) -> str:
        return url_for("initiatives.show", key=self.key)

    @property
    def option(self) -> str:
        """What was entered of the option: spend, days, go-live, ramp, benefit."""
        place = f"option-{self.option_key}"
        return url_for("initiatives.options", key=self.key, _anchor=place)

    @property
    def behaviours(self) -> str:
        return url_for("initiatives.behaviours", key=self.key)

    def behaviour(self, effect: Effect) -> str:
        """The behaviour of an effect with its removal and its evidence."""
        place = f"behaviour-{effect.behaviour_id}"
        return url_for("initiatives.behaviours", key=self.key, _anchor=place)

    def cycle(self, part: str | None = None) -> str:
        """The cycle: its rates and horizon, or its ``funds`` or ``teams``."""
        return url_for("calendar.show", cycle_id=self.cycle_id, _anchor=part)

    def part(self, name: str) -> str:
        """A part of this option's case on the page itself."""
        return f"#{name}-{self.option_key}"


def pool_page(effect: Effect) -> str:
    """The pool an effect works on: formula, inputs, baseline, who certified it."""
    pool = effect.pool
    return url_for("journeys.pool", key=pool.journey.key, word=pool.lever.value)
