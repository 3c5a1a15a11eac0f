"""What logged contacts add up to; which reasons drive a shortfall; audiences."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.journeys.rules import (
    Audience,
    Channel,
    ChannelGroup,
    Logged,
    by_group,
    drivers,
    total_of,
)


class TestLogged:
    def test_takes_every_mean_over_the_contacts_it_is_known_of(self) -> None:
        logged = Logged(
            contacts=100, judged=40, unmet=10, costed=50, cost_minor=201_00, timed=20,
            minutes=Decimal(90), scored=4, score_sum=Decimal(26), keyed=50, repeats=25,
        )  # fmt: skip

        assert logged.unmet_share == Decimal("0.25")
        assert logged.cost_per_contact_minor == 402
        assert logged.minutes_per_contact == Decimal("4.5")
        assert logged.satisfaction == Decimal("6.5")
        assert logged.repeat_share == Decimal("0.5")

    def test_says_none_where_nothing_is_known_and_never_zero(self) -> None:
        logged = Logged(contacts=100)

        assert logged.unmet_share is None
        assert logged.cost_per_contact_minor is None
        assert logged.minutes_per_contact is None
        assert logged.satisfaction is None
        assert logged.repeat_share is None

    def test_adds_up_and_takes_away(self) -> None:
        one, other = Logged(contacts=3, unmet=1), Logged(contacts=4, cost_minor=5)

        assert total_of([one, other]) == Logged(contacts=7, unmet=1, cost_minor=5)
        assert total_of([one, other]) - other == one


class TestDrivers:
    def test_share_out_the_unmet_contacts_the_largest_part_first(self) -> None:
        found = drivers(
            {
                "Status": Logged(contacts=200, judged=200, unmet=60),
                "Queue": Logged(contacts=400, judged=400, unmet=40),
                "Thanks": Logged(contacts=50, judged=50),
            }
        )

        assert [driver.reason for driver in found] == ["Status", "Queue"]
        assert [driver.share for driver in found] == [Decimal("0.6"), Decimal("0.4")]

    def test_lift_compares_a_reason_with_all_others_at_the_touchpoint(self) -> None:
        status, queue = drivers(
            {
                "Status": Logged(contacts=200, judged=200, unmet=60),
                "Queue": Logged(contacts=400, judged=400, unmet=40),
            }
        )

        assert status.lift == Decimal(3)
        assert round(queue.lift or 0, 3) == Decimal("0.333")

    @pytest.mark.parametrize(
        "rest", [Logged(contacts=29, judged=29, unmet=5), Logged(contacts=90, judged=90)]
    )
    def test_have_no_lift_where_the_others_are_too_few_or_all_met(self, rest: Logged) -> None:
        (status, *_) = drivers({"Status": Logged(contacts=50, judged=50, unmet=25), "Rest": rest})

        assert status.lift is None

    def test_are_none_where_nothing_was_judged_unmet(self) -> None:
        assert drivers({"Status": Logged(contacts=50)}) == []
        assert drivers({}) == []


class TestAudience:
    @pytest.mark.parametrize(
        "audience",
        [
            Audience(),
            Audience(is_prospect=True),
            Audience(is_prospect=False),
            Audience(segment="Private motor"),
            Audience(segment=""),
            Audience(segment="prospects"),
        ],
    )
    def test_comes_back_from_its_address(self, audience: Audience) -> None:
        assert Audience.parse(audience.key) == audience

    def test_is_none_for_unknown_words(self) -> None:
        assert Audience.parse("everyone") is None

    def test_says_when_a_segment_was_not_stated(self) -> None:
        assert Audience(segment="").word == "Segment not stated"


class TestGroups:
    def test_put_people_together_and_leave_out_what_is_not_used(self) -> None:
        found = by_group(
            {
                Channel.WEB: Logged(contacts=1),
                Channel.CONTACT_CENTRE: Logged(contacts=2),
                Channel.BRANCH: Logged(contacts=3),
                Channel.LETTER: Logged(contacts=4),
            }
        )

        assert {group: one.contacts for group, one in found.items()} == {
            ChannelGroup.WEB: 1, ChannelGroup.HUMAN: 5, ChannelGroup.OTHER: 4,
        }  # fmt: skip

    def test_every_channel_is_in_one_group(self) -> None:
        named = [channel for group in ChannelGroup for channel in group.channels]

        assert sorted(one.value for one in named) == sorted(one.value for one in Channel)
