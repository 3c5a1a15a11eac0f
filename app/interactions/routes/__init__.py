"""Pages for logs of interactions."""

from app.interactions.routes import erasing, importing, mappings, sources
from app.interactions.routes.blueprint import bp

__all__ = ["bp", "erasing", "importing", "mappings", "sources"]
