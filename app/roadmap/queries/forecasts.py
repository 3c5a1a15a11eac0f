"""Read what the money of a hurdle would return elsewhere, as far as it was worked out."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, joinedload, undefer

from app.jobs.rules import JobState
from app.roadmap.models import HurdleForecast
from app.roadmap.queries.freed import next_scenario

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


@dataclass(frozen=True, slots=True)
class Asked:
    """What is known of the other use of a hurdle's money with the evidence that stands now.

    ``newest`` is the question asked last, ``answered`` the one answered last, ``scenario_id`` the
    scenario it would be asked of today.
    """

    newest: HurdleForecast | None
    answered: HurdleForecast | None
    scenario_id: int | None

    @property
    def other_use(self) -> OtherUse:
        """The best other use worked out last."""
        if self.answered is not None and self.answered.content is not None:
            return other_use(self.answered.id, json.loads(self.answered.content))
        why = NO_CYCLE if self.scenario_id is None else NOT_ASKED
        return OtherUse(None, None, None, why)


def load_asked(session: Session, tranche_id: int, evidence_id: int | None, currency: str) -> Asked:
    """The newest questions about a hurdle that knew of its last measurement; one query."""
    newest = select(func.max(HurdleForecast.id)).where(
        HurdleForecast.tranche_id == tranche_id,
        HurdleForecast.evidence_id.is_(None)
        if evidence_id is None
        else HurdleForecast.evidence_id == evidence_id,
    )
    answered = newest.where(HurdleForecast.content.is_not(None))
    of = select(next_scenario(currency).scalar_subquery().label("scenario_id")).subquery()
    wanted = (newest.scalar_subquery(), answered.scalar_subquery())
    rows = session.execute(
        select(of.c.scenario_id, HurdleForecast)
        .select_from(of)
        .outerjoin(HurdleForecast, or_(*(HurdleForecast.id == one for one in wanted)))
        .options(joinedload(HurdleForecast.job), joinedload(HurdleForecast.scenario))
        .order_by(HurdleForecast.id.desc())
    ).all()
    found = [one for _, one in rows if one is not None]
    return Asked(
        newest=found[0] if found else None,
        answered=next((one for one in found if one.content is not None), None),
        scenario_id=rows[0].scenario_id,
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


def other_use(forecast_id: int, content: dict[str, Any]) -> OtherUse:
    """λ* = (W without − W with)/C − 1; bounds where a solve ended before its proof."""
    cost, on, off = content["cost_minor"], content["with"], content["without"]
    rate = (off["value"] - on["value"]) / cost - 1
    least = (off["value"] - on["bound"]) / cost - 1
    most = (off["bound"] - on["value"]) / cost - 1
    return OtherUse(forecast_id, rate, (least, most) if least < most else None, "")
