"""Pages of journeys, their heat map, baselines and pools."""

from app.journeys.routes import baselines, contacts, journeys, needs, pools, show
from app.journeys.routes.blueprint import bp

__all__ = ["baselines", "bp", "contacts", "journeys", "needs", "pools", "show"]
