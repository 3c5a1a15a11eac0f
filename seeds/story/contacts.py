"""Why people contact Halden Insurance, and what they expect: the words of its contact log."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ReasonStory:
    """A reason with its share of a touchpoint's contacts, what is expected, and how much harder
    than the touchpoint's average that is to meet (points of satisfaction).
    """

    words: str
    weight: int
    expected: str
    harder: float = 0.0


_R = ReasonStory

REASONS: dict[tuple[str, str], tuple[ReasonStory, ...]] = {
    ("claims", "awareness"): (
        _R("What to do first", 6, "Clear first steps"),
        _R("Emergency number", 2, "Help at once", 0.4),
    ),
    ("claims", "discovery"): (
        _R("Am I covered?", 5, "A clear yes or no", 0.5),
        _R("Find the right form", 3, "One place to begin"),
    ),
    ("claims", "interest"): (
        _R("What the excess means", 3, "Plain words"),
        _R("Courtesy car", 2, "A clear yes or no"),
    ),
    ("claims", "consideration"): (
        _R("Garage or payout", 4, "Advice on the spot"),
        _R("Which garages", 2, "Somewhere near", -0.3),
    ),
    ("claims", "action"): (
        _R("Report damage", 6, "Done in one go"),
        _R("Photos do not upload", 2, "Done in one go", 1.4),
        _R("Third party involved", 2, "Somebody who knows"),
    ),
    ("claims", "use"): (
        _R("Where is my claim?", 8, "An answer at once", 0.4),
        _R("Missing documents", 3, "Say what is missing", 0.3),
        _R("Payment is late", 3, "Money within five days", 1.1),
        _R("Repair takes longer", 2, "Told before it is late", 0.5),
        _R("Amount is lower than expected", 2, "A reason in writing", 0.9),
    ),
    ("claims", "advocacy"): (
        _R("Answer the survey", 4, "Two minutes at most", -0.5),
        _R("Complaint about settlement", 3, "Heard by a person", 1.2),
    ),
    ("buy", "awareness"): (_R("Compare prices", 6, "A price in a minute"),),
    ("buy", "discovery"): (
        _R("What is covered", 4, "Plain words"),
        _R("No-claims bonus", 2, "Mine counts here", 0.4),
    ),
    ("buy", "interest"): (
        _R("Get a quote", 6, "A price in a minute"),
        _R("Quote form breaks off", 2, "Kept as typed", 1.6),
        _R("Price differs from the portal", 2, "The price I saw", 1.0),
    ),
    ("buy", "consideration"): (
        _R("Compare covers", 4, "Side by side"),
        _R("Ask for a discount", 2, "A clear yes or no", 0.4),
    ),
    ("buy", "action"): (
        _R("Sign the contract", 5, "Done in one go"),
        _R("Prove who I am", 3, "Without paper", 1.2),
    ),
    ("buy", "use"): (
        _R("Proof of cover", 4, "The same day"),
        _R("First sign-in fails", 2, "Done in one go", 1.0),
    ),
    ("buy", "advocacy"): (_R("Recommend a friend", 3, "A thank-you"),),
    ("renew", "awareness"): (
        _R("Read the notice", 5, "What changed, and why"),
        _R("Notice came late", 2, "Four weeks ahead", 0.9),
    ),
    ("renew", "discovery"): (
        _R("Price increase", 6, "What changed, and why", 0.7),
        _R("How the premium is made up", 2, "Plain words"),
    ),
    ("renew", "interest"): (_R("Other covers", 3, "Side by side"),),
    ("renew", "consideration"): (
        _R("Cancel", 4, "Without being talked out of it", 0.5),
        _R("Match another offer", 3, "A clear yes or no"),
    ),
    ("renew", "action"): (_R("Confirm", 4, "Done in one go"),),
    ("renew", "use"): (
        _R("Change of address", 4, "Done in one go"),
        _R("Payment failed", 3, "No fee for one mistake", 0.9),
        _R("Bill is not clear", 4, "Plain words", 0.6),
    ),
    ("renew", "advocacy"): (_R("Thank-you gift", 3, "A thank-you"),),
}
"""Journey and stage → reasons."""

SEGMENTS: dict[str, tuple[tuple[str, int], ...]] = {
    "claims": (("Families", 4), ("Young drivers", 2), ("Over 60", 3)),
    "buy": (("Young drivers", 4), ("Families", 3), ("Over 60", 1)),
    "renew": (("Families", 4), ("Over 60", 4), ("Young drivers", 1)),
}

SAMPLE = 2_000
"""One contact in so many stands in the log."""

SAMPLED = f"one contact in {SAMPLE:,}"

LOG_NAME = f"Halden contact log, {SAMPLED}.csv"
"""What every page that counts the log calls it, so that nobody takes the sample for the whole."""

MAPPING: dict[str, object] = {
    "name": "halden-contact-log",
    "title": f"Halden contact log, {SAMPLED}",
    "source": f"Contact log of Halden Insurance, {SAMPLED}",
    "licence": "invented for the demo",
    "currency": "EUR",
    "zone": "Europe/Berlin",
    "when": {"column": "opened"},
    "id": "contact",
    "customer": "customer",
    "prospect": {"column": "relation", "words": ["prospect"]},
    "segment": {"column": "segment"},
    "journey": {"column": "journey"},
    "stage": {"column": "stage"},
    "channel": {"column": "channel"},
    "reason": {"column": "reason"},
    "expected": {"column": "expected"},
    "outcome": {"column": "outcome"},
    "met": {"column": "met", "met": ["yes"], "unmet": ["no"]},
    "cost": {"column": "cost"},
    "minutes": {"column": "minutes"},
    "score": {"column": "score"},
    "escalated": {"column": "outcome", "words": ["Escalated"]},
    "lost": {"column": "outcome", "words": ["Left"]},
}
