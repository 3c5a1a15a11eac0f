"""People: who owns journeys, and what people can and may do."""

from __future__ import annotations

from app.reviews.rules.maturity.questions import Question
from app.reviews.rules.maturity.words import Dimension

PEOPLE = (
    Question(
        key="people_owners",
        dimension=Dimension.PEOPLE,
        text="Has every journey an owner who can change it?",
        ask_for="The owner's mandate, and a change across departments that the owner brought"
        " about.",
        shown=(
            "Departments have heads; journeys have nobody.",
            "Some journeys have somebody in charge beside another job, without a say over money or"
            " people.",
            "Every main journey has a named owner with a written mandate across departments.",
            "Owners answer for the figures of their journey: target and result are reviewed with"
            " them each quarter and count in their appraisal.",
            "Owners move people and money between departments for their journey, and learn from"
            " those whose journeys improved most.",
        ),
    ),
    Question(
        key="people_skills",
        dimension=Dimension.PEOPLE,
        text="Are the skills that work on journeys needs in place?",
        ask_for="The skills each role takes, the gaps per team, and the person-days planned for"
        " the cycle.",
        shown=(
            "Skills in research, measurement and design are missing, or bought for the occasion.",
            "A few specialists exist; who gets their help depends on whom one knows.",
            "The skills each role takes are written down, gaps are known per team, and training is"
            " open to all of them.",
            "Roles filled and people trained are counted; person-days per team are planned before"
            " initiatives are chosen.",
            "People change between front line, journeys and Finance, and training follows what"
            " delivered initiatives showed to be missing.",
        ),
    ),
    Question(
        key="people_frontline",
        dimension=Dimension.PEOPLE,
        text="Can people who deal with customers put things right and change how they work?",
        ask_for="The limits people may decide within, and changes of last year that came from the"
        " front line.",
        shown=(
            "People follow a script; whoever leaves it is alone with the consequences.",
            "Some teams may make small gestures; suggestions go into a box.",
            "What people may decide for a customer is written down with its limits for every"
            " channel, and they are trained for it.",
            "How often that is used and what it does to repeat contacts is measured; suggestions"
            " are answered within a set time, and the share taken up is known.",
            "Teams change their own process within limits, measure the effect and pass it on;"
            " several such changes became the rule for all in the last year.",
        ),
    ),
    Question(
        key="people_goals",
        dimension=Dimension.PEOPLE,
        text="Do goals and pay support the experience customers shall have?",
        ask_for="The goals of two executives of different departments, and a conflict that was"
        " settled.",
        shown=(
            "Goals reward volume, speed or cost alone.",
            "Customers appear in some goals, mostly in those of the customer-experience team.",
            "All executives and journey owners share at least one goal that is measured in the"
            " baselines of journeys.",
            "Conflicts between goals, such as short calls against solved cases, are looked for"
            " each year and settled on record.",
            "A goal is changed when evidence shows that it moves the wrong behaviour; that"
            " happened within the last two years.",
        ),
    ),
)
