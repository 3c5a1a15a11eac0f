"""Governance: who decides, and how money follows evidence."""

from __future__ import annotations

from app.reviews.rules.maturity.questions import Question
from app.reviews.rules.maturity.words import Dimension

GOVERNANCE = (
    Question(
        key="governance_body",
        dimension=Dimension.GOVERNANCE,
        text="Who decides about customer experience across departments?",
        ask_for="The mandate of the deciding body, and the record of its last two meetings.",
        shown=(
            "Nobody: every department decides for itself.",
            "A group meets now and then and may recommend.",
            "A body of executives of all departments and Finance has a written mandate, meets in a"
            " fixed rhythm and keeps a record.",
            "It decides on portfolio, hurdles and conflicts within set times; what waits for a"
            " decision is counted.",
            "Its decisions are held against results once a cycle, and its mandate or members"
            " changed because of that.",
        ),
    ),
    Question(
        key="governance_finance",
        dimension=Dimension.GOVERNANCE,
        text="What part does Finance play?",
        ask_for="The rates and control totals Finance set for this cycle, and a pool it certified.",
        shown=(
            "Finance sets a budget and hears of results afterwards, if at all.",
            "Finance looks at single business cases when asked.",
            "Finance has agreed to the value model, sets budgets and rates for every cycle and sits"
            " in the deciding body.",
            "Finance certifies pools, approves the frozen plan and releases money by tranche;"
            " nobody certifies or approves what they proposed.",
            "Finance books realised value in its own figures and changes the model together with"
            " the journey owners from what was learnt.",
        ),
    ),
    Question(
        key="governance_money",
        dimension=Dimension.GOVERNANCE,
        text="Does money follow results?",
        ask_for="What is committed, released and spent of one fund, and where money freed by a"
        " stop went.",
        shown=(
            "Budgets are set per department and year, and used up.",
            "Money for customer experience is set aside and spread by negotiation.",
            "One budget per fund and quarter covers all initiatives; what is committed, released"
            " and spent is known at any time.",
            "Hurdles release money; what a stop frees goes to the best other use within the same"
            " cycle.",
            "What a little more money or capacity would be worth is known, and has moved budgets"
            " from one cycle to the next.",
        ),
    ),
    Question(
        key="governance_fairness",
        dimension=Dimension.GOVERNANCE,
        text="Is anybody served worse, and who watches over that: fairness, access, personal data?",
        ask_for="What customers are owed in writing, and the disbenefits of one initiative.",
        shown=(
            "Complaints to authorities, personal data and access come up when something has"
            " happened.",
            "Experts on law and personal data are asked at the end, case by case.",
            "What customers are owed – fair treatment, access, care of personal data – is written"
            " down and part of every initiative's first hurdle.",
            "Harm is estimated for every initiative as a disbenefit and measured after go-live;"
            " breaches are counted per journey.",
            "Who is served worse is looked for by segment, and within the last two years an"
            " initiative was changed or stopped because of it.",
        ),
    ),
)
