"""Pages of findings and of maturity."""

from app.reviews.routes import findings, maturity
from app.reviews.routes.blueprint import bp

__all__ = ["bp", "findings", "maturity"]
