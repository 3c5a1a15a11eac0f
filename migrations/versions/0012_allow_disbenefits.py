"""Let an effect add to a pool instead of removing from it: a disbenefit has a removal below zero.

Going back, the narrower limit returns unless disbenefits are stored: the model before counted
them, it only could not take new ones.

Revision ID: 0012
Revises: 0011
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

NAME = "ck_effects_removal_in_range"
WIDE = "abs(removal_share) BETWEEN 1 AND 950000"
NARROW = "removal_share BETWEEN 0 AND 950000"


def upgrade() -> None:
    _limit(WIDE)


def downgrade() -> None:
    harms = sa.text("SELECT count(*) FROM effects WHERE removal_share < 0")
    if not op.get_bind().scalar(harms):
        _limit(NARROW)


def _limit(condition: str) -> None:
    with op.batch_alter_table("effects") as effects:
        effects.drop_constraint(op.f(NAME), type_="check")
        effects.create_check_constraint(op.f(NAME), condition)
