"""Technology: what systems make possible, together with people and process."""

from __future__ import annotations

from app.reviews.rules.maturity.questions import Question
from app.reviews.rules.maturity.words import Dimension

TECHNOLOGY = (
    Question(
        key="technology_contacts",
        dimension=Dimension.TECHNOLOGY,
        text="Can a customer's contacts be followed over all channels?",
        ask_for="The log of one month by channel, and the share of contacts that has no place in"
        " it.",
        shown=(
            "Every channel keeps its own records; nobody can tell that it is the same customer.",
            "Two or three channels are joined, by hand or for a single analysis.",
            "Contacts of all main channels are kept in one form: when, touchpoint, reason, what was"
            " expected, outcome.",
            "The share of contacts without a place is measured and below a set limit; an analysis"
            " needs no collecting first.",
            "Whoever serves a customer sees the journey so far at once, and who will need help"
            " next is predicted with a measured hit rate.",
        ),
    ),
    Question(
        key="technology_purpose",
        dimension=Dimension.TECHNOLOGY,
        text="Is technology chosen to change a behaviour, together with people and process?",
        ask_for="An initiative with technology: its target behaviour, and what it spends on people"
        " and process.",
        shown=(
            "Systems are bought because they are new, or because others have them.",
            "Benefits are claimed for the system; changing process and people is left to the"
            " units.",
            "Every initiative with technology names the behaviour it changes and holds days and"
            " money for people and process too.",
            "The mix of people, process and technology is steered over the portfolio with a limit"
            " on technology alone; use is measured after go-live.",
            "Systems that do not change the behaviour are adapted or switched off on evidence, and"
            " the money they free goes to what does.",
        ),
    ),
    Question(
        key="technology_integration",
        dimension=Dimension.TECHNOLOGY,
        text="Do the systems behind a journey work together?",
        ask_for="The drawing of one journey's systems, and how many contacts failed between them.",
        shown=(
            "People copy from screen to screen.",
            "Some systems are connected, every connection in its own way.",
            "For every main journey it is drawn which systems serve it and what passes between"
            " them; every connection has an owner.",
            "Failures and delays between systems are measured by what customers notice; missing"
            " integration stands in the portfolio as a dependency.",
            "What changes at one touchpoint holds in all channels within days; how long that takes"
            " is measured and fell over two cycles.",
        ),
    ),
    Question(
        key="technology_trials",
        dimension=Dimension.TECHNOLOGY,
        text="How soon can a change be tried with some customers and its effect be known?",
        ask_for="The last two trials with sample, comparison and result, and the days from idea to"
        " result.",
        shown=(
            "Changes reach all customers at once, a few times a year.",
            "Single teams try changes out, with nothing to compare them to.",
            "A way to try a change with part of the customers, with comparison and consent, is"
            " written down for digital and for human channels.",
            "Most initiatives pass a trial whose sample was set before; the time from idea to"
            " measured result is known.",
            "Trials run all the time where it hurts most, and their results change evidence grades"
            " and forecasts.",
        ),
    ),
)
