"""The page of moments says through which logs it follows customers, and where it can't."""

from __future__ import annotations

from app.journeys.presenters import moment_table
from app.journeys.queries import Followed, FollowedSystem


def _seen(*systems: FollowedSystem) -> str:
    return " ".join(moment_table(Followed({}, 10, 10, systems)).seen)


WEB = FollowedSystem("Website", False, 1_204, 310)
PHONE = FollowedSystem("Hotline", False, 2_000, 310)


class TestMomentTable:
    def test_names_the_only_log_there_is(self) -> None:
        assert _seen(FollowedSystem("Website", is_warehouse=False, is_stale=True)) == (
            "Customers are followed within the log of “Website” alone."
        )

    def test_says_how_many_customers_are_in_more_than_one_system(self) -> None:
        said = _seen(WEB, PHONE)
        assert "through the logs of 2 systems together" in said
        assert "of “Website” 310 of 1,204, of “Hotline” 310 of 2,000." in said

    def test_says_where_keys_never_match(self) -> None:
        said = _seen(WEB, FollowedSystem("Letters", False, 30, 0))
        assert "No customer of “Letters” is found in another system." in said
        assert "then the same customer counts as two" in said

    def test_says_that_a_warehouse_is_apart(self) -> None:
        said = _seen(WEB, FollowedSystem("Billing", is_warehouse=True))
        assert "“Billing” lies in a warehouse, which is followed by itself" in said

    def test_says_what_was_counted_before_others_were_looked_into(self) -> None:
        old = FollowedSystem("Hotline", is_warehouse=False, is_stale=True)
        assert "“Hotline” was counted before other systems" in _seen(WEB, old)
        assert "counted before" not in _seen(old)
