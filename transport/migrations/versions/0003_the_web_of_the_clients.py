"""The web of the clients."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "announcement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cs", sa.String(length=200), nullable=False),
        sa.Column("en", sa.String(length=200), nullable=False),
        sa.Column("uk", sa.String(length=200), nullable=False),
        sa.Column("de", sa.String(length=200), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_announcement")),
    )
    with op.batch_alter_table("announcement", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_announcement_ends_at"), ["ends_at"], unique=False)

    op.create_table(
        "complaint",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("text", sa.String(length=5000), nullable=False),
        sa.Column("happened", sa.String(length=200), nullable=False),
        sa.Column("ride", sa.String(length=200), nullable=False),
        sa.Column("oral", sa.Boolean(), nullable=False),
        sa.Column("answer_by", sa.String(length=40), nullable=False),
        sa.Column("contact", sa.String(length=200), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaint")),
        sa.UniqueConstraint("key", name=op.f("uq_complaint_key")),
    )
    with op.batch_alter_table("complaint", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_complaint_due_on"), ["due_on"], unique=False)
        batch_op.create_index(batch_op.f("ix_complaint_received_at"), ["received_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_complaint_state"), ["state"], unique=False)

    op.create_table(
        "feedback",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("rating", sa.String(length=40), nullable=True),
        sa.Column("text", sa.String(length=5000), nullable=False),
        sa.Column("ride", sa.String(length=200), nullable=False),
        sa.Column("answer_by", sa.String(length=40), nullable=False),
        sa.Column("contact", sa.String(length=200), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feedback")),
        sa.UniqueConstraint("key", name=op.f("uq_feedback_key")),
    )
    with op.batch_alter_table("feedback", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_feedback_sent_at"), ["sent_at"], unique=False)

    op.create_table(
        "login_visit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("contact", sa.String(length=200), nullable=False),
        sa.Column("way", sa.String(length=40), nullable=True),
        sa.Column("onward", sa.String(length=300), nullable=False),
        sa.Column("remember", sa.Boolean(), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("proven_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_login_visit")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_login_visit_token_hash")),
    )
    with op.batch_alter_table("login_visit", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_login_visit_expires_at"), ["expires_at"], unique=False)

    op.create_table(
        "posting",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sender", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_posting")),
    )
    with op.batch_alter_table("posting", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_posting_at"), ["at"], unique=False)
        batch_op.create_index(batch_op.f("ix_posting_sender"), ["sender"], unique=False)

    op.create_table(
        "registration_try",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("origin", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registration_try")),
    )
    with op.batch_alter_table("registration_try", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_registration_try_at"), ["at"], unique=False)
        batch_op.create_index(batch_op.f("ix_registration_try_origin"), ["origin"], unique=False)

    op.create_table(
        "login_code",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("visit_id", sa.Integer(), nullable=False),
        sa.Column("contact", sa.String(length=200), nullable=False),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("link_hash", sa.String(length=64), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["visit_id"], ["login_visit.id"], name=op.f("fk_login_code_visit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_login_code")),
        sa.UniqueConstraint("link_hash", name=op.f("uq_login_code_link_hash")),
    )
    with op.batch_alter_table("login_code", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_login_code_contact"), ["contact"], unique=False)
        batch_op.create_index(batch_op.f("ix_login_code_issued_at"), ["issued_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_login_code_source"), ["source"], unique=False)
        batch_op.create_index(batch_op.f("ix_login_code_visit_id"), ["visit_id"], unique=False)

    op.create_table(
        "login_device",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_login_device_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_login_device")),
        sa.UniqueConstraint("token_hash", "user_id", name=op.f("uq_login_device_token_hash_user_id")),
    )
    with op.batch_alter_table("login_device", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_login_device_expires_at"), ["expires_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_login_device_user_id"), ["user_id"], unique=False)

    op.create_table(
        "passkey",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("credential_id", sa.String(length=1400), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_passkey_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passkey")),
        sa.UniqueConstraint("credential_id", name=op.f("uq_passkey_credential_id")),
    )
    with op.batch_alter_table("passkey", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_passkey_user_id"), ["user_id"], unique=False)

    op.create_table(
        "passkey_challenge",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("challenge_hash", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_passkey_challenge_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passkey_challenge")),
        sa.UniqueConstraint("challenge_hash", name=op.f("uq_passkey_challenge_challenge_hash")),
    )
    with op.batch_alter_table("passkey_challenge", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_passkey_challenge_expires_at"), ["expires_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_passkey_challenge_user_id"), ["user_id"], unique=False)

    op.create_table(
        "contact_preferences",
        sa.Column("client_id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(length=40), nullable=False),
        sa.Column("optional", sa.Boolean(), nullable=False),
        sa.Column("diacritics", sa.Boolean(), nullable=False),
        sa.Column("no_calls", sa.Boolean(), nullable=False),
        sa.Column("slowly", sa.Boolean(), nullable=False),
        sa.Column("to_representative", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f("fk_contact_preferences_client_id")),
        sa.PrimaryKeyConstraint("client_id", name=op.f("pk_contact_preferences")),
    )
    op.create_table(
        "registration",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key_hash", sa.String(length=64), nullable=False),
        sa.Column("person", sa.String(length=64), nullable=True),
        sa.Column("answers", sa.String(), nullable=False),
        sa.Column("client_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f("fk_registration_client_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registration")),
        sa.UniqueConstraint("client_id", name=op.f("uq_registration_client_id")),
        sa.UniqueConstraint("key_hash", name=op.f("uq_registration_key_hash")),
        sa.UniqueConstraint("person", name=op.f("uq_registration_person")),
    )
    with op.batch_alter_table("registration", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_registration_updated_at"), ["updated_at"], unique=False)

    op.create_table(
        "ride_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ride_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["made_by"], ["user.id"], name=op.f("fk_ride_link_made_by")),
        sa.ForeignKeyConstraint(["ride_id"], ["ride.id"], name=op.f("fk_ride_link_ride_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ride_link")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_ride_link_token_hash")),
    )
    with op.batch_alter_table("ride_link", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ride_link_ride_id"), ["ride_id"], unique=False)

    with op.batch_alter_table("booking_draft", schema=None) as batch_op:
        batch_op.add_column(sa.Column("standing", sa.Boolean(), nullable=False, server_default=sa.false()))

    with op.batch_alter_table("client_place", schema=None) as batch_op:
        batch_op.add_column(sa.Column("bell", sa.String(length=60), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("floor", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("lift", sa.Boolean(), nullable=True))

    with op.batch_alter_table("mandate", schema=None) as batch_op:
        batch_op.add_column(sa.Column("invited_contact", sa.String(length=200), nullable=False, server_default=""))
        batch_op.create_index(batch_op.f("ix_mandate_invited_contact"), ["invited_contact"], unique=False)

    with op.batch_alter_table("needs", schema=None) as batch_op:
        batch_op.add_column(sa.Column("chair_height_cm", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("walker_rigid", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("elbow", sa.String(length=40), nullable=False, server_default="either"))
        batch_op.add_column(sa.Column("board", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("luggage", sa.Boolean(), nullable=False, server_default=sa.false()))

    with op.batch_alter_table("user", schema=None) as batch_op:
        batch_op.add_column(sa.Column("phone", sa.String(length=20), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("email", sa.String(length=200), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("proven_contact", sa.String(length=200), nullable=False, server_default=""))
        batch_op.create_index(batch_op.f("ix_user_email"), ["email"], unique=False)
        batch_op.create_index(batch_op.f("ix_user_phone"), ["phone"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("user", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_user_phone"))
        batch_op.drop_index(batch_op.f("ix_user_email"))
        batch_op.drop_column("proven_contact")
        batch_op.drop_column("email")
        batch_op.drop_column("phone")

    with op.batch_alter_table("needs", schema=None) as batch_op:
        batch_op.drop_column("luggage")
        batch_op.drop_column("board")
        batch_op.drop_column("elbow")
        batch_op.drop_column("walker_rigid")
        batch_op.drop_column("chair_height_cm")

    with op.batch_alter_table("mandate", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_mandate_invited_contact"))
        batch_op.drop_column("invited_contact")

    with op.batch_alter_table("client_place", schema=None) as batch_op:
        batch_op.drop_column("lift")
        batch_op.drop_column("floor")
        batch_op.drop_column("bell")

    with op.batch_alter_table("booking_draft", schema=None) as batch_op:
        batch_op.drop_column("standing")

    with op.batch_alter_table("ride_link", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_ride_link_ride_id"))

    op.drop_table("ride_link")
    with op.batch_alter_table("registration", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_registration_updated_at"))

    op.drop_table("registration")
    op.drop_table("contact_preferences")
    with op.batch_alter_table("passkey_challenge", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_passkey_challenge_user_id"))
        batch_op.drop_index(batch_op.f("ix_passkey_challenge_expires_at"))

    op.drop_table("passkey_challenge")
    with op.batch_alter_table("passkey", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_passkey_user_id"))

    op.drop_table("passkey")
    with op.batch_alter_table("login_device", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_login_device_user_id"))
        batch_op.drop_index(batch_op.f("ix_login_device_expires_at"))

    op.drop_table("login_device")
    with op.batch_alter_table("login_code", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_login_code_visit_id"))
        batch_op.drop_index(batch_op.f("ix_login_code_source"))
        batch_op.drop_index(batch_op.f("ix_login_code_issued_at"))
        batch_op.drop_index(batch_op.f("ix_login_code_contact"))

    op.drop_table("login_code")
    with op.batch_alter_table("registration_try", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_registration_try_origin"))
        batch_op.drop_index(batch_op.f("ix_registration_try_at"))

    op.drop_table("registration_try")
    with op.batch_alter_table("posting", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_posting_sender"))
        batch_op.drop_index(batch_op.f("ix_posting_at"))

    op.drop_table("posting")
    with op.batch_alter_table("login_visit", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_login_visit_expires_at"))

    op.drop_table("login_visit")
    with op.batch_alter_table("feedback", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_feedback_sent_at"))

    op.drop_table("feedback")
    with op.batch_alter_table("complaint", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_complaint_state"))
        batch_op.drop_index(batch_op.f("ix_complaint_received_at"))
        batch_op.drop_index(batch_op.f("ix_complaint_due_on"))

    op.drop_table("complaint")
    with op.batch_alter_table("announcement", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_announcement_ends_at"))

    op.drop_table("announcement")
