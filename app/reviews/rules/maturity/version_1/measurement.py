"""Measurement: what is known of journeys, causes and money."""

from __future__ import annotations

from app.reviews.rules.maturity.questions import Question
from app.reviews.rules.maturity.words import Dimension

MEASUREMENT = (
    Question(
        key="measurement_baselines",
        dimension=Dimension.MEASUREMENT,
        text="Is experience measured per journey and touchpoint?",
        ask_for="The newest baseline of each main journey with its day and its source.",
        shown=(
            "There is one score of satisfaction for the whole company, or none.",
            "Some touchpoints are surveyed, with questions and scales of their own.",
            "Every main journey has a baseline with contacts, satisfaction, importance, unmet"
            " expectations, cost and minutes per touchpoint.",
            "Baselines are renewed before they are stale; what stands on a stale one is marked, and"
            " changes are told apart from chance.",
            "Behaviour and contacts count more than surveys; prospects and silent customers are"
            " covered, and every gap is named with its size.",
        ),
    ),
    Question(
        key="measurement_value",
        dimension=Dimension.MEASUREMENT,
        text="Is the worth of better experience worked out, and believed?",
        ask_for="One business case, and the certification of the pools it claims from.",
        shown=(
            "Better experience is said to pay; there are no figures.",
            "Some business cases state benefits, each in its own way; Finance does not count them.",
            "One model holds for all – behaviour, lever, pool, money – and evidence grades and"
            " haircuts are agreed with Finance.",
            "Finance certifies the pools, overlap is taken off, and results are ranges with the"
            " chance of a loss.",
            "What was realised is compared with what was promised, and haircuts and ramps follow"
            " the accuracy found.",
        ),
    ),
    Question(
        key="measurement_causes",
        dimension=Dimension.MEASUREMENT,
        text="Is it known why things go wrong, and not only where?",
        ask_for="The drivers of the worst hot spot, and how one of them was checked.",
        shown=(
            "Causes are guessed in meetings.",
            "Single analyses find causes; they are neither repeated nor kept.",
            "Reasons for contacts and unmet expectations are named in one way, and the drivers of"
            " every hot spot are listed.",
            "Drivers are checked by trials or by other data before money is asked for; the evidence"
            " grade says by which.",
            "What proved to be a cause is kept with its evidence, taken over by other journeys, and"
            " dropped when later figures contradict it.",
        ),
    ),
    Question(
        key="measurement_use",
        dimension=Dimension.MEASUREMENT,
        text="Do figures reach those who decide, and change what they decide?",
        ask_for="The record of the last two reviews, with the figure behind each decision.",
        shown=(
            "Reports are sent; nobody can name a decision that one of them changed.",
            "Some units talk about figures of customers now and then.",
            "Journey owners and executives see the same figures in a fixed rhythm, with target and"
            " trend.",
            "Reviews end in decisions on record, each with the figure it stands on, and whether"
            " they were carried out is followed.",
            "Decisions are looked back at: which figures led to good ones is known, and figures"
            " nobody used were dropped.",
        ),
    ),
)
