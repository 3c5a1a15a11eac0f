"""Keep what persons prove who they are with: second factors, recovery codes, known browsers.

Revision ID: 0027
Revises: 0026
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "people",
        sa.Column("has_short_password", sa.Boolean(), server_default=sa.false(), nullable=False),
    )
    op.add_column("sign_in_sessions", sa.Column("replaced_hash", sa.String(), nullable=True))
    op.add_column(
        "sign_in_sessions",
        sa.Column("factor", sa.Text(), server_default="password", nullable=False),
    )
    op.create_index(
        op.f("ix_sign_in_sessions_replaced_hash"), "sign_in_sessions", ["replaced_hash"]
    )
    _create_factors()
    _create_devices()


def downgrade() -> None:
    op.drop_table("known_devices")
    op.drop_table("recovery_codes")
    op.drop_table("second_factors")
    op.drop_index(op.f("ix_sign_in_sessions_replaced_hash"), "sign_in_sessions")
    op.drop_column("sign_in_sessions", "factor")
    op.drop_column("sign_in_sessions", "replaced_hash")
    op.drop_column("people", "has_short_password")


def _create_factors() -> None:
    op.create_table(
        "second_factors",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("last_step", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("confirmed_at", sa.BigInteger(), nullable=True),
        _person("second_factors", "RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_second_factors")),
        sa.UniqueConstraint("person_id", name=op.f("uq_second_factors_person_id")),
    )
    op.create_table(
        "recovery_codes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("code_hash", sa.String(), nullable=False),
        sa.Column("used_at", sa.BigInteger(), nullable=True),
        _person("recovery_codes", "RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_codes")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_recovery_codes_code_hash")),
    )
    op.create_index(op.f("ix_recovery_codes_person_id"), "recovery_codes", ["person_id"])


def _create_devices() -> None:
    op.create_table(
        "known_devices",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        _person("known_devices", "CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_known_devices")),
        sa.UniqueConstraint(
            "person_id", "token_hash", name=op.f("uq_known_devices_person_id_token_hash")
        ),
    )


def _person(table: str, ondelete: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["person_id"], ["people.id"], name=op.f(f"fk_{table}_person_id"), ondelete=ondelete
    )
