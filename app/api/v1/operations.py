"""What can be asked: one table, from which routes are bound and the document is written."""

from __future__ import annotations

from dataclasses import dataclass

from app.api.v1 import schemas
from app.web.guards import SIGNED_IN

BASE = "/api/v1"


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one address; ``path`` is as OpenAPI writes it."""

    name: str
    method: str
    path: str
    summary: str
    permission: str
    answer: type[schemas.Answer]
    query: type[schemas.Asked] | None = None
    body: type[schemas.Asked] | None = None

    @property
    def rule(self) -> str:
        """The address as Flask writes it."""
        return self.path.replace("{id}", "<int:id>").replace("{key}", "<key>")

    @property
    def status(self) -> int:
        return 201 if self.body else 200


ME = Operation("me", "GET", "/me", "Who the token acts for", SIGNED_IN, schemas.Me)
INITIATIVES = Operation(
    "initiatives", "GET", "/initiatives", "List initiatives", "initiatives.view",
    schemas.InitiativeList, query=schemas.InitiativeQuery,
)  # fmt: skip
INITIATIVE = Operation(
    "initiative", "GET", "/initiatives/{key}", "One initiative", "initiatives.view",
    schemas.InitiativeFacts,
)  # fmt: skip
GATES = Operation(
    "gates", "GET", "/gates", "List gates by due day", "roadmap.view",
    schemas.GateList, query=schemas.GateQuery,
)  # fmt: skip
ADD_EVIDENCE = Operation(
    "add_evidence", "POST", "/gates/{id}/evidence", "Record a measurement", "evidence.record",
    schemas.EvidenceOut, body=schemas.EvidenceIn,
)  # fmt: skip
ADD_ACTUAL = Operation(
    "add_actual", "POST", "/actuals", "Book a payment", "spend.book",
    schemas.ActualOut, body=schemas.ActualIn,
)  # fmt: skip

OPERATIONS = (ME, INITIATIVES, INITIATIVE, GATES, ADD_EVIDENCE, ADD_ACTUAL)
