"""Pages of gate meetings: archive, agenda, minutes, evidence packs."""

from app.meetings.routes import agenda, archive, minutes, packs
from app.meetings.routes.blueprint import bp

__all__ = ["agenda", "archive", "bp", "minutes", "packs"]
