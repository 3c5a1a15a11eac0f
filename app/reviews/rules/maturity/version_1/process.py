"""Process: how journeys are improved again and again."""

from __future__ import annotations

from app.reviews.rules.maturity.questions import Question
from app.reviews.rules.maturity.words import Dimension

PROCESS = (
    Question(
        key="process_cycle",
        dimension=Dimension.PROCESS,
        text="Is improving a journey a standing process, or an effort that ends?",
        ask_for="The written process, and the dates of the last two rounds of one journey.",
        shown=(
            "A journey is improved when complaints or a new executive demand it.",
            "Some journeys are worked on for a while; afterwards nobody is in charge of them.",
            "One process is written down – measure, understand, propose, choose, deliver, measure"
            " again – and every main journey goes through it once a cycle.",
            "Each cycle opens on fresh baselines and ends with a comparison; late and skipped"
            " steps are counted and followed up.",
            "The process itself is measured, such as the time from hot spot to effect, and was"
            " changed in the last year because of what that showed.",
        ),
    ),
    Question(
        key="process_hurdles",
        dimension=Dimension.PROCESS,
        text="Is more money released only after a hurdle with quantified criteria?",
        ask_for="The hurdles of one funded initiative, and the last one at which money was held or"
        " stopped.",
        shown=(
            "Money is given once; whether it helped is not asked.",
            "Some initiatives report in colours; stopping one is a matter of persuasion.",
            "Every funded initiative has dated hurdles with metric, threshold, sample and agreed"
            " action, fixed before the money.",
            "Hurdles are decided on recorded measurements; within the last year money was held or"
            " stopped because one was missed.",
            "It is checked how well hurdles predicted the later effect, and thresholds, dates and"
            " tranches of new initiatives are set by that.",
        ),
    ),
    Question(
        key="process_handovers",
        dimension=Dimension.PROCESS,
        text="What happens where a journey passes from one unit or channel to another?",
        ask_for="The drawing of one journey's hand-overs, and how long they took last quarter.",
        shown=(
            "Customers carry their case themselves: they repeat what they said at every desk and"
            " in every channel.",
            "Known trouble is patched between two units that get along.",
            "For every main journey it is drawn who hands what to whom by when, partners included.",
            "Time of hand-overs, repeats and cases without an owner are measured per journey, and"
            " its owner acts when a limit is passed.",
            "Hand-overs are removed and not only sped up: their number per case fell over the last"
            " two baselines.",
        ),
    ),
    Question(
        key="process_recovery",
        dimension=Dimension.PROCESS,
        text="What follows when a contact went badly for a customer?",
        ask_for="The reasons behind one hot spot with their owners, and repeat contacts over two"
        " baselines.",
        shown=(
            "Complaints are answered; the cause stays.",
            "Some teams call unhappy customers back; what they learn stays in the team.",
            "Unmet contacts are noted everywhere in one way, with touchpoint and reason, and it is"
            " laid down who answers the customer by when.",
            "Reasons are counted every month, each driver of a hot spot has an owner, and how many"
            " customers were won back is measured.",
            "Causes are removed before more customers meet them: repeats for the most frequent"
            " reasons fell over two baselines, and other journeys took the remedy over.",
        ),
    ),
)
