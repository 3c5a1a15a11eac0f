"""Rules of a scenario, one form per kind."""

from __future__ import annotations

import re
from abc import ABCMeta, abstractmethod
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from wtforms import SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired

from app.portfolio.forms.scenarios import VersionForm, stripped
from app.portfolio.rules.demands import DemandKind
from app.values.money import Money
from app.web.fields import CountField, MeasureField, MoneyField, PercentField, ValueField

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


class _KindMeta(type(VersionForm), ABCMeta):  # type: ignore[misc]
    """A form's own metaclass, which also refuses a kind that lacks a part."""


class DemandForm(VersionForm, metaclass=_KindMeta):
    """What every rule may say; the kinds add their own fields before it."""

    reason = TextAreaField("Reason", filters=[stripped])

    def offer_tags(self, pairs: Sequence[tuple[str, str]]) -> None:
        """Let people choose among the tags that candidates carry."""

    def offer_teams(self, teams: Sequence[tuple[str, str]]) -> None:
        """Let people choose among the cycle's teams."""

    def offer_runs(self, runs: Sequence[tuple[int, str]]) -> None:
        """Let people choose among earlier runs."""

    def parameters(self) -> dict[str, Any]:
        """The rule's parameters as the problem file writes them; shares as text."""
        price = self._price()
        return self._own() | ({} if price is None else {"price": price})

    @abstractmethod
    def _own(self) -> dict[str, Any]:
        """The parameters of this kind alone, without its price."""

    def _price(self) -> int | str | None:
        """What a miss costs; None where the rule must hold."""
        return None

    @classmethod
    def typed(cls, parameters: Mapping[str, Any], currency: str) -> dict[str, Any]:
        """What the fields hold when a rule is to be changed."""
        return dict(parameters)


class PricedForm(DemandForm):
    """A rule that may be broken for money per unit."""

    price = MoneyField("May be broken for")

    def _price(self) -> int | str | None:
        return self.price.data.minor if self.price.data is not None else None

    @classmethod
    def typed(cls, parameters: Mapping[str, Any], currency: str) -> dict[str, Any]:
        held = super().typed(parameters, currency)
        return held | ({"price": Money(held["price"], currency)} if "price" in held else {})


class PricedMoneyForm(DemandForm):
    """A rule about money that may be missed for a share of what is missed."""

    price = PercentField("May be broken for")

    def _price(self) -> int | str | None:
        return _plain(self.price.data) if self.price.data is not None else None

    @classmethod
    def typed(cls, parameters: Mapping[str, Any], currency: str) -> dict[str, Any]:
        held = super().typed(parameters, currency)
        return held | ({"price": Decimal(held["price"])} if "price" in held else {})


def _plain(number: Decimal) -> str:
    return f"{Decimal(number).normalize():f}"


class RequiresForm(PricedForm):
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

    def _own(self) -> dict[str, Any]:
        return {
            "initiative": self.initiative.data,
            "needs": self.needs.data,
            "lag": self.lag.data or 0,
        }


class TogetherForm(PricedForm):
    """All of some initiatives or none."""

    initiatives = KeysField(
        "Initiatives",
        validators=[DataRequired("Name at least two initiatives.")],
        description="Keys, separated by commas: CX-104, CX-107.",
    )

    def _own(self) -> dict[str, Any]:
        return {"initiatives": self.initiatives.data}


class _TaggedForm(DemandForm):
    tag = SelectField("Group", validate_choice=False)

    def offer_tags(self, pairs: Sequence[tuple[str, str]]) -> None:
        named = [(f"{tag}={value}", f"{tag} = {value}") for tag, value in pairs]
        self.tag.choices = [("", "Choose a group"), *named]

    def chosen_tag(self) -> dict[str, str]:
        tag, _, value = (self.tag.data or "").partition("=")
        return {"tag": tag, "equals": value}

    @classmethod
    def typed(cls, parameters: Mapping[str, Any], currency: str) -> dict[str, Any]:
        held = super().typed(parameters, currency)
        return held | ({"tag": f"{held['tag']}={held['equals']}"} if "tag" in held else {})


class _GroupForm(_TaggedForm):
    """A list of initiatives or a group."""

    initiatives = KeysField(
        "Of these initiatives", description="Keys, separated by commas. Or choose a group below."
    )
    means_everybody = False
    """Whether naming neither means all candidates."""

    def validate(self, extra_validators: Any = None) -> bool:
        valid = super().validate(extra_validators)
        both, neither = bool(self.initiatives.data), not self.tag.data
        if both is neither or (self.means_everybody and not both and neither):
            return valid
        message = "Name initiatives or choose a group: one of the two."
        self.initiatives.errors = [*self.initiatives.errors, message]
        return False

    def group(self) -> dict[str, Any]:
        """Whom the rule is about; nothing when it is about everybody."""
        if self.initiatives.data:
            return {"initiatives": self.initiatives.data}
        return self.chosen_tag() if self.tag.data else {}


class CountForm(PricedForm, _GroupForm):
    """At most or at least so many, of a list or of a group."""

    count = CountField("How many", validators=[InputRequired("Enter a whole number.")])

    def _own(self) -> dict[str, Any]:
        return {"count": self.count.data, **self.group()}


class ChangeLoadForm(PricedForm, _GroupForm):
    """At most so many live at a time."""

    count = CountField("How many at a time", validators=[InputRequired("Enter a whole number.")])
    initiatives = KeysField(
        "Of these initiatives",
        description="Keys, separated by commas. Or a group below. Neither: all candidates.",
    )
    capacity = SelectField("Only those that need", validate_choice=False)
    means_everybody = True

    def offer_teams(self, teams: Sequence[tuple[str, str]]) -> None:
        self.capacity.choices = [("", "any team or none"), *teams]

    def _own(self) -> dict[str, Any]:
        team = {"capacity": self.capacity.data} if self.capacity.data else {}
        return {"count": self.count.data, **self.group(), **team}


_BOUNDS = [("at_most", "At most"), ("at_least", "At least")]


class ShareForm(PricedMoneyForm, _TaggedForm):
    """A share of the money for a group."""

    bound = SelectField("Bound", choices=_BOUNDS)
    share = PercentField("Share", validators=[InputRequired("Enter a percentage such as 50 %.")])
    of = SelectField("Of the", choices=[("budget", "whole budget"), ("spend", "money spent")])
    tag = SelectField(
        "On", validate_choice=False, validators=[DataRequired("Choose a group of initiatives.")]
    )

    def _own(self) -> dict[str, Any]:
        share = _plain(self.share.data or Decimal(0))
        return {self.bound.data: share, "of": self.of.data, **self.chosen_tag()}

    @classmethod
    def typed(cls, parameters: Mapping[str, Any], currency: str) -> dict[str, Any]:
        bound = "at_most" if "at_most" in parameters else "at_least"
        held = super().typed(parameters, currency)
        return held | {"bound": bound, "share": Decimal(parameters[bound])}


class SpendOnForm(PricedMoneyForm, _GroupForm):
    """An amount of money for a group."""

    bound = SelectField("Bound", choices=_BOUNDS)
    limit = MoneyField("Money", validators=[InputRequired("Enter an amount.")])

    def _own(self) -> dict[str, Any]:
        limit = self.limit.data.minor if self.limit.data else 0
        return {self.bound.data: limit, **self.group()}

    @classmethod
    def typed(cls, parameters: Mapping[str, Any], currency: str) -> dict[str, Any]:
        bound = "at_most" if "at_most" in parameters else "at_least"
        held = super().typed(parameters, currency)
        return held | {"bound": bound, "limit": Money(parameters[bound], currency)}


class AverageRiskForm(PricedForm, _TaggedForm):
    """The average risk of what is funded."""

    risk = MeasureField(
        "At most on average", validators=[InputRequired("Enter a risk such as 2.5.")]
    )

    def _own(self) -> dict[str, Any]:
        group = self.chosen_tag() if self.tag.data else {}
        return {"at_most": _plain(self.risk.data or Decimal(0)), **group}

    @classmethod
    def typed(cls, parameters: Mapping[str, Any], currency: str) -> dict[str, Any]:
        held = super().typed(parameters, currency)
        return held | {"risk": Decimal(parameters["at_most"])}


class KeepForm(PricedForm):
    """What an earlier run chose."""

    run = SelectField("The plan of", validate_choice=False)
    way = SelectField(
        "Kept", choices=[("same", "in the same option and quarter"), ("any", "funded in any way")]
    )

    def offer_runs(self, runs: Sequence[tuple[int, str]]) -> None:
        self.run.choices = [("", "Choose a run"), *((str(run), name) for run, name in runs)]

    def _own(self) -> dict[str, Any]:
        text = self.run.data or ""
        known = text.isascii() and text.isdigit() and len(text) < 10
        return {"run": int(text) if known else 0, "may_move": self.way.data == "any"}

    @classmethod
    def typed(cls, parameters: Mapping[str, Any], currency: str) -> dict[str, Any]:
        held = super().typed(parameters, currency)
        way = "any" if parameters.get("may_move") else "same"
        return held | {"run": str(parameters["run"]), "way": way}


class SynergyForm(DemandForm):
    """Extra money when all are funded."""

    initiatives = KeysField(
        "Initiatives",
        validators=[DataRequired("Name at least two initiatives.")],
        description="Keys, separated by commas: CX-104, CX-107.",
    )
    value = MoneyField(
        "Worth more", validators=[InputRequired("Enter the extra money, as a present value.")]
    )

    def _own(self) -> dict[str, Any]:
        worth = self.value.data
        return {"initiatives": self.initiatives.data, "value": worth.minor if worth else 0}

    @classmethod
    def typed(cls, parameters: Mapping[str, Any], currency: str) -> dict[str, Any]:
        held = super().typed(parameters, currency)
        return held | {"value": Money(parameters["value"], currency)}


DEMAND_FORMS: dict[DemandKind, type[DemandForm]] = {
    DemandKind.REQUIRES: RequiresForm,
    DemandKind.TOGETHER: TogetherForm,
    DemandKind.AT_MOST: CountForm,
    DemandKind.AT_LEAST: CountForm,
    DemandKind.SHARE: ShareForm,
    DemandKind.SPEND_ON: SpendOnForm,
    DemandKind.AVERAGE_RISK: AverageRiskForm,
    DemandKind.CHANGE_LOAD: ChangeLoadForm,
    DemandKind.KEEP: KeepForm,
    DemandKind.SYNERGY: SynergyForm,
}
