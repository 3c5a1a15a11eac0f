"""Strategy: which experience customers shall have, and what is worked on for it."""

from __future__ import annotations

from app.reviews.rules.maturity.questions import Question
from app.reviews.rules.maturity.words import Dimension

STRATEGY = (
    Question(
        key="strategy_direction",
        dimension=Dimension.STRATEGY,
        text="Is it laid down which experience customers shall have, and does that decide what is"
        " done?",
        ask_for="The statement itself, and two decisions of the last year that refer to it.",
        shown=(
            "Nothing says which experience customers shall have, or every unit has a slogan of"
            " its own.",
            "One or two units have written down what their customers shall experience; others do"
            " not know it or contradict it.",
            "A statement per journey, approved by the executives, says what customers shall"
            " experience, and every journey owner can show it.",
            "The statement is turned into targets per journey; each proposal names the target it"
            " serves, and those that serve none are refused.",
            "Targets are set anew each cycle from measured experience and needs; in the last year"
            " at least one was raised, lowered or dropped for a reason on record.",
        ),
    ),
    Question(
        key="strategy_journeys",
        dimension=Dimension.STRATEGY,
        text="Is it known which journeys matter most, to customers and in money?",
        ask_for="The list of journeys with its ranking, and who looked at it before money was"
        " spread.",
        shown=(
            "Work follows departments and products; nobody keeps a list of journeys.",
            "Some journeys are mapped, each in its own form; which one matters most is an opinion.",
            "All main journeys of customers and prospects are listed in one form with stages,"
            " channels, touchpoints and an owner.",
            "Journeys are ranked by pain and by value at stake from fresh baselines, and the"
            " ranking is on the table when money is spread.",
            "The ranking is made anew each cycle and includes partners; money moved from one"
            " journey to another because of it.",
        ),
    ),
    Question(
        key="strategy_needs",
        dimension=Dimension.STRATEGY,
        text="Is it known from evidence what customers need before a solution is chosen?",
        ask_for="The recorded needs of one journey with source, day and how many were asked.",
        shown=(
            "Solutions come from inside; what customers want is assumed.",
            "Surveys and interviews are made for single initiatives and forgotten afterwards.",
            "For every main journey what each segment asks for, needs without saying so and"
            " prefers as a channel is recorded with source and day.",
            "Every initiative names the need it meets before it is funded; metrics that serve the"
            " company alone are marked as such.",
            "What customers said is compared each cycle with what they do; what no longer holds is"
            " retired with a reason.",
        ),
    ),
    Question(
        key="strategy_portfolio",
        dimension=Dimension.STRATEGY,
        text="Are initiatives chosen together, as one portfolio?",
        ask_for="The last approved plan, and the reason on record for one initiative that is not"
        " in it.",
        shown=(
            "Initiatives start one by one, when somebody finds money.",
            "There is a common list, but every unit chooses its own part of it.",
            "All initiatives stand in one portfolio and are chosen in one cycle by criteria that"
            " are written down.",
            "The choice is worked out under limits of budget and capacity; overlap and"
            " dependencies count, and why something is not funded is on record.",
            "What was chosen is compared with what it brought, and the next cycle's criteria and"
            " limits changed because of that.",
        ),
    ),
)
