"""The people, funds, teams and budgets of Halden Insurance."""

from __future__ import annotations

from dataclasses import dataclass

COMPANY = "Halden Insurance"
CURRENCY = "EUR"


@dataclass(frozen=True, slots=True)
class Persona:
    """A demo person; ``key`` is how the story refers to them."""

    key: str
    name: str
    roles: tuple[str, ...]

    @property
    def email(self) -> str:
        return f"{self.key}@halden.example"


PEOPLE = (
    Persona("noor", "Noor Haddad", ("admin",)),
    Persona("maya", "Maya Osei", ("cx_lead",)),
    Persona("nils", "Nils Brandt", ("finance",)),
    Persona("petra", "Petra Lindqvist", ("finance",)),
    Persona("ines", "Ines Carvalho", ("program_manager",)),
    Persona("tomasz", "Tomasz Wrona", ("cx_lead",)),
    Persona("leila", "Leila Farouk", ("cx_lead",)),
    Persona("alistair", "Alistair Reid", ("viewer",)),
)

APPROVAL_LIMITS = {
    "nils": (5_000, "Signing policy: the CFO approves a half-year's plan alone."),
    "petra": (1_000, "Signing policy: above a million the CFO signs as well."),
}
"""Thousands of euro one person approves of a plan alone, and why."""

UNITS = ("Agents", "Branches", "Claims", "Payments", "Products", "Sales", "Service")
"""Organisation units; nothing is planned in branches but a draft, and in payments nothing."""

FUNDS = (("capex", "Investment"), ("opex", "Project expense"), ("run", "Run cost"))

TEAMS = (
    ("digital", "Digital products", 720),
    ("service", "Service operations", 480),
    ("data", "Data and analytics", 780),
    ("design", "Research and design", 690),
    ("legal", "Legal and compliance", 910),
)
"""Key, name and cost of a day in euro."""

CAPACITY_DAYS = {
    "digital": (430, 430, 400, 400, 360, 360, 360, 360, 360, 360, 360, 360),
    "service": (260, 260, 260, 240, 220, 220, 220, 220, 220, 220, 220, 220),
    "data": (170, 170, 170, 160, 150, 150, 150, 150, 150, 150, 150, 150),
    "design": (150, 150, 140, 140, 120, 120, 120, 120, 120, 120, 120, 120),
    "legal": (60, 60, 60, 60, 50, 50, 50, 50, 50, 50, 50, 50),
}
"""Person-days per quarter of a twelve-quarter horizon."""

BUDGET_THOUSANDS = {
    "capex": (420, 440, 340, 260, 160, 100, 60, 60, 40, 40, 40, 40),
    "opex": (220, 230, 200, 160, 120, 80, 60, 60, 40, 40, 40, 40),
    "run": (60, 85, 105, 115, 120, 110, 100, 100, 95, 95, 95, 95),
}
"""Thousands of euro per quarter of the cycle in which people choose now."""

LAST_BUDGET_THOUSANDS = {
    "capex": (520, 480, 360, 260, 120, 80, 60, 60, 40, 40, 40, 40),
    "opex": (300, 280, 240, 180, 100, 80, 60, 60, 60, 60, 60, 60),
    "run": (40, 50, 60, 70, 80, 80, 80, 80, 80, 80, 80, 80),
}
"""Thousands of euro per quarter of the cycle before it."""

CARRY_OVER = {"capex": "0.25", "opex": "0.10", "run": "0"}
