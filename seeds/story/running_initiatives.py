"""Initiatives approved in the last cycle: they have evidence, and one has failed its hurdle."""

from __future__ import annotations

from seeds.story.shapes import (
    AmendmentStory,
    BehaviourStory,
    CriterionStory,
    EffectStory,
    InitiativeStory,
    OptionStory,
    three_hurdles,
)

_C = CriterionStory
_E = EffectStory

RUNNING_INITIATIVES = (
    InitiativeStory(
        name="first_bill",
        title="First-bill walkthrough",
        journey="renew",
        unit="Service",
        lens="people",
        owner="leila",
        sponsor="alistair",
        goals="Fewer calls after the first bill.",
        customers="Customers who get their first bill.",
        experience="Guided.",
        design="A short film and a page beside the first bill.",
        missing="Nothing open.",
        evolution="Bills that explain themselves.",
        touchpoints=(("use", "letter"),),
        behaviours=(
            BehaviourStory(
                "New customers pay the first bill without calling",
                "Calls per hundred first bills",
                "calls",
                "21",
                "14",
                "Telephony log",
            ),
        ),
        options=(
            OptionStory(
                "full",
                "All first bills",
                "Film, page and letter",
                {"opex": (60, 40, 20)},
                {"design": (25, 10), "service": (10, 10)},
                (_E(0, "renew/serve", "0.04", "B", "Before and after, two regions"),),
                half_life=8,
                risk=1,
                minutes=70_000,
            ),
        ),
        milestones=three_hurdles(
            _C("Calls per hundred first bills, test regions", "calls", "at_most", "21", "18", 800),
            _C("Calls per hundred first bills", "calls", "at_most", "21", "16", 3000),
            _C("Calls per hundred first bills", "calls", "at_most", "21", "14.5", 6000),
            (2, 5, 10),
        ),
        ends_as="approved",
    ),
    InitiativeStory(
        name="garage_dates",
        title="Garage dates at the first call",
        journey="claims",
        unit="Claims",
        lens="process",
        owner="maya",
        sponsor="alistair",
        goals="A repair date in the first contact.",
        customers="Customers whose car is repaired.",
        experience="Certain from the first minute.",
        design="Garages open their calendars to our desk.",
        missing="The last forty garages.",
        evolution="Dates in the app.",
        touchpoints=(("use", "partner"), ("action", "contact_centre")),
        behaviours=(
            BehaviourStory(
                "Customers leave the first call with a date",
                "First calls that end with a date",
                "%",
                "18",
                "70",
                "Claims system",
            ),
        ),
        options=(
            OptionStory(
                "full",
                "All garages",
                "Desk and portal",
                {"capex": (140, 120, 60), "opex": (40, 30), "run": (0, 6, 6, 6, 6, 6, 6)},
                {"digital": (70, 60, 20), "service": (20, 30)},
                (
                    _E(0, "claims/serve", "0.08", "B", "Forty garages in spring"),
                    _E(0, "claims/retain", "0.04", "C", "Leavers without a date, own data"),
                ),
                minutes=380_000,
            ),
        ),
        milestones=three_hurdles(
            _C(
                "First calls that end with a date, forty garages",
                "%",
                "at_least",
                "18",
                "45",
                600,
                link="behaviour",
            ),
            _C(
                "Garages with an open calendar",
                "garages",
                "at_least",
                "40",
                "180",
                None,
                link="metric",
            ),
            _C("First calls that end with a date", "%", "at_least", "18", "65", 8000),
            (3, 6, 11),
        ),
        ends_as="approved",
    ),
    InitiativeStory(
        name="app_sign_in",
        title="App sign-in without a letter",
        journey="buy",
        unit="Sales",
        lens="technology",
        owner="tomasz",
        sponsor="alistair",
        goals="New customers in the app on the first day.",
        customers="New customers.",
        experience="In at once.",
        design="Sign-in with the policy number and a message code.",
        missing="Nothing open.",
        evolution="Identity for signature and payout.",
        touchpoints=(("use", "app"),),
        behaviours=(
            BehaviourStory(
                "New customers sign in on the first day",
                "Sign-ins on the first day",
                "%",
                "12",
                "45",
                "App analytics",
            ),
        ),
        options=(
            OptionStory(
                "full",
                "All new customers",
                "App and portal",
                {"capex": (40, 25, 10), "run": (0, 1, 1, 1, 1, 1)},
                {"digital": (80, 60, 20), "legal": (6,)},
                (_E(0, "buy/serve", "0.18", "C", "Call reasons in the first month"),),
                minutes=90_000,
            ),
        ),
        milestones=three_hurdles(
            _C("Codes that arrive within a minute", "%", "at_least", "0", "97", 2000),
            _C("Sign-ins on the first day", "%", "at_least", "12", "30", 3000),
            _C("Sign-ins on the first day", "%", "at_least", "12", "42", 8000),
            (3, 7, 11),
        ),
        ends_as="approved",
    ),
    InitiativeStory(
        name="robot_letters",
        title="Automatic answers to written questions",
        journey="renew",
        unit="Service",
        lens="technology",
        owner="tomasz",
        sponsor="alistair",
        goals="Written questions answered within a day.",
        customers="Customers who write.",
        experience="Answered quickly.",
        design="Drafts by rule, sent after a look by staff.",
        missing="Rules for mixed questions.",
        evolution="Answers to claims letters.",
        touchpoints=(("use", "letter"),),
        behaviours=(
            BehaviourStory(
                "Customers accept the first answer",
                "Questions answered once",
                "%",
                "61",
                "80",
                "Quality samples",
            ),
        ),
        options=(
            OptionStory(
                "full",
                "All written questions",
                "Rules and drafts",
                {"capex": (100, 80, 40), "opex": (20, 10), "run": (0, 8, 8, 8, 8, 8)},
                {"digital": (60, 60, 30), "data": (40, 30)},
                (_E(0, "renew/serve", "0.20", "D", "Supplier's figures"),),
                risk=4,
            ),
        ),
        milestones=three_hurdles(
            _C("Drafts sent without a change", "%", "at_least", "0", "60", 500),
            _C("Questions answered once", "%", "at_least", "61", "72", 3000),
            _C("Questions answered once", "%", "at_least", "61", "79", 8000),
            (4, 8, 12),
        ),
        ends_as="stopped",
    ),
    InitiativeStory(
        name="coach",
        title="Coaching for difficult calls",
        journey="claims",
        unit="Service",
        lens="people",
        owner="leila",
        sponsor="alistair",
        goals="Fewer second complaints and calmer calls.",
        customers="Customers with a refusal.",
        experience="Treated with respect.",
        design="Peer coaching, two hours a week.",
        missing="Nothing open.",
        evolution="Coaching in branches.",
        touchpoints=(("use", "contact_centre"), ("advocacy", "branch")),
        behaviours=(
            BehaviourStory(
                "Refused customers do not call again",
                "Second calls after a refusal",
                "%",
                "44",
                "33",
                "Telephony log",
            ),
        ),
        options=(
            OptionStory(
                "full",
                "All claims desks",
                "Ninety people",
                {"opex": (50, 40, 20)},
                {"service": (60, 60, 30)},
                (
                    _E(0, "claims/serve", "0.04", "B", "Two desks against two desks"),
                    _E(0, "claims/retain", "0.02", "C", "Leavers after a refusal, own data"),
                ),
                half_life=8,
                risk=1,
                minutes=120_000,
            ),
        ),
        milestones=three_hurdles(
            _C("Second calls after a refusal, first desks", "%", "at_most", "44", "40", 500),
            _C("Second calls after a refusal", "%", "at_most", "44", "36", 2500),
            _C("Second calls after a refusal", "%", "at_most", "44", "33.5", 5000),
            (3, 6, 10),
        ),
        ends_as="approved",
    ),
)

EVIDENCE = {
    ("first_bill", 0): ("17.2", 1120),
    ("first_bill", 1): ("15.4", 3900),
    ("garage_dates", 0): ("61", 840),
    ("app_sign_in", 0): ("98.4", 2600),
    ("robot_letters", 0): ("37", 910),
    ("coach", 0): ("38.9", 730),
    ("coach", 1): ("35.1", 2710),
}
"""Measured values and samples by initiative and milestone; the rest is still open."""

RELEASED = {
    ("first_bill", 0): "Both test regions clear the hurdle with a good sample.",
    ("first_bill", 1): "The roll-out holds: 15.4 calls against 16.",
    ("garage_dates", 0): "Six of ten first calls end with a date.",
    ("app_sign_in", 0): "Codes arrive; sign-ins can be opened to everyone.",
    ("coach", 0): "The first desks show the effect against their comparison.",
}
STOPPED = {
    ("robot_letters", 0): "37 % against 60 %: staff rewrite most drafts. The money is better used.",
}
PAID = {
    ("first_bill", 0): 94,
    ("first_bill", 1): 61,
    ("garage_dates", 0): 88,
    ("app_sign_in", 0): 99,
    ("coach", 0): 97,
}
"""Per cent of a released hurdle's money that its first invoices took."""

AMENDMENTS = (
    AmendmentStory(
        "first_bill", 2, 21, "14.5", 4500,
        "One region changes its billing system in spring; its customers can't be counted then.",
        "Smaller, and still enough: the threshold stays as it was.",
    ),
    AmendmentStory(
        "app_sign_in", 1, 5, "27", 3000,
        "The shops sell fewer new contracts than planned, so fewer people sign in on day one.",
    ),
)  # fmt: skip
"""What was asked to be changed of hurdles since their money was approved, and Finance's answer."""
