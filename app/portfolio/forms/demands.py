"""Rules of a scenario, one form per kind."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from wtforms import SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired

from app.portfolio.forms.scenarios import VersionForm, stripped
from app.portfolio.rules.demands import DemandKind
from app.web.fields import CountField, MoneyField, PercentField, ValueField

_CANDIDATE = {"list": "candidates", "autocomplete": "off"}
_BETWEEN_KEYS = re.compile(r"[\s,;]+")
_NAME_IT = "Name the initiative by its key."


class KeysField(ValueField):
    """Keys of initiatives, typed in one line; ``data`` is the list without repetitions."""

    def parse(self, text: str) -> list[str]:
        keys = [key.upper() for key in _BETWEEN_KEYS.split(text.strip()) if key]
        return list(dict.fromkeys(keys))

    def write(self, value: Sequence[str]) -> str:
        return ", ".join(value)


class DemandForm(VersionForm):
    """What every rule may say; the kinds add their own fields before it."""

    reason = TextAreaField("Reason", filters=[stripped])

    def offer_tags(self, pairs: Sequence[tuple[str, str]]) -> None:
        """Let people choose among the tags that candidates carry."""

    def parameters(self) -> dict[str, Any]:
        """The rule's parameters as the problem file writes them; shares as text."""
        raise NotImplementedError


class RequiresForm(DemandForm):
    """One initiative needs another."""

    initiative = StringField(
        "Initiative",
        filters=[stripped, str.upper],
        validators=[DataRequired(_NAME_IT)],
        render_kw=_CANDIDATE,
    )
    needs = StringField(
        "Needs",
        filters=[stripped, str.upper],
        validators=[DataRequired(_NAME_IT)],
        render_kw=_CANDIDATE,
    )
    lag = CountField(
        "Quarters in between", default=0, description="0: it may start in the same quarter."
    )

    def parameters(self) -> dict[str, Any]:
        return {
            "initiative": self.initiative.data,
            "needs": self.needs.data,
            "lag": self.lag.data or 0,
        }


class TogetherForm(DemandForm):
    """All of some initiatives or none."""

    initiatives = KeysField(
        "Initiatives",
        validators=[DataRequired("Name at least two initiatives.")],
        description="Keys, separated by commas: CX-104, CX-107.",
    )

    def parameters(self) -> dict[str, Any]:
        return {"initiatives": self.initiatives.data}


class _TaggedForm(DemandForm):
    tag = SelectField("Group", validate_choice=False)

    def offer_tags(self, pairs: Sequence[tuple[str, str]]) -> None:
        named = [(f"{tag}={value}", f"{tag} = {value}") for tag, value in pairs]
        self.tag.choices = [("", "Choose a group"), *named]

    def chosen_tag(self) -> dict[str, str]:
        tag, _, value = (self.tag.data or "").partition("=")
        return {"tag": tag, "equals": value}


class CountForm(_TaggedForm):
    """At most or at least so many, of a list or of a group."""

    count = CountField("How many", validators=[InputRequired("Enter a whole number.")])
    initiatives = KeysField(
        "Of these initiatives", description="Keys, separated by commas. Or choose a group below."
    )

    def validate(self, extra_validators: Any = None) -> bool:
        valid = super().validate(extra_validators)
        if bool(self.initiatives.data) == bool(self.tag.data):
            message = "Name initiatives or choose a group: one of the two."
            self.initiatives.errors = [*self.initiatives.errors, message]
            return False
        return valid

    def parameters(self) -> dict[str, Any]:
        named = self.initiatives.data
        members = {"initiatives": named} if named else self.chosen_tag()
        return {"count": self.count.data, **members}


class ShareForm(_TaggedForm):
    """A share of the money for a group."""

    bound = SelectField("Bound", choices=[("at_most", "At most"), ("at_least", "At least")])
    share = PercentField("Share", validators=[InputRequired("Enter a percentage such as 50 %.")])
    of = SelectField("Of the", choices=[("budget", "whole budget"), ("spend", "money spent")])
    tag = SelectField(
        "On", validate_choice=False, validators=[DataRequired("Choose a group of initiatives.")]
    )

    def parameters(self) -> dict[str, Any]:
        share = Decimal(self.share.data or 0).normalize()
        return {self.bound.data: f"{share:f}", "of": self.of.data, **self.chosen_tag()}


class SynergyForm(TogetherForm):
    """Extra money when all are funded."""

    value = MoneyField(
        "Worth more", validators=[InputRequired("Enter the extra money, as a present value.")]
    )

    def parameters(self) -> dict[str, Any]:
        worth = self.value.data
        return {"initiatives": self.initiatives.data, "value": worth.minor if worth else 0}


DEMAND_FORMS: dict[DemandKind, type[DemandForm]] = {
    DemandKind.REQUIRES: RequiresForm,
    DemandKind.TOGETHER: TogetherForm,
    DemandKind.AT_MOST: CountForm,
    DemandKind.AT_LEAST: CountForm,
    DemandKind.SHARE: ShareForm,
    DemandKind.SYNERGY: SynergyForm,
}
