"""Pages of findings and of maturity."""

from app.reviews.routes import maturity
from app.reviews.routes.blueprint import bp

__all__ = ["bp", "maturity"]
