"""What is kept of reviews of the practice."""

from __future__ import annotations

from app.reviews.models.maturity import MaturityAnswer, MaturityAssessment

__all__ = ["MaturityAnswer", "MaturityAssessment"]
