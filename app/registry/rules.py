"""What can be done to all initiatives of an import at once."""

from __future__ import annotations

from enum import Enum

from app.initiatives.rules import Action, InitiativeState


class Move(Enum):
    """A move in bulk, from one state with one action."""

    SUBMIT = "submit"
    CERTIFY = "certify"
    NOMINATE = "nominate"

    @property
    def action(self) -> Action:
        return Action(self.value)

    @property
    def from_state(self) -> InitiativeState:
        return _FROM[self]

    @property
    def permission(self) -> str:
        return "initiatives.certify" if self is Move.CERTIFY else "initiatives.edit"

    @property
    def label(self) -> str:
        return _LABELS[self]

    @property
    def done(self) -> str:
        return _DONE[self]


_FROM = {
    Move.SUBMIT: InitiativeState.DRAFT,
    Move.CERTIFY: InitiativeState.SUBMITTED,
    Move.NOMINATE: InitiativeState.CERTIFIED,
}
_LABELS = {
    Move.SUBMIT: "Submit all drafts to Finance",
    Move.CERTIFY: "Certify all submitted",
    Move.NOMINATE: "Nominate all certified",
}
_DONE = {Move.SUBMIT: "submitted", Move.CERTIFY: "certified", Move.NOMINATE: "nominated"}


class RowKind(Enum):
    """What the rows of a file are."""

    WORKBOOK = "workbook"
    MILESTONES = "milestones"
    BUDGETS = "budgets"
    ACTUALS = "actuals"

    @property
    def word(self) -> str:
        return self.value.capitalize()
