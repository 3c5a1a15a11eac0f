"""Pages of findings, of maturity and of the value bridge."""

from app.reviews.routes import bridge, findings, maturity
from app.reviews.routes.blueprint import bp

__all__ = ["bp", "bridge", "findings", "maturity"]
