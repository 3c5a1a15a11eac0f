"""Pages of journeys, their heat map, baselines and pools."""

from app.journeys.routes import baselines, controls, cutting, journeys, pools, show
from app.journeys.routes.blueprint import bp

__all__ = ["baselines", "bp", "controls", "cutting", "journeys", "pools", "show"]
