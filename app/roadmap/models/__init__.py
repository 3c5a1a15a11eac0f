"""Evidence for hurdles, decisions on them, amended criteria, plan versions and moved dates."""

from __future__ import annotations

from app.roadmap.models.amendments import Amendment
from app.roadmap.models.dates import DateMove
from app.roadmap.models.forecasts import HurdleForecast
from app.roadmap.models.hurdles import Evidence, HurdleDecision
from app.roadmap.models.plans import PlanVersion, WorkMove
from app.roadmap.models.rescopes import Rescope

__all__ = [
    "Amendment",
    "DateMove",
    "Evidence",
    "HurdleDecision",
    "HurdleForecast",
    "PlanVersion",
    "Rescope",
    "WorkMove",
]
