"""What an address asks to see of a journey's contact log: whose contacts, of which months."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.errors import NotFoundError
from app.extensions import db
from app.journeys import queries
from app.journeys.models import Journey
from app.journeys.rules import Audience, MonthSpan, log_spans


@dataclass(frozen=True, slots=True)
class LogView:
    """The months and the audience somebody looks at; ``span`` is None without any log."""

    journey_id: int
    period: str
    periods: list[tuple[str, str]]
    span: MonthSpan | None
    audience: Audience
    audiences: list[Audience]
    sources: list[str]

    @property
    def scope(self) -> queries.LogScope | None:
        if self.span is None:
            return None
        return queries.LogScope(self.journey_id, self.span, self.audience)

    @property
    def choices(self) -> list[tuple[str, str]]:
        """The audiences to choose from, by their key."""
        return [(one.key, one.word) for one in self.audiences]


def read_log_view(journey: Journey, args: Mapping[str, str]) -> LogView:
    """Read what is asked for; everybody in the last twelve months of the log by default.

    Raises NotFoundError for a period or an audience that the journey has not.
    """
    last = queries.find_last_month(db.session, journey.id)
    audience = Audience.parse(args.get("who", ""))
    if audience is None:
        raise NotFoundError("The log of this journey knows no such customers.")
    period = args.get("period", "")
    spans = log_spans(last, [(one.number, one.measured_on) for one in journey.baselines])
    if not spans:
        return LogView(journey.id, "", [], None, audience, [], [])
    if period not in spans:
        raise NotFoundError("There are no two baselines in a row with these numbers.")
    span = spans[period]
    audiences, sources = queries.load_log_frame(db.session, journey.id, span)
    if audience not in audiences:
        audiences.append(audience)
    return LogView(
        journey_id=journey.id,
        period=period,
        periods=[(key, _word(key)) for key in spans],
        span=span,
        audience=audience,
        audiences=audiences,
        sources=sources,
    )


def _word(key: str) -> str:
    earlier, _, later = key.partition("-")
    return f"Baseline {earlier} to {later}" if key else "Last 12 months"
