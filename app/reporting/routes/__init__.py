"""The home page and one's calendar feed."""

from app.reporting.routes import feed, home
from app.reporting.routes.blueprint import bp

__all__ = ["bp", "feed", "home"]
