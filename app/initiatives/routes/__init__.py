"""Pages of the registry and of one initiative."""

from app.initiatives.routes import (
    behaviours,
    links,
    milestones,
    options,
    overview,
    proposing,
    registry,
    spots,
)
from app.initiatives.routes.blueprint import bp

__all__ = [
    "behaviours",
    "bp",
    "links",
    "milestones",
    "options",
    "overview",
    "proposing",
    "registry",
    "spots",
]
