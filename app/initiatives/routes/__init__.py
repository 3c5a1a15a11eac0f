"""Pages of the registry, of one initiative and of organisation units."""

from app.initiatives.routes import (
    behaviours,
    handover,
    links,
    milestones,
    options,
    overview,
    proposing,
    questions,
    registry,
    registry_bulk,
    registry_cells,
    registry_views,
    similar,
    spots,
    units,
)
from app.initiatives.routes.blueprint import bp

__all__ = [
    "behaviours",
    "bp",
    "handover",
    "links",
    "milestones",
    "options",
    "overview",
    "proposing",
    "questions",
    "registry",
    "registry_bulk",
    "registry_cells",
    "registry_views",
    "similar",
    "spots",
    "units",
]
