"""What the customers of each journey say and don't say, and what each lens builds on."""

from __future__ import annotations

from dataclasses import dataclass

NEEDS = {
    "claims": {
        "customers_overt_desire": "Tell me when my claim is paid, without my having to ask.",
        "customers_latent_need": "Not to feel accused or forgotten after an accident.",
        "customers_channels": "App and messages first; the phone when something goes wrong.",
        "experience_strength": "Our own adjusters answer within a day, which direct insurers lack.",
    },
    "buy": {
        "customers_overt_desire": "A price for my car in two minutes, and what it does not cover.",
        "customers_latent_need": "To be sure I am not the one who pays too much.",
        "customers_channels": "Website on the phone; an agent for the second car and for families.",
        "experience_strength": "220 agents who know their customers by name.",
    },
    "renew": {
        "customers_overt_desire": "Tell me why the premium changed before I have to call.",
        "customers_latent_need": "To be treated no worse than a new customer.",
        "customers_channels": "E-mail and app; letters only for what has to be kept.",
        "experience_strength": "Eleven years of mean tenure: people want a reason to stay.",
    },
}

EMPOWERMENT = {
    "people": {
        "empowerment_people": "Team leads who coach on the floor; two trainers are in place.",
        "empowerment_processes": "Weekly case round; calls and letters can be sampled already.",
        "empowerment_tools": "Recording, knowledge base and quality sheet exist.",
        "empowerment_partners": "None needed outside the house.",
    },
    "process": {
        "empowerment_people": "Process owner named; two analysts know the hand-overs.",
        "empowerment_processes": "Hand-over times are measured since spring.",
        "empowerment_tools": "Workflow system allows new rules without a release.",
        "empowerment_partners": "Garage network and the letter shop have to agree.",
    },
    "technology": {
        "empowerment_people": "A product team with its own designer and analyst.",
        "empowerment_processes": "Two-week releases with a way back.",
        "empowerment_tools": "App, customer portal and event stream are in place.",
        "empowerment_partners": "The core system's supplier for two interfaces.",
    },
}


@dataclass(frozen=True, slots=True)
class StatedStory:
    """A part of a need: what is said, how it is known, how many were asked, days before."""

    text: str
    source: str
    asked: int
    days_before: int


@dataclass(frozen=True, slots=True)
class NeedStory:
    """What a segment needs on a journey; channels the most preferred first."""

    journey: str
    segment: str
    by: str
    overt: StatedStory
    latent: StatedStory
    channels: tuple[str, ...]
    preference: StatedStory


_S = StatedStory

CUSTOMER_NEEDS = (
    NeedStory(
        "claims", "Private motor customers", "maya",
        _S(NEEDS["claims"]["customers_overt_desire"], "Survey after a claim closed", 1_840, 25),
        _S(
            NEEDS["claims"]["customers_latent_need"],
            "Diary study: claimants wrote down every contact for six weeks", 24, 70,
        ),
        ("app", "message", "contact_centre"),
        _S(NEEDS["claims"]["customers_channels"], "Survey after a claim closed", 1_840, 25),
    ),
    NeedStory(
        "buy", "Prospects for private motor cover", "tomasz",
        _S(NEEDS["buy"]["customers_overt_desire"], "Poll on the quote page", 3_120, 18),
        _S(NEEDS["buy"]["customers_latent_need"], "Interviews with people who left", 16, 55),
        ("web", "partner"),
        _S(NEEDS["buy"]["customers_channels"], "Poll on the quote page", 3_120, 18),
    ),
    NeedStory(
        "renew", "Motor and home customers in renewal", "leila",
        _S(NEEDS["renew"]["customers_overt_desire"], "Calls about renewals, coded", 400, 40),
        _S(NEEDS["renew"]["customers_latent_need"], "Interviews with customers who left", 21, 62),
        ("message", "app", "letter"),
        _S(NEEDS["renew"]["customers_channels"], "Relationship survey, spring", 2_260, 48),
    ),
)  # fmt: skip
"""Days count back from the day on which the journeys were first measured."""
