"""The first version of the questionnaire, a file per dimension.

Closed assessments show these words, so they never change: better words are a new version beside
this one.
"""

from __future__ import annotations

from app.reviews.rules.maturity.questions import Questionnaire
from app.reviews.rules.maturity.version_1.governance import GOVERNANCE
from app.reviews.rules.maturity.version_1.measurement import MEASUREMENT
from app.reviews.rules.maturity.version_1.people import PEOPLE
from app.reviews.rules.maturity.version_1.process import PROCESS
from app.reviews.rules.maturity.version_1.strategy import STRATEGY
from app.reviews.rules.maturity.version_1.technology import TECHNOLOGY

VERSION_1 = Questionnaire(
    version=1,
    questions=(*STRATEGY, *PROCESS, *PEOPLE, *TECHNOLOGY, *MEASUREMENT, *GOVERNANCE),
)
