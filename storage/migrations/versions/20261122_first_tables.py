"""The first tables: people, catalogue, cases, inspections, footage, sign-ins, tickets, audit events."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "20261122_first_tables"
down_revision = None
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create them."""
    op.create_table(
        "audit_events",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("actor", sa.String(100), nullable=False),
        sa.Column("action", sa.String(100), nullable=False),
        sa.Column("subject", sa.String(100), nullable=False),
        sa.Column("organisation_path", sa.String(1000), nullable=False),
        sa.Column("remote_address", sa.String(64), nullable=False),
        sa.Column("details", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit_events"),
    )
    op.create_index("ix_audit_events_at", "audit_events", ["at"])
    op.create_index("ix_audit_events_subject_at", "audit_events", ["subject", "at"])
    op.create_table(
        "case_serials",
        sa.Column("series", sa.String(100), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("series", name="pk_case_serials"),
    )
    op.create_table(
        "enterprises",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("credit_code", sa.String(18), nullable=False),
        sa.Column("address", sa.String(500), nullable=False),
        sa.Column("contact_name", sa.String(100), nullable=False),
        sa.Column("contact_phone", sa.String(30), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_enterprises"),
    )
    op.create_table(
        "failed_attempts",
        sa.Column("counter", sa.String(300), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("last_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("counter", name="pk_failed_attempts"),
    )
    op.create_index("ix_failed_attempts_last_at", "failed_attempts", ["last_at"])
    op.create_table(
        "organisations",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("parent_id", sa.String(64), nullable=True),
        sa.Column("path", sa.String(1000), nullable=False),
        sa.ForeignKeyConstraint(["parent_id"], ["organisations.id"], name="fk_organisations_parent_id_organisations"),
        sa.PrimaryKeyConstraint("id", name="pk_organisations"),
        sa.UniqueConstraint("path", name="uq_organisations_path"),
    )
    op.create_table(
        "permit_item_versions",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("permit_item_id", sa.String(64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(100), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("department", sa.String(200), nullable=False),
        sa.Column("is_sample", sa.Boolean(), nullable=False),
        sa.Column("published_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_permit_item_versions"),
        sa.UniqueConstraint("permit_item_id", "number", name="uq_permit_item_versions_permit_item_id_number"),
    )
    op.create_table(
        "cases",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("number", sa.String(100), nullable=False),
        sa.Column("external_id", sa.String(100), nullable=True),
        sa.Column("organisation_id", sa.String(64), nullable=False),
        sa.Column("enterprise_id", sa.String(64), nullable=False),
        sa.Column("permit_item_version_id", sa.String(64), nullable=False),
        sa.Column("status", sa.String(32), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["enterprise_id"], ["enterprises.id"], name="fk_cases_enterprise_id_enterprises"),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name="fk_cases_organisation_id_organisations"
        ),
        sa.ForeignKeyConstraint(
            ["permit_item_version_id"],
            ["permit_item_versions.id"],
            name="fk_cases_permit_item_version_id_permit_item_versions",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_cases"),
        sa.UniqueConstraint("external_id", name="uq_cases_external_id"),
        sa.UniqueConstraint("number", name="uq_cases_number"),
    )
    op.create_index("ix_cases_enterprise_id", "cases", ["enterprise_id"])
    op.create_index("ix_cases_organisation_id_created_at", "cases", ["organisation_id", "created_at"])
    op.create_index("ix_cases_permit_item_version_id", "cases", ["permit_item_version_id"])
    op.create_table(
        "checklist_items",
        sa.Column("permit_item_version_id", sa.String(64), nullable=False),
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("area", sa.String(200), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("show", sa.Text(), nullable=False),
        sa.Column("severity", sa.String(32), nullable=False),
        sa.Column("required", sa.Boolean(), nullable=False),
        sa.Column("remote", sa.String(32), nullable=False),
        sa.Column("why_not_remote", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["permit_item_version_id"],
            ["permit_item_versions.id"],
            name="fk_checklist_items_permit_item_version_id_permit_item_versions",
        ),
        sa.PrimaryKeyConstraint("permit_item_version_id", "id", name="pk_checklist_items"),
        sa.UniqueConstraint(
            "permit_item_version_id", "position", name="uq_checklist_items_permit_item_version_id_position"
        ),
    )
    op.create_table(
        "users",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("organisation_id", sa.String(64), nullable=False),
        sa.Column("sign_in_name", sa.String(200), nullable=False),
        sa.Column("display_name", sa.String(200), nullable=False),
        sa.Column("certificate_number", sa.String(100), nullable=False),
        sa.Column("password_hash", sa.String(500), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name="fk_users_organisation_id_organisations"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_users"),
        sa.UniqueConstraint("sign_in_name", name="uq_users_sign_in_name"),
    )
    op.create_index("ix_users_organisation_id", "users", ["organisation_id"])
    op.create_table(
        "inspections",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("organisation_id", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("inspector_id", sa.String(64), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("started_at", MOMENT, nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["inspector_id"], ["users.id"], name="fk_inspections_inspector_id_users"),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name="fk_inspections_organisation_id_organisations"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_inspections"),
    )
    op.create_index("ix_inspections_state_created_at", "inspections", ["state", "created_at"])
    op.create_table(
        "sign_ins",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("token_sha256", sa.String(64), nullable=False),
        sa.Column("user_id", sa.String(64), nullable=False),
        sa.Column("csrf_token", sa.String(128), nullable=False),
        sa.Column("remote_address", sa.String(64), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("last_seen_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("revoked_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_sign_ins_user_id_users", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_sign_ins"),
        sa.UniqueConstraint("token_sha256", name="uq_sign_ins_token_sha256"),
    )
    op.create_index("ix_sign_ins_expires_at", "sign_ins", ["expires_at"])
    op.create_index("ix_sign_ins_user_id", "sign_ins", ["user_id"])
    op.create_table(
        "user_roles",
        sa.Column("user_id", sa.String(64), nullable=False),
        sa.Column("role", sa.String(32), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_user_roles_user_id_users", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", "role", name="pk_user_roles"),
    )
    op.create_table(
        "inspection_parts",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("inspection_id", sa.String(64), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.String(64), nullable=False),
        sa.Column("permit_item_version_id", sa.String(64), nullable=False),
        sa.Column("department", sa.String(200), nullable=False),
        sa.Column("conclusion", sa.String(32), nullable=True),
        sa.Column("concluded_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_inspection_parts_case_id_cases"),
        sa.ForeignKeyConstraint(
            ["inspection_id"], ["inspections.id"], name="fk_inspection_parts_inspection_id_inspections"
        ),
        sa.ForeignKeyConstraint(
            ["permit_item_version_id"],
            ["permit_item_versions.id"],
            name="fk_inspection_parts_permit_item_version_id_permit_item_versions",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_inspection_parts"),
        sa.UniqueConstraint("inspection_id", "case_id", name="uq_inspection_parts_inspection_id_case_id"),
        sa.UniqueConstraint("inspection_id", "position", name="uq_inspection_parts_inspection_id_position"),
    )
    op.create_index("ix_inspection_parts_case_id", "inspection_parts", ["case_id"])
    op.create_table(
        "invitations",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("inspection_id", sa.String(64), nullable=False),
        sa.Column("role", sa.String(32), nullable=False),
        sa.Column("token_sha256", sa.String(64), nullable=False),
        sa.Column("created_by", sa.String(64), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("revoked_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["created_by"], ["users.id"], name="fk_invitations_created_by_users"),
        sa.ForeignKeyConstraint(["inspection_id"], ["inspections.id"], name="fk_invitations_inspection_id_inspections"),
        sa.PrimaryKeyConstraint("id", name="pk_invitations"),
        sa.UniqueConstraint("token_sha256", name="uq_invitations_token_sha256"),
    )
    op.create_index("ix_invitations_inspection_id", "invitations", ["inspection_id"])
    op.create_table(
        "participants",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("inspection_id", sa.String(64), nullable=False),
        sa.Column("role", sa.String(32), nullable=False),
        sa.Column("display_name", sa.String(200), nullable=False),
        sa.Column("user_id", sa.String(64), nullable=True),
        sa.Column("invitation_id", sa.String(64), nullable=True),
        sa.Column("consented_at", MOMENT, nullable=True),
        sa.Column("consent_text_version", sa.String(200), nullable=False),
        sa.Column("first_joined_at", MOMENT, nullable=True),
        sa.Column("left_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["inspection_id"], ["inspections.id"], name="fk_participants_inspection_id_inspections"
        ),
        sa.ForeignKeyConstraint(
            ["invitation_id"], ["invitations.id"], name="fk_participants_invitation_id_invitations"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_participants_user_id_users"),
        sa.PrimaryKeyConstraint("id", name="pk_participants"),
        sa.UniqueConstraint("inspection_id", "user_id", name="uq_participants_inspection_id_user_id"),
        sa.UniqueConstraint("invitation_id", name="uq_participants_invitation_id"),
    )
    op.create_table(
        "tickets",
        sa.Column("token_sha256", sa.String(64), nullable=False),
        sa.Column("participant_id", sa.String(64), nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["participant_id"], ["participants.id"], name="fk_tickets_participant_id_participants"),
        sa.PrimaryKeyConstraint("token_sha256", name="pk_tickets"),
    )
    op.create_index("ix_tickets_participant_id", "tickets", ["participant_id"])
    op.create_index("ix_tickets_expires_at", "tickets", ["expires_at"])
    op.create_table(
        "tracks",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("inspection_id", sa.String(64), nullable=False),
        sa.Column("participant_id", sa.String(64), nullable=False),
        sa.Column("source", sa.String(32), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["inspection_id"], ["inspections.id"], name="fk_tracks_inspection_id_inspections"),
        sa.ForeignKeyConstraint(["participant_id"], ["participants.id"], name="fk_tracks_participant_id_participants"),
        sa.PrimaryKeyConstraint("id", name="pk_tracks"),
        sa.UniqueConstraint("participant_id", "source", name="uq_tracks_participant_id_source"),
    )
    op.create_index("ix_tracks_inspection_id", "tracks", ["inspection_id"])
    op.create_table(
        "epochs",
        sa.Column("track_id", sa.String(64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("began_at", MOMENT, nullable=False),
        sa.Column("preceded_by", sa.String(32), nullable=True),
        sa.ForeignKeyConstraint(["track_id"], ["tracks.id"], name="fk_epochs_track_id_tracks"),
        sa.PrimaryKeyConstraint("track_id", "number", name="pk_epochs"),
    )
    op.create_table(
        "gaps",
        sa.Column("track_id", sa.String(64), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=False),
        sa.Column("reason", sa.String(32), nullable=False),
        sa.Column("medium", sa.String(32), nullable=True),
        sa.CheckConstraint("ended_at >= started_at", name="ck_gaps_ends_after_start"),
        sa.CheckConstraint("number >= 0", name="ck_gaps_number_from_zero"),
        sa.ForeignKeyConstraint(
            ["track_id", "epoch"], ["epochs.track_id", "epochs.number"], name="fk_gaps_track_id_epoch_epochs"
        ),
        sa.PrimaryKeyConstraint("track_id", "epoch", "number", name="pk_gaps"),
    )
    op.create_table(
        "segments",
        sa.Column("track_id", sa.String(64), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=False),
        sa.Column("duration_ms", sa.Double(), nullable=False),
        sa.Column("byte_length", sa.BigInteger(), nullable=False),
        sa.Column("object_key", sa.String(500), nullable=False),
        sa.Column("object_offset", sa.BigInteger(), nullable=False),
        sa.Column("hash_alg", sa.String(32), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("previous_sha256", sa.String(64), nullable=False),
        sa.Column("codecs", sa.String(100), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("has_video", sa.Boolean(), nullable=False),
        sa.Column("has_audio", sa.Boolean(), nullable=False),
        sa.Column("starts_with_keyframe", sa.Boolean(), nullable=False),
        sa.Column("recovered", sa.Boolean(), nullable=False),
        sa.CheckConstraint("byte_length >= 0 AND object_offset >= 0", name="ck_segments_bytes_not_negative"),
        sa.CheckConstraint("duration_ms >= 0", name="ck_segments_duration_not_negative"),
        sa.CheckConstraint("sequence >= 0", name="ck_segments_sequence_from_zero"),
        sa.ForeignKeyConstraint(
            ["track_id", "epoch"], ["epochs.track_id", "epochs.number"], name="fk_segments_track_id_epoch_epochs"
        ),
        sa.PrimaryKeyConstraint("track_id", "epoch", "sequence", name="pk_segments"),
    )
