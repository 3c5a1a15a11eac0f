"""Pages of maturity: where the practice stands, one assessment, and answering it."""

from app.reviews.routes.maturity import answering, assessments, overview

__all__ = ["answering", "assessments", "overview"]
