"""Pages of journeys, their heat map, baselines and pools."""

from app.journeys.routes import baselines, contacts, controls, cutting, journeys, needs, pools, show
from app.journeys.routes.blueprint import bp

__all__ = [
    "baselines", "bp", "contacts", "controls", "cutting", "journeys", "needs", "pools", "show",
]  # fmt: skip
