"""Three journeys of a motor and home insurer, measured twice."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class TouchpointStory:
    """A touchpoint with its yearly figures; satisfaction, target and importance run 0 to 10.

    ``before`` is the satisfaction of the baseline half a year earlier.
    """

    stage: str
    channel: str
    name: str
    contacts: int
    satisfaction: str
    before: str
    target: str
    importance: str
    cost: str
    minutes: str


@dataclass(frozen=True, slots=True)
class PoolStory:
    """A lever's pool: each input by symbol with its source, and P10 and P90 of some.

    An input that is ``MEASURED`` is what the newest baseline says of the touchpoints ``at``, as
    stage and channel. Finance certifies every pool but one ``is_over`` its control total.
    """

    lever: str
    source: str
    inputs: tuple[tuple[str, str, str], ...]
    ranges: dict[str, tuple[str, str]] = field(default_factory=dict)
    at: tuple[tuple[str, str], ...] = ()
    is_over: bool = False


@dataclass(frozen=True, slots=True)
class JourneyStory:
    """A journey with its stages' own names where they differ."""

    key: str
    name: str
    segment: str
    goal: str
    owner: str
    stage_names: dict[str, str]
    touchpoints: tuple[TouchpointStory, ...]
    pools: tuple[PoolStory, ...]


_T = TouchpointStory

MEASURED = ""

CLAIMS = JourneyStory(
    key="claims",
    name="Report and settle a motor claim",
    segment="Private motor customers",
    goal="Back on the road with the damage paid, without having to chase anybody",
    owner="maya",
    stage_names={"action": "Report", "use": "Repair and settle"},
    touchpoints=(
        _T(
            "awareness",
            "web",
            "What to do after an accident",
            276_000,
            "7.1",
            "7.0",
            "7.5",
            "5",
            "0.15",
            "3",
        ),
        _T("awareness", "app", "Accident helper", 114_000, "7.4", "7.2", "7.8", "5", "0.12", "2"),
        _T(
            "discovery",
            "web",
            "Find the claim form",
            222_000,
            "6.2",
            "6.3",
            "7.5",
            "6",
            "0.18",
            "4",
        ),
        _T(
            "discovery",
            "contact_centre",
            "Ask whether damage is covered",
            138_000,
            "6.0",
            "6.1",
            "7.5",
            "7",
            "6.90",
            "9",
        ),
        _T(
            "interest",
            "web",
            "Read what is covered",
            153_000,
            "5.9",
            "5.8",
            "7.2",
            "5",
            "0.20",
            "6",
        ),
        _T(
            "consideration",
            "contact_centre",
            "Decide between garage and payout",
            87_000,
            "6.4",
            "6.4",
            "7.5",
            "7",
            "8.10",
            "11",
        ),
        _T(
            "consideration",
            "partner",
            "Talk to the garage",
            99_000,
            "6.9",
            "6.8",
            "7.5",
            "6",
            "5.40",
            "12",
        ),
        _T("action", "web", "Report online", 183_000, "5.4", "5.5", "7.8", "9", "0.90", "17"),
        _T("action", "app", "Report in the app", 81_000, "6.6", "6.1", "7.8", "9", "0.60", "11"),
        _T(
            "action",
            "contact_centre",
            "Report by phone",
            174_000,
            "6.8",
            "6.9",
            "7.8",
            "9",
            "9.80",
            "16",
        ),
        _T(
            "use",
            "contact_centre",
            "Where is my claim?",
            642_000,
            "4.1",
            "4.6",
            "7.8",
            "10",
            "7.80",
            "8",
        ),
        _T("use", "app", "Claim status", 198_000, "5.0", "5.1", "7.8", "9", "0.20", "3"),
        _T("use", "message", "Status messages", 354_000, "5.2", "5.3", "7.5", "8", "0.08", "2"),
        _T("use", "letter", "Settlement letter", 288_000, "4.9", "5.0", "7.2", "8", "1.90", "7"),
        _T(
            "use",
            "partner",
            "Repair and courtesy car",
            123_000,
            "6.5",
            "6.4",
            "7.8",
            "9",
            "12.00",
            "35",
        ),
        _T(
            "advocacy",
            "message",
            "After-claim survey",
            132_000,
            "6.7",
            "6.6",
            "7.2",
            "4",
            "0.05",
            "2",
        ),
        _T(
            "advocacy",
            "branch",
            "Complain in the branch",
            21_000,
            "3.9",
            "4.3",
            "7.0",
            "8",
            "21.00",
            "24",
        ),
    ),
    pools=(
        PoolStory(
            "serve",
            "Contact-centre cost model, telephony log",
            (
                ("V", MEASURED, "Calls on claims, repeats included"),
                ("u", MEASURED, "Cost centre 4410, rostered hours and telephony"),
                ("alpha", "0.72", "Rostered hours that can be given back within a year"),
                ("addr", "0.74", "Share of reasons named by the initiatives in sight"),
            ),
            {"u": ("7.10", "8.70"), "alpha": ("0.54", "0.82"), "addr": ("0.65", "0.80")},
            at=(
                ("discovery", "contact_centre"),
                ("consideration", "contact_centre"),
                ("action", "contact_centre"),
                ("use", "contact_centre"),
            ),
        ),
        PoolStory(
            "fail",
            "Claims quality review",
            (
                ("V_f", "288000", "Claims handled, twelve months"),
                ("f", "0.11", "Reopened or paid twice, quality review"),
                ("k", "64", "Mean remedy cost, claims controlling"),
                ("addr", "0.70", "Causes within our own process"),
            ),
        ),
        PoolStory(
            "retain",
            "Churn study, motor portfolio",
            (
                ("N", "360000", "Customers with a claim in the last three years"),
                ("p", "0.11", "Churn of the segment, policy system"),
                ("s", "0.363636", "Share of leavers who name the claim, exit survey of 2,140"),
                ("addr", "0.60", "Leavers who could have been kept, same survey"),
                ("m", "180", "Contribution margin, product controlling"),
            ),
            {"s": ("0.30", "0.42"), "addr": ("0.48", "0.68"), "m": ("165", "196")},
        ),
        PoolStory(
            "spend",
            "Pilot in two regions, extrapolated. Finance has not certified it: with it, claims on "
            "growth would add up to more than the growth ceiling allows",
            (
                ("N_x", "288000", "Claims handled, twelve months"),
                ("b", "62", "Mean premium of breakdown cover, policy system"),
                ("mu", "0.30", "Margin rate, product controlling"),
                ("headroom", "0.35", "Claimants who bought it in the pilot"),
            ),
            is_over=True,
        ),
    ),
)

BUY = JourneyStory(
    key="buy",
    name="Buy motor cover",
    segment="Prospects for private motor cover",
    goal="The right cover for this car, at a price I understand, before I drive it",
    owner="tomasz",
    stage_names={"action": "Sign", "use": "First weeks"},
    touchpoints=(
        _T(
            "awareness",
            "web",
            "Comparison sites and search",
            1_920_000,
            "6.8",
            "6.7",
            "7.2",
            "5",
            "0.10",
            "2",
        ),
        _T("discovery", "web", "Product pages", 1_530_000, "6.1", "6.2", "7.4", "6", "0.12", "4"),
        _T(
            "discovery",
            "branch",
            "Walk into a branch",
            63_000,
            "7.6",
            "7.6",
            "7.8",
            "5",
            "14.00",
            "22",
        ),
        _T("interest", "web", "Start a quote", 1_260_000, "5.2", "5.4", "7.6", "9", "0.20", "9"),
        _T(
            "interest",
            "contact_centre",
            "Ask about the quote",
            222_000,
            "6.3",
            "6.4",
            "7.5",
            "8",
            "6.40",
            "10",
        ),
        _T(
            "consideration", "web", "Compare covers", 564_000, "4.8", "4.9", "7.5", "8", "0.20", "7"
        ),
        _T(
            "consideration",
            "message",
            "Quote reminders",
            480_000,
            "5.6",
            "5.7",
            "7.0",
            "5",
            "0.06",
            "1",
        ),
        _T(
            "consideration",
            "partner",
            "Advice from an agent",
            144_000,
            "7.2",
            "7.1",
            "7.8",
            "7",
            "19.00",
            "28",
        ),
        _T("action", "web", "Sign online", 108_000, "5.7", "5.9", "7.8", "10", "0.80", "12"),
        _T(
            "action",
            "contact_centre",
            "Sign by phone",
            57_000,
            "6.7",
            "6.7",
            "7.8",
            "9",
            "11.50",
            "19",
        ),
        _T(
            "action", "letter", "Identity by letter", 33_000, "3.6", "3.7", "7.0", "8", "4.60", "15"
        ),
        _T("use", "letter", "Welcome pack", 123_000, "5.5", "5.5", "7.2", "6", "3.10", "9"),
        _T("use", "app", "First sign-in", 90_000, "5.9", "5.7", "7.6", "6", "0.15", "5"),
        _T(
            "advocacy",
            "message",
            "Recommend a friend",
            66_000,
            "6.4",
            "6.4",
            "7.0",
            "3",
            "0.05",
            "2",
        ),
    ),
    pools=(
        PoolStory(
            "convert",
            "Sales funnel, twelve months",
            (
                ("A", "1260000", "Quotes started, web analytics"),
                ("r", "0.062", "Policies signed over quotes started"),
                ("r_max", "0.080", "Best quarter of the last five years, set by Finance"),
                ("m_s", "95", "First-year contribution margin, product controlling"),
            ),
            {"r_max": ("0.074", "0.083"), "m_s": ("86", "108")},
        ),
        PoolStory(
            "serve",
            "Contact-centre cost model, telephony log",
            (
                ("V", MEASURED, "Sales calls without a sale, repeats included"),
                ("u", MEASURED, "Cost centre 4420, rostered hours and telephony"),
                ("alpha", "0.60", "Hours that can be given back within a year"),
                ("addr", "0.60", "Share of reasons the website could answer"),
            ),
            {"alpha": ("0.46", "0.69"), "addr": ("0.52", "0.66")},
            at=(("interest", "contact_centre"),),
        ),
    ),
)

RENEW = JourneyStory(
    key="renew",
    name="Understand the bill and renew",
    segment="Motor and home customers in renewal",
    goal="Know why the price moved and stay without feeling foolish",
    owner="leila",
    stage_names={"action": "Renew", "use": "Pay and change"},
    touchpoints=(
        _T(
            "awareness",
            "letter",
            "Renewal notice",
            1_020_000,
            "4.7",
            "5.0",
            "7.4",
            "9",
            "1.40",
            "8",
        ),
        _T(
            "awareness", "message", "Renewal e-mail", 636_000, "5.5", "5.6", "7.2", "7", "0.05", "3"
        ),
        _T(
            "discovery",
            "contact_centre",
            "Why did my price go up?",
            396_000,
            "4.4",
            "4.8",
            "7.6",
            "10",
            "6.10",
            "9",
        ),
        _T(
            "discovery",
            "web",
            "Look up the premium",
            474_000,
            "5.1",
            "5.2",
            "7.4",
            "7",
            "0.12",
            "5",
        ),
        _T("interest", "web", "See what else fits", 183_000, "5.8", "5.8", "7.2", "5", "0.15", "6"),
        _T(
            "consideration",
            "contact_centre",
            "Ask to cancel",
            162_000,
            "5.6",
            "5.7",
            "7.5",
            "10",
            "8.60",
            "13",
        ),
        _T(
            "consideration",
            "partner",
            "Agent review",
            78_000,
            "7.3",
            "7.2",
            "7.8",
            "7",
            "18.00",
            "30",
        ),
        _T("action", "web", "Confirm the renewal", 252_000, "6.3", "6.2", "7.6", "8", "0.20", "6"),
        _T(
            "use",
            "contact_centre",
            "Change address or payment",
            423_000,
            "5.8",
            "5.9",
            "7.6",
            "7",
            "5.20",
            "8",
        ),
        _T("use", "app", "Change it myself", 156_000, "5.3", "5.0", "7.8", "7", "0.15", "4"),
        _T(
            "use", "letter", "Bills and reminders", 1_230_000, "4.6", "4.7", "7.2", "8", "0.95", "6"
        ),
        _T(
            "use",
            "branch",
            "Pay or ask in the branch",
            93_000,
            "6.9",
            "6.9",
            "7.5",
            "5",
            "12.50",
            "15",
        ),
        _T("advocacy", "message", "Loyalty thanks", 288_000, "6.0", "6.0", "7.0", "4", "0.05", "1"),
    ),
    pools=(
        PoolStory(
            "retain",
            "Churn study, motor and home portfolio",
            (
                ("N", "1020000", "Customers renewing in a year"),
                ("p", "0.12", "Churn of the segment, policy system"),
                (
                    "s",
                    "0.25",
                    "Share of leavers who name price talk or bills, exit survey of 3,905",
                ),
                ("addr", "0.50", "Leavers who could have been kept, same survey"),
                ("m", "165", "Contribution margin, product controlling"),
            ),
        ),
        PoolStory(
            "serve",
            "Contact-centre cost model, telephony log",
            (
                ("V", MEASURED, "Calls on bills and renewal, repeats included"),
                ("u", MEASURED, "Cost centre 4430, rostered hours and telephony"),
                ("alpha", "0.66", "Rostered hours that can be given back within a year"),
                ("addr", "0.70", "Share of reasons named by the initiatives in sight"),
            ),
            at=(
                ("discovery", "contact_centre"),
                ("consideration", "contact_centre"),
                ("use", "contact_centre"),
            ),
        ),
        PoolStory(
            "spend",
            "Cross-cover analysis",
            (
                ("N_x", "617200", "Motor customers without home cover"),
                ("b", "380", "Mean premium, policy system"),
                ("mu", "0.18", "Margin rate, product controlling"),
                ("headroom", "0.05", "Growth ceiling set by Finance"),
            ),
        ),
    ),
)

JOURNEYS = (CLAIMS, BUY, RENEW)
