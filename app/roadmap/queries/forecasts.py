"""Read what the money of a hurdle would return elsewhere, as far as it was worked out."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, undefer

from app.jobs.rules import JobState
from app.roadmap.models import HurdleForecast
from app.roadmap.queries.freed import find_next_scenario

ALIVE = (JobState.QUEUED, JobState.RUNNING)
NO_CYCLE = (
    "No cycle is open in which the money could be used otherwise: the hurdle rate stands alone."
)
NOT_ASKED = "The best other use of the money is not worked out yet: the hurdle rate stands alone."


@dataclass(frozen=True, slots=True)
class OtherUse:
    """λ* of a hurdle's money, and the least and the most it can be where that is not proven.

    Without one ``why_none`` says why, as a sentence.
    """

    forecast_id: int | None
    rate: float | None
    range: tuple[float, float] | None
    why_none: str


def find_forecast(
    session: Session, tranche_id: int, evidence_id: int | None
) -> HurdleForecast | None:
    """The newest question about a hurdle that knew of its last measurement."""
    return session.scalar(
        select(HurdleForecast)
        .where(
            HurdleForecast.tranche_id == tranche_id,
            HurdleForecast.evidence_id.is_(None)
            if evidence_id is None
            else HurdleForecast.evidence_id == evidence_id,
        )
        .options(joinedload(HurdleForecast.job), joinedload(HurdleForecast.scenario))
        .order_by(HurdleForecast.id.desc())
        .limit(1)
    )


def find_same(session: Session, tranche_id: int, question: str) -> HurdleForecast | None:
    """The same question about a hurdle that is answered or being worked on."""
    rows = session.scalars(
        select(HurdleForecast)
        .where(HurdleForecast.tranche_id == tranche_id, HurdleForecast.question == question)
        .options(joinedload(HurdleForecast.job))
        .order_by(HurdleForecast.id.desc())
    )
    return next((one for one in rows if one.content is not None or one.job.state in ALIVE), None)


def find_forecast_of_job(session: Session, job_id: int) -> HurdleForecast | None:
    """The question a job works on, with its problems."""
    return session.scalar(
        select(HurdleForecast)
        .where(HurdleForecast.job_id == job_id)
        .options(undefer(HurdleForecast.problems))
    )


def find_other_use(
    session: Session, tranche_id: int, evidence_id: int | None, currency: str
) -> OtherUse:
    """The best other use worked out last with the evidence that stands now."""
    content = session.execute(
        select(HurdleForecast.id, HurdleForecast.content)
        .where(
            HurdleForecast.tranche_id == tranche_id,
            HurdleForecast.content.is_not(None),
            HurdleForecast.evidence_id.is_(None)
            if evidence_id is None
            else HurdleForecast.evidence_id == evidence_id,
        )
        .order_by(HurdleForecast.id.desc())
        .limit(1)
    ).first()
    if content is not None:
        return other_use(content.id, json.loads(content.content))
    known = find_next_scenario(session, currency)
    return OtherUse(None, None, None, NO_CYCLE if known is None else NOT_ASKED)


def other_use(forecast_id: int, content: dict[str, Any]) -> OtherUse:
    """λ* = (W without − W with)/C − 1; bounds where a solve ended before its proof."""
    cost, on, off = content["cost_minor"], content["with"], content["without"]
    rate = (off["value"] - on["value"]) / cost - 1
    least = (off["value"] - on["bound"]) / cost - 1
    most = (off["bound"] - on["value"]) / cost - 1
    return OtherUse(forecast_id, rate, (least, most) if least < most else None, "")
