"""How a run is started, and which two are compared."""

from __future__ import annotations

from wtforms.validators import InputRequired

from app.web.fields import CountField, PercentField
from app.web.forms import OnceForm


class RunForm(OnceForm):
    """A run's options; the request key makes sending twice start one run."""

    seconds = CountField("Time limit", validators=[InputRequired("Enter seconds, such as 60.")])
    gap = PercentField(
        "Content with a gap of",
        validators=[InputRequired("Enter a percentage; 0 asks for a proof.")],
        description="0 % asks for the proven optimum.",
    )
