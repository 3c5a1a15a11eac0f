"""What the demo company knows of its customers."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.journeys import services
from app.journeys.queries import get_journey_places, list_needs
from app.journeys.rules import Channel, NeedDraft, NeedKind, StatementDraft
from seeds.steps.moments import at
from seeds.story.needs import CUSTOMER_NEEDS, NeedStory, StatedStory


def add_needs(session: Session, people: dict[str, Person], *, known_on: date) -> None:
    """The needs of every journey that has none."""
    for story in CUSTOMER_NEEDS:
        journey = get_journey_places(session, story.journey)
        if not list_needs(session, journey.id):
            services.add_need(
                session, journey, _draft(story, known_on), actor=people[story.by],
                now=at(known_on, hour=11),
            )  # fmt: skip


def _draft(story: NeedStory, known_on: date) -> NeedDraft:
    return NeedDraft(
        segment=story.segment,
        channels=tuple(Channel(word) for word in story.channels),
        statements={
            NeedKind.OVERT: _stated(story.overt, known_on),
            NeedKind.LATENT: _stated(story.latent, known_on),
            NeedKind.CHANNELS: _stated(story.preference, known_on),
        },
    )


def _stated(story: StatedStory, known_on: date) -> StatementDraft:
    return StatementDraft(
        text=story.text,
        source=story.source,
        observed_on=known_on - timedelta(days=story.days_before),
        sample_size=story.asked,
    )
