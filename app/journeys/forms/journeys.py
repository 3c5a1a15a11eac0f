"""What a journey is, and its stages and touchpoints."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wtforms import BooleanField, Field, SelectField, StringField, TextAreaField

from app.calendar.forms import CURRENCIES, VersionedForm, needed
from app.calendar.rules import key_of_name
from app.journeys.rules import (
    Channel,
    JourneyDraft,
    ShapeDraft,
    StageKind,
    stage_cell,
    touchpoint_cell,
)
from app.web.forms import OnceForm


class JourneyForm(OnceForm, VersionedForm):
    """A journey's own words; the choices of owners come from the route."""

    key = StringField(
        "Key",
        description="Lower case, such as motor-claim; left empty, it is made of the name. It stands"
        " in addresses and stays.",
    )
    name = StringField("Name", needed("Give the journey a name, such as Motor claim."))
    segment = StringField(
        "Segment",
        needed("Say which customers go through it."),
        description="Journeys of one segment share its churn.",
    )
    goal = TextAreaField("Goal", needed("Say what the customer wants to reach."))
    currency = SelectField("Currency", choices=CURRENCIES, default="EUR")
    owner_id = SelectField("Owner", coerce=int)
    is_in_use = BooleanField(
        "In use",
        default=True,
        description="A journey in use needs a fresh baseline whenever a cycle opens.",
    )

    def draft(self) -> JourneyDraft:
        return JourneyDraft(
            key=(self.key.data or "").strip() or key_of_name(self.name.data or ""),
            name=self.name.data or "",
            segment=self.segment.data or "",
            goal=self.goal.data or "",
            currency=self.currency.data,
            owner_id=self.owner_id.data,
            is_in_use=self.is_in_use.data,
        )


class ShapeForm(VersionedForm):
    """The names of stages and, by stage and channel, of touchpoints."""

    def stage_name(self, kind: StageKind) -> Field:
        return self[stage_cell(kind)]

    def stage_hidden(self, kind: StageKind) -> Field:
        return self[f"hide-{kind.value}"]

    def touchpoint(self, kind: StageKind, channel: Channel) -> Field:
        return self[touchpoint_cell(kind, channel)]

    @property
    def stages(self) -> list[dict[str, Any]]:
        """Every stage with the fields of its name, of hiding it and of its touchpoints."""
        return [
            {
                "word": kind.word,
                "name": self.stage_name(kind),
                "hide": self.stage_hidden(kind),
                "touchpoints": [self.touchpoint(kind, channel) for channel in Channel],
            }
            for kind in StageKind
        ]

    def draft(self) -> ShapeDraft:
        names = {kind: (self.stage_name(kind).data or "").strip() for kind in StageKind}
        touchpoints = {
            (kind, channel): text
            for kind in StageKind
            for channel in Channel
            if (text := (self.touchpoint(kind, channel).data or "").strip())
        }
        hidden = frozenset(kind for kind in StageKind if self.stage_hidden(kind).data)
        return ShapeDraft(names=names, hidden=hidden, touchpoints=touchpoints)


def shape_form(stored: Mapping[str, object]) -> ShapeForm:
    """Build the form of stages and touchpoints, filled with ``stored`` by field name."""
    made: dict[str, Any] = {}
    for kind in StageKind:
        made[stage_cell(kind)] = StringField("Called here")
        made[f"hide-{kind.value}"] = BooleanField("Hide this stage")
        for channel in Channel:
            made[touchpoint_cell(kind, channel)] = StringField(channel.word)
    form: ShapeForm = type("Shape", (ShapeForm,), made)(data=stored)
    return form
