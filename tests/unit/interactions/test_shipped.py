"""Every shipped mapping reads the real file it was made for, and adds up as the file does."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from app.interactions.engine.counting import count_log
from app.interactions.engine.mapping import Place
from app.interactions.engine.placing import Placed, Spot, placed
from app.interactions.engine.requests import CountRequest, ReadReport
from app.interactions.engine.shipped import list_shipped, shipped
from app.journeys.rules import Channel, StageKind
from tests.unit.interactions.logs import mapping as log_mapping
from tests.unit.interactions.logs import read

DATA = Path(__file__).parents[2] / "data"
SPOTS = {
    ("j", stage.value, channel.value): Spot(number, "USD")
    for number, (stage, channel) in enumerate((s, c) for s in StageKind for c in Channel)
}
Rows = list[dict[str, str]]


@dataclass(frozen=True)
class Taken:
    """A real file, read and counted, beside its own rows."""

    rows: Rows
    report: ReadReport
    found: Placed

    def total(self, name: str) -> int:
        return sum(sums[name] for sums in self.found.months.values())


def _take(folder: Path, file: str, name: str, *, delimiter: str = ",") -> Taken:
    mapping = shipped(name).model_copy(update={"journey": Place(fixed="j")})
    content = (DATA / file).read_bytes()
    report = read(folder, content, file, mapping=mapping)
    request = CountRequest(folder=str(folder / "log"), mapping=mapping)
    counted = count_log(request).lines
    lines = content.decode("utf-8-sig").splitlines(keepends=True)
    rows = list(csv.DictReader(lines, delimiter=delimiter))
    return Taken(rows, report, placed(counted, mapping, SPOTS, 2))


def _where(rows: Rows, column: str, *words: str) -> int:
    return sum(row[column] in words for row in rows)


def _sum(rows: Rows, columns: Iterable[str]) -> int:
    cells = (row[column] for row in rows for column in columns)
    return sum(int(Decimal(cell)) for cell in cells if cell not in ("", "NA", "ND"))


class TestShippedMappings:
    def test_reads_boston_s_requests(self, tmp_path: Path) -> None:
        taken = _take(tmp_path, "boston_311_extract.csv", "boston-311")
        assert (taken.report.errors, taken.report.kept) == (0, len(taken.rows))
        assert (taken.total("contacts"), taken.found.unplaced) == (len(taken.rows), {})
        assert taken.total("unmet") == _where(taken.rows, "ontime", "OVERDUE") > 0
        assert taken.total("judged") == _where(taken.rows, "ontime", "OVERDUE", "ONTIME")

    def test_reads_the_cfpb_s_complaints(self, tmp_path: Path) -> None:
        taken = _take(tmp_path, "cfpb_complaints_extract.csv", "cfpb-complaints")
        assert (taken.report.errors, taken.total("contacts")) == (0, len(taken.rows))
        assert taken.total("unmet") == _where(taken.rows, "Timely response?", "No") > 0
        assert taken.total("escalated") == _where(taken.rows, "Consumer disputed?", "Yes")

    def test_reads_uci_s_bank_contacts(self, tmp_path: Path) -> None:
        taken = _take(tmp_path, "uci_bank_extract.csv", "uci-bank", delimiter=";")
        assert (taken.report.errors, taken.total("contacts")) == (0, len(taken.rows))
        exact = sum(Decimal(row["duration"]) for row in taken.rows) / 60
        assert abs(Decimal(taken.total("minutes_milli")) / 1000 - exact) < Decimal("0.05")
        assert taken.total("timed") == len(taken.rows)

    def test_reads_the_trust_surveys_and_notes_what_cannot_be(self, tmp_path: Path) -> None:
        taken = _take(tmp_path, "us_hisp_trust_extract.csv", "us-hisp-trust")
        assert taken.report.errors == 0
        assert any("more than were invited" in one.message for one in taken.report.issues)
        sums = ("strongly_disagree_num", "disagree_num", "neutral_num")
        everywhere = taken.found.unplaced_count + taken.total("contacts")
        assert everywhere >= _sum(taken.rows, ["volume_of_respondents"])
        known = {word.casefold() for word in shipped("us-hisp-trust").channel.words}
        placed_rows = [row for row in taken.rows if row["channel"].strip().casefold() in known]
        assert 0 < taken.total("unmet") == _sum(placed_rows, sums)
        assert 0 < taken.total("score_micro") <= 10_000_000 * taken.total("scored")

    def test_weighs_the_trust_score_by_the_answers_counted_and_not_by_who_was_heard(
        self, tmp_path: Path
    ) -> None:
        taken = _take(tmp_path, "us_hisp_trust_extract.csv", "us-hisp-trust")
        answers = [f"{word}_num" for word in ("strongly_disagree", "disagree", "neutral")]
        answers += ["agree_num", "strongly_agree_num"]
        known = {word.casefold() for word in shipped("us-hisp-trust").channel.words}
        rows = [row for row in taken.rows if row["channel"].strip().casefold() in known]
        points = sum(
            _sum([row], [name]) * worth for row in rows for worth, name in enumerate(answers)
        )
        counted = _sum(rows, answers)
        assert taken.total("scored") == taken.total("judged") == counted
        assert counted < taken.total("contacts")
        mean = Decimal(taken.total("score_micro")) / 1_000_000 / counted
        assert abs(mean - Decimal(points) / counted * 10 / 4) < Decimal("0.02")

    def test_reads_canada_s_standards(self, tmp_path: Path) -> None:
        taken = _take(tmp_path, "canada_service_standards_extract.csv", "canada-services")
        assert taken.report.errors == 0
        everywhere = taken.total("contacts") + taken.found.unplaced_count
        assert everywhere == _sum(taken.rows, ["total_volume"])
        assert set(taken.found.unplaced) <= {"“OTH” means no channel"}

    def test_reads_canada_s_volumes_by_channel(self, tmp_path: Path) -> None:
        name = "canada-services-inventory"
        taken = _take(tmp_path, "canada_service_inventory_extract.csv", name)
        other = _sum(taken.rows, ["num_applications_by_other"])
        assert (taken.report.errors, other > 0) == (0, True)
        assert taken.found.unplaced == {"No channel is said": other}
        visits = _sum(taken.rows, ["num_website_visits", "num_phone_enquiries"])
        total = visits + _sum(taken.rows, ["num_applications_total"])
        assert taken.total("contacts") + other == total

    def test_cover_whole_periods_though_contacts_count_on_their_last_days(
        self, tmp_path: Path
    ) -> None:
        def days(header: str, lines: str, when: dict[str, object]) -> tuple[str, str]:
            gone = dict.fromkeys(("customer", "id", "met", "cost", "minutes", "score"))
            own = log_mapping(when=when, **gone)
            said = read(tmp_path, f"{header},through,why,wanted,result\n{lines}", mapping=own)
            counted = count_log(CountRequest(folder=str(tmp_path / "log"), mapping=own))
            assert (counted.first_on, counted.last_on) == (said.first_on, said.last_on)
            return str(said.first_on), str(said.last_on)

        rest = ",Phone,a,b,c\n"
        quarters = "".join(f"2026,Q{n}{rest}" for n in range(1, 5))
        of_quarters: dict[str, object] = {
            "fiscal_year": "y", "fiscal_quarter": "q", "first_month": 10,
        }  # fmt: skip
        assert days("y,q", quarters, of_quarters) == ("2025-10-01", "2026-09-30")
        of_years = {"fiscal_year": "y", "first_month": 4, "named_by_start": True}
        assert days("y", f"2024-2025{rest}", of_years) == ("2024-04-01", "2025-03-31")
        months = f"jan{rest}dec{rest}"
        assert days("m", months, {"month": "m", "year": 2010}) == ("2010-01-01", "2010-12-31")

    def test_are_all_tried_here(self) -> None:
        assert [one.name for one in list_shipped()] == [
            "boston-311", "canada-services", "canada-services-inventory", "cfpb-complaints",
            "uci-bank", "us-hisp-trust",
        ]  # fmt: skip
