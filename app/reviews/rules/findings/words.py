"""Which findings there are, what each means exactly, and how severe it can be."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import Enum

A_FIFTH = Decimal("0.2")
"""From this share on a finding calls for action."""

HIGH_VALUE = Decimal("0.8")
"""The share of the value at stake that journeys of high value make up together."""

FEWEST_PARTS = 3
"""So many initiatives on one journey need somebody who ties them together."""

NOTHING_TO_JUDGE = "No initiative looked at is a candidate, approved or sustained."


class Severity(Enum):
    """How much a finding asks for, the most first."""

    ACT = "act"
    WATCH = "watch"
    UNKNOWN = "unknown"
    HOLDS = "holds"

    @property
    def word(self) -> str:
        return _SEVERITIES[self]

    @property
    def rank(self) -> int:
        return list(Severity).index(self)


_SEVERITIES = {
    Severity.ACT: "Act",
    Severity.WATCH: "Watch",
    Severity.UNKNOWN: "Not known yet",
    Severity.HOLDS: "Holds",
}


class FindingKind(Enum):
    """What a portfolio is looked at for."""

    ISOLATED = "isolated"
    TECHNOLOGY = "technology-alone"
    UNITS = "units"
    JOURNEYS = "journeys"
    NEEDS = "needs"
    BASELINES = "baselines"
    BEHAVIOURS = "behaviours"
    OWNERS = "owners"
    INTEGRATION = "integration"
    GONE = "needs-gone"

    @property
    def definition(self) -> Definition:
        return _DEFINITIONS[self]


@dataclass(frozen=True, slots=True)
class Definition:
    """How a finding is called, worked out, judged and mended.

    ``in_money``: its figure is a share of money, not of a count. ``is_of_the_company``: it looks at
    the whole company, whatever the cycle.
    """

    title: str
    computed: str
    judged: str
    to_do: str
    in_money: bool = False
    is_of_the_company: bool = False


_BY_SHARE = "Act from one in five on, watch below that, holds at none."

_DEFINITIONS = {
    FindingKind.ISOLATED: Definition(
        "Isolated initiatives",
        "An initiative is isolated when no other one in the portfolio, of whatever cycle, is on its"
        " journey, works on a pool it works on, needs it or is needed by it. A pool counts under"
        " any of its options. The figure is isolated ÷ all.",
        _BY_SHARE,
        "Name the journey and the pools it works on, or what it needs. What belongs to nothing else"
        " is a candidate to leave out. A candidate is reopened to change it.",
    ),
    FindingKind.TECHNOLOGY: Definition(
        "Money on technology alone",
        "Technology is alone when an initiative that mainly changes technology shares no journey,"
        " no pool and no dependency with one in the portfolio that mainly changes people or"
        " process. The figure is the planned cost of these ÷ the planned cost of all, by currency."
        " The mix beside it is the planned cost of all by what they mainly change.",
        "Act from a fifth of the money in a currency on, watch below that, holds at none.",
        "Technology alone is no magic bullet: plan who works differently with it, or tie it to the"
        " initiative that does.",
        in_money=True,
    ),
    FindingKind.UNITS: Definition(
        "Organisation units without investment",
        "A unit of the list is without investment when the initiatives in the portfolio that name"
        " it, in the same words, have no planned cost. The figure is these ÷ all units of the"
        " list.",
        _BY_SHARE,
        "Ask whether customers meet this unit. If they do, propose what it changes; if not, take it"
        " off the list.",
    ),
    FindingKind.JOURNEYS: Definition(
        "Journeys of high value without initiatives",
        "Journeys in use are ranked by their value at stake, the certified pools in a year, by"
        " currency. High value are the first that make up 80\u202f% of it together. One is without"
        " initiatives when none in the portfolio is on it or works on its pools. The figure is"
        " their value at stake ÷ that of all journeys. Addressed is what live initiatives claim"
        " (candidates, approved and sustained ones), as the page of journeys shows it.",
        "Act from a fifth of the value in a currency on, watch below that, holds at none.",
        "Start a proposal where it hurts most.",
        in_money=True,
        is_of_the_company=True,
    ),
    FindingKind.NEEDS: Definition(
        "Metrics that serve no customer need",
        "Metrics are the target behaviours and the criteria of hurdles of the initiatives looked"
        " at. A behaviour serves a need when it names one that is not retired. Criteria serve a"
        " need when a behaviour of their initiative does. The figure is those that serve the"
        " company alone ÷ all.",
        _BY_SHARE,
        "Say on the behaviour which need it serves. If none fits, record the need with its"
        " evidence, or ask whom the measure is for.",
    ),
    FindingKind.BASELINES: Definition(
        "Stale baselines",
        "A journey in use is stale when its last baseline is older than the age limit, or when it"
        " was never measured. The figure is stale ÷ all journeys in use.",
        "Act when an initiative in the portfolio is on such a journey or works on its pools, watch"
        " when none is, holds when every baseline is fresh.",
        "Record a new baseline, or cut one from the contact log.",
        is_of_the_company=True,
    ),
    FindingKind.BEHAVIOURS: Definition(
        "Initiatives without a target behaviour",
        "Initiatives in the portfolio for which nobody said who does what differently. The figure"
        " is these ÷ all.",
        _BY_SHARE,
        "Reopen a candidate and say who does what differently, measured from where to where. What"
        " is approved stays as decided: say it in what follows.",
    ),
    FindingKind.OWNERS: Definition(
        "Initiatives whose owner is gone",
        "Initiatives in the portfolio whose owner cannot sign in any more. The figure is these ÷"
        " all.",
        "Act when there is one: nobody answers for its money. Holds at none.",
        "Hand over its ownership: a CX lead or an admin does, with a reason, on the initiative's"
        " page. Or ask an admin to let the owner sign in again.",
    ),
    FindingKind.INTEGRATION: Definition(
        "Integration left undone while parts sputter",
        f"Looked at are journeys with {FEWEST_PARTS} or more initiatives in the portfolio, its"
        " parts. Integration is undone when no dependency is recorded between any two of them. A"
        " part sputters when one of its hurdles is held, or still open after its day. The figure is"
        " the journeys where integration is undone and a part sputters ÷ all looked at.",
        "Act when two or more parts of one journey sputter, watch when one does, holds at none.",
        "Decide what has to come together first on this journey, and record what needs what, before"
        " the parts go on by themselves.",
    ),
    FindingKind.GONE: Definition(
        "Approved work that needs something stopped",
        "Looked at are the initiatives with money under way. One needs something gone when what it"
        " needs was stopped, or finished early before any of its money was released, and was not"
        " approved again. The figure is these ÷ all with money under way.",
        "Act when there is one: its money was approved together with what it no longer gets. Holds"
        " at none.",
        "Decide at its next hurdle whether it is still worth its money without what it needed, or"
        " propose that anew.",
    ),
}
