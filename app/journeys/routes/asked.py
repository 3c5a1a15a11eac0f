"""What an address asks to see of a journey's contact log: whose contacts, of which months."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from app.errors import NotFoundError
from app.extensions import db
from app.journeys import queries
from app.journeys.models import Journey
from app.journeys.presenters import span_words
from app.journeys.rules import Audience, MonthSpan, log_span, log_spans
from app.web.filters import counted


@dataclass(frozen=True, slots=True)
class LogView:
    """The months and the audience somebody looks at; ``span`` is None without any log.

    ``periods`` and single ``months`` to choose from stand with their words in the address; ``ends``
    are the two of those months that are nearest to what is looked at.
    """

    journey_id: int
    period: str
    periods: list[tuple[str, str]]
    months: list[tuple[str, str]]
    ends: tuple[str, str]
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

    Months come as one ``period``, or as ``from`` and ``to`` of a form. Raises NotFoundError for
    a period or an audience that the journey has not.
    """
    logged = queries.find_logged_months(db.session, journey.id)
    audience = Audience.parse(args.get("who", ""))
    if audience is None:
        raise NotFoundError("The log of this journey knows no such customers.")
    spans = log_spans(logged, [(one.number, one.measured_on) for one in journey.baselines])
    if logged is None:
        return LogView(journey.id, "", [], [], ("", ""), None, audience, [], [])
    period = _asked_period(args, spans)
    span = log_span(period, spans)
    if span is None:
        raise NotFoundError(
            "No months are meant by this address. Choose them from the list, or a first and a last."
        )
    audiences, sources = queries.load_log_frame(db.session, journey.id, span)
    if audience not in audiences:
        audiences.append(audience)
    return LogView(
        journey_id=journey.id,
        period=period,
        periods=[(key, _word(key, one)) for key, one in (spans | {period: span}).items()],
        months=[(f"{one:%Y-%m}", span_words(MonthSpan.through(one, one))) for one in logged.each()],
        ends=(_month_in(logged, span.first), _month_in(logged, span.last)),
        span=span,
        audience=audience,
        audiences=audiences,
        sources=sources,
    )


def _month_in(logged: MonthSpan, month: date) -> str:
    """A month as an address has it; one that is not logged is the nearest that is."""
    return f"{min(max(month, logged.first), logged.last):%Y-%m}"


def _asked_period(args: Mapping[str, str], spans: Mapping[str, MonthSpan]) -> str:
    """The months by the word an address has for them; a form's two months become one word."""
    if not (args.get("from") and args.get("to")):
        return args.get("period", "")
    asked = log_span(f"{args['from']}..{args['to']}", spans)
    if asked is None:
        raise NotFoundError("Choose a first and a last month, such as 2026-01 and 2026-06.")
    return next((key for key, one in spans.items() if one == asked), asked.key)


def _word(key: str, span: MonthSpan) -> str:
    if not key:
        return "Last 12 months"
    if key == "all":
        return f"All {counted(span.months, 'month')}"
    earlier, _, later = key.partition("-")
    return span_words(span) if ".." in key else f"Baseline {earlier} to {later}"
