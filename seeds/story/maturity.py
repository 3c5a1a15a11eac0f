"""How Halden Insurance assessed itself: a year ago, now, and one unit that has just begun."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AssessmentStory:
    """An assessment: ``answers`` by question with stage (None: not known) and evidence."""

    scope: str
    by: str
    method: str
    answers: Mapping[str, tuple[int | None, str]]


A_YEAR_AGO = AssessmentStory(
    scope="Whole company",
    by="maya",
    method="Workshop of eleven people from six units, taken over from the record on paper.",
    answers={
        "strategy_direction": (3, "“Never have to chase us”, approved by the executives for all"
                               " three journeys; executive record, item 4."),
        "strategy_journeys": (2, "Claims is mapped; Sales and Service have drawings of their own."),
        "strategy_needs": (1, ""),
        "strategy_portfolio": (2, "A list of 31 initiatives in the planning folder; each unit"
                               " marked its own."),
        "process_cycle": (1, ""),
        "process_hurdles": (2, "Status in colours, monthly; none was stopped in two years."),
        "process_handovers": (2, "Claims and the garage network agreed on a form."),
        "process_recovery": (2, "The claims team calls back after a score of 0 to 3."),
        "people_owners": (1, ""),
        "people_skills": (2, "Two researchers and one analyst, both in Digital."),
        "people_frontline": (2, "Gestures up to 25 euro in the contact centre only."),
        "people_goals": (1, ""),
        "technology_contacts": (2, "Calls and letters were joined by hand for one analysis."),
        "technology_purpose": (2, "The portal's case named savings; training was left to Service."),
        "technology_integration": (1, ""),
        "technology_trials": (1, ""),
        "measurement_baselines": (2, "Survey after calls; the website uses another scale."),
        "measurement_value": (2, "Nine business cases, three ways to count a saved call."),
        "measurement_causes": (1, ""),
        "measurement_use": (2, "Claims discusses figures each month; others do not."),
        "governance_body": (2, "A round met three times and recommended."),
        "governance_finance": (3, "Finance agreed to the value model and sits in the round; note"
                               " of the CFO to the units."),
        "governance_money": (1, ""),
        "governance_fairness": (2, "Legal was asked before two of nine go-lives."),
    },
)  # fmt: skip

NOW = AssessmentStory(
    scope="Whole company",
    by="maya",
    method="Workshop of fourteen people from all units and Finance, records at hand; every answer"
    " from stage 3 on was shown on the screen.",
    answers={
        "strategy_direction": (3, "“Never have to chase us” with a statement per journey, known to"
                               " all three owners; three proposals still name no target."),
        "strategy_journeys": (4, "Page Journeys, ranked by value at stake; on the table for the"
                              " budgets of the coming cycle."),
        "strategy_needs": (3, "Page Needs of all three journeys: source, day and how many were"
                           " asked."),
        "strategy_portfolio": (4, "Last cycle's approved plan with its limits; the reason for every"
                               " initiative below the line is kept with the run."),
        "process_cycle": (3, "Process written down by Ines Carvalho; claims, buy and renew went"
                          " through it once."),
        "process_hurdles": (4, "Gate calendar: one initiative was stopped this quarter on a missed"
                            " threshold and its money freed."),
        "process_handovers": (2, "Drawn for claims with the garages; not for buy and renew."),
        "process_recovery": (3, "Reasons are named in one way in the contact log; answer within two"
                             " working days by service rule 7."),
        "people_owners": (3, "Mandates of Maya Osei, Tomasz Wrona and Leila Farouk, signed by the"
                          " executives."),
        "people_skills": (3, "Skill sheet per role in the team folder; gaps of four teams are"
                          " known, training is open to all."),
        "people_frontline": (3, "Rule of discretion for phone, mail and branch: up to 80 euro;"
                             " 310 people were trained."),
        "people_goals": (2, "Customer measure in the goals of Service and Claims, not in Sales."),
        "technology_contacts": (3, "Contact log over all seven channels in one form, thirteen"
                                " months."),
        "technology_purpose": (3, "Every initiative names its target behaviour; options hold days"
                               " of Service beside those of Digital."),
        "technology_integration": (2, "App and claims system are connected; the agents' system is"
                                   " fed by a nightly file."),
        "technology_trials": (2, "Two trials in the app, without a comparison group."),
        "measurement_baselines": (4, "Baselines of all journeys renewed for the coming cycle;"
                                  " changes are marked as chance or more."),
        "measurement_value": (4, "Pools certified by Nils Brandt and Petra Lindqvist; each case"
                              " shows P10, P50, P90 and the chance of a loss."),
        "measurement_causes": (3, "Drivers of every hot spot on the journey pages."),
        "measurement_use": (3, "Monthly review with the same page for owners and executives."),
        "governance_body": (3, "Mandate of the customer board; six departments and Finance; record"
                            " of eight meetings."),
        "governance_finance": (4, "Certified pools, approval of the frozen plan with its digest,"
                               " releases by tranche; all in the audit trail."),
        "governance_money": (3, "Ledger per fund and quarter: committed, released, held, freed and"
                             " spent."),
        "governance_fairness": (2, "Legal is asked before go-live; disbenefits are estimated for"
                                " one initiative."),
    },
)  # fmt: skip

CLAIMS_BEGUN = AssessmentStory(
    scope="Claims",
    by="ines",
    method="Interviews with the team leads of Claims, two dimensions a week.",
    answers={
        "strategy_direction": (3, "Statement of the claims journey on the wall of all four sites."),
        "strategy_journeys": (3, "Claims is listed with stages, channels and owner; sub-journeys"
                              " are not ranked."),
        "strategy_needs": (3, "Page Needs of the claims journey."),
        "strategy_portfolio": (4, "Six initiatives of the unit in the company's plan."),
        "process_cycle": (4, "Two baselines compared; two late steps were followed up."),
        "process_hurdles": (3, "Hurdles of all funded initiatives; none was missed so far."),
        "process_handovers": (2, "Drawn with the garages, not with the experts."),
        "process_recovery": (None, "The team that answers complaints was not asked yet."),
    },
)  # fmt: skip
