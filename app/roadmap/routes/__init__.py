"""Pages of the roadmap, the gate calendar and the review of one hurdle."""

from app.roadmap.routes import (
    amending,
    board,
    calendar,
    ending,
    forecasts,
    freed,
    moving,
    replanning,
    review,
    versions,
)
from app.roadmap.routes.blueprint import bp

__all__ = [
    "amending",
    "board",
    "bp",
    "calendar",
    "ending",
    "forecasts",
    "freed",
    "moving",
    "replanning",
    "review",
    "versions",
]
