"""Rules of real life."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "organisation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation")),
        sa.UniqueConstraint("name", name=op.f("uq_organisation_name")),
    )
    op.create_table(
        "deputy",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("deputy_id", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["deputy_id"], ["user.id"], name=op.f("fk_deputy_deputy_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_deputy_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deputy")),
    )
    with op.batch_alter_table("deputy", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_deputy_deputy_id"), ["deputy_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_deputy_user_id"), ["user_id"], unique=False)

    op.create_table(
        "membership",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_membership_organisation_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_membership_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_membership")),
    )
    with op.batch_alter_table("membership", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_membership_organisation_id"), ["organisation_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_membership_user_id"), ["user_id"], unique=False)

    op.create_table(
        "place_closure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=True),
        sa.Column("moved_to_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=160), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["moved_to_id"], ["place.id"], name=op.f("fk_place_closure_moved_to_id")),
        sa.ForeignKeyConstraint(["place_id"], ["place.id"], name=op.f("fk_place_closure_place_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_place_closure")),
    )
    with op.batch_alter_table("place_closure", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_place_closure_place_id"), ["place_id"], unique=False)

    op.create_table(
        "place_hours",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("opens", sa.Integer(), nullable=False),
        sa.Column("closes", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["place_id"], ["place.id"], name=op.f("fk_place_hours_place_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_place_hours")),
    )
    with op.batch_alter_table("place_hours", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_place_hours_place_id"), ["place_id"], unique=False)

    op.create_table(
        "incompatibility",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("client_id", sa.Integer(), nullable=False),
        sa.Column("other_client_id", sa.Integer(), nullable=True),
        sa.Column("driver_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("recorded_by", sa.Integer(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f("fk_incompatibility_client_id")),
        sa.ForeignKeyConstraint(["driver_id"], ["driver.id"], name=op.f("fk_incompatibility_driver_id")),
        sa.ForeignKeyConstraint(["other_client_id"], ["client.id"], name=op.f("fk_incompatibility_other_client_id")),
        sa.ForeignKeyConstraint(["recorded_by"], ["user.id"], name=op.f("fk_incompatibility_recorded_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incompatibility")),
    )
    with op.batch_alter_table("incompatibility", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_incompatibility_client_id"), ["client_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_incompatibility_driver_id"), ["driver_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_incompatibility_other_client_id"), ["other_client_id"], unique=False)

    op.create_table(
        "standing_order",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("client_id", sa.Integer(), nullable=False),
        sa.Column("origin_place_id", sa.Integer(), nullable=False),
        sa.Column("destination_place_id", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.Column("every_weeks", sa.Integer(), nullable=False),
        sa.Column("public_holidays", sa.String(length=40), nullable=False),
        sa.Column("school_holidays", sa.String(length=40), nullable=False),
        sa.Column("companions", sa.String(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("follows_id", sa.Integer(), nullable=True),
        sa.Column("channel", sa.String(length=40), nullable=False),
        sa.Column("asked_by", sa.Integer(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["asked_by"], ["user.id"], name=op.f("fk_standing_order_asked_by")),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f("fk_standing_order_client_id")),
        sa.ForeignKeyConstraint(
            ["destination_place_id"], ["place.id"], name=op.f("fk_standing_order_destination_place_id")
        ),
        sa.ForeignKeyConstraint(["follows_id"], ["standing_order.id"], name=op.f("fk_standing_order_follows_id")),
        sa.ForeignKeyConstraint(["origin_place_id"], ["place.id"], name=op.f("fk_standing_order_origin_place_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_standing_order")),
        sa.UniqueConstraint("key", name=op.f("uq_standing_order_key")),
    )
    with op.batch_alter_table("standing_order", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_standing_order_client_id"), ["client_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_standing_order_state"), ["state"], unique=False)

    op.create_table(
        "suspension",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("client_id", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("decided_by", sa.Integer(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f("fk_suspension_client_id")),
        sa.ForeignKeyConstraint(["decided_by"], ["user.id"], name=op.f("fk_suspension_decided_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suspension")),
    )
    with op.batch_alter_table("suspension", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_suspension_client_id"), ["client_id"], unique=False)

    op.create_table(
        "estimate",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("promise_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("expected_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["promise_id"], ["promise.id"], name=op.f("fk_estimate_promise_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_estimate")),
    )
    with op.batch_alter_table("estimate", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_estimate_promise_id"), ["promise_id"], unique=False)

    op.create_table(
        "standing_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("standing_order_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("anchor", sa.String(length=40), nullable=False),
        sa.Column("minute", sa.Integer(), nullable=True),
        sa.Column("return_minute", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["standing_order_id"], ["standing_order.id"], name=op.f("fk_standing_change_standing_order_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_standing_change")),
        sa.UniqueConstraint("standing_order_id", "day", name=op.f("uq_standing_change_standing_order_id_day")),
    )
    with op.batch_alter_table("standing_change", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_standing_change_standing_order_id"), ["standing_order_id"], unique=False)

    op.create_table(
        "standing_pause",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("standing_order_id", sa.Integer(), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["standing_order_id"], ["standing_order.id"], name=op.f("fk_standing_pause_standing_order_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_standing_pause")),
    )
    with op.batch_alter_table("standing_pause", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_standing_pause_standing_order_id"), ["standing_order_id"], unique=False)

    op.create_table(
        "standing_time",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("standing_order_id", sa.Integer(), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("anchor", sa.String(length=40), nullable=False),
        sa.Column("minute", sa.Integer(), nullable=False),
        sa.Column("return_minute", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["standing_order_id"], ["standing_order.id"], name=op.f("fk_standing_time_standing_order_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_standing_time")),
        sa.UniqueConstraint("standing_order_id", "weekday", name=op.f("uq_standing_time_standing_order_id_weekday")),
    )
    with op.batch_alter_table("standing_time", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_standing_time_standing_order_id"), ["standing_order_id"], unique=False)

    op.create_table(
        "standing_date",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("standing_order_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["request_id"], ["trip_request.id"], name=op.f("fk_standing_date_request_id")),
        sa.ForeignKeyConstraint(
            ["standing_order_id"], ["standing_order.id"], name=op.f("fk_standing_date_standing_order_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_standing_date")),
        sa.UniqueConstraint("standing_order_id", "day", name=op.f("uq_standing_date_standing_order_id_day")),
    )
    with op.batch_alter_table("standing_date", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_standing_date_day"), ["day"], unique=False)
        batch_op.create_index(batch_op.f("ix_standing_date_standing_order_id"), ["standing_order_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_standing_date_state"), ["state"], unique=False)

    op.create_table(
        "consent",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("draft_key", sa.String(), nullable=True),
        sa.Column("client_id", sa.Integer(), nullable=False),
        sa.Column("wanted_of", sa.String(length=40), nullable=False),
        sa.Column("asked_by", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("promises", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(length=40), nullable=False),
        sa.Column("answered_by", sa.String(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["asked_by"], ["user.id"], name=op.f("fk_consent_asked_by")),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f("fk_consent_client_id")),
        sa.ForeignKeyConstraint(["draft_key"], ["booking_draft.key"], name=op.f("fk_consent_draft_key")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent")),
    )
    with op.batch_alter_table("consent", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_consent_client_id"), ["client_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_consent_draft_key"), ["draft_key"], unique=False)

    op.create_table(
        "no_show_case",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ride_id", sa.Integer(), nullable=False),
        sa.Column("client_id", sa.Integer(), nullable=False),
        sa.Column("arrived_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("object_by", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("objection", sa.String(length=500), nullable=False),
        sa.Column("excuse", sa.String(length=40), nullable=True),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decision", sa.String(length=500), nullable=False),
        sa.Column("step", sa.String(length=40), nullable=True),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f("fk_no_show_case_client_id")),
        sa.ForeignKeyConstraint(["decided_by"], ["user.id"], name=op.f("fk_no_show_case_decided_by")),
        sa.ForeignKeyConstraint(["ride_id"], ["ride.id"], name=op.f("fk_no_show_case_ride_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_no_show_case")),
        sa.UniqueConstraint("ride_id", name=op.f("uq_no_show_case_ride_id")),
    )
    with op.batch_alter_table("no_show_case", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_no_show_case_client_id"), ["client_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_no_show_case_state"), ["state"], unique=False)

    op.create_table(
        "waiting_wish",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("denial_id", sa.Integer(), nullable=False),
        sa.Column("client_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("draft_key", sa.String(), nullable=True),
        sa.Column("earliest", sa.Integer(), nullable=False),
        sa.Column("latest", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by", sa.Integer(), nullable=True),
        sa.Column("promise_id", sa.Integer(), nullable=True),
        sa.Column("answer_by", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ride_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["asked_by"], ["user.id"], name=op.f("fk_waiting_wish_asked_by")),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f("fk_waiting_wish_client_id")),
        sa.ForeignKeyConstraint(["denial_id"], ["denial.id"], name=op.f("fk_waiting_wish_denial_id")),
        sa.ForeignKeyConstraint(["draft_key"], ["booking_draft.key"], name=op.f("fk_waiting_wish_draft_key")),
        sa.ForeignKeyConstraint(["promise_id"], ["promise.id"], name=op.f("fk_waiting_wish_promise_id")),
        sa.ForeignKeyConstraint(["ride_id"], ["ride.id"], name=op.f("fk_waiting_wish_ride_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waiting_wish")),
        sa.UniqueConstraint("denial_id", name=op.f("uq_waiting_wish_denial_id")),
    )
    with op.batch_alter_table("waiting_wish", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_waiting_wish_client_id"), ["client_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_waiting_wish_day"), ["day"], unique=False)
        batch_op.create_index(batch_op.f("ix_waiting_wish_draft_key"), ["draft_key"], unique=False)
        batch_op.create_index(batch_op.f("ix_waiting_wish_state"), ["state"], unique=False)

    with op.batch_alter_table("client", schema=None) as batch_op:
        batch_op.add_column(sa.Column("number", sa.String(length=40), nullable=True))
        batch_op.add_column(sa.Column("contact_name", sa.String(length=100), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("contact_phone", sa.String(length=20), nullable=False, server_default=""))
        batch_op.create_unique_constraint(batch_op.f("uq_client_number"), ["number"])

    with op.batch_alter_table("denial", schema=None) as batch_op:
        batch_op.add_column(sa.Column("solo", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("channel", sa.String(length=40), nullable=False, server_default="web"))
        batch_op.add_column(sa.Column("need", sa.String(length=40), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("changes", sa.String(), nullable=False, server_default="[]"))
        batch_op.add_column(sa.Column("possible_at", sa.DateTime(timezone=True), nullable=True))

    with op.batch_alter_table("eligibility", schema=None) as batch_op:
        batch_op.add_column(sa.Column("recorded_on", sa.Date(), nullable=False, server_default="2026-01-01"))
    op.execute("UPDATE eligibility SET recorded_on = valid_from")

    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_event_on_behalf_of"), ["on_behalf_of"], unique=False)

    with op.batch_alter_table("mandate", schema=None) as batch_op:
        batch_op.add_column(sa.Column("organisation_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("scope", sa.String(), nullable=False, server_default="see"))
        batch_op.add_column(sa.Column("joint", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("exclusive", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("evidence", sa.String(length=160), nullable=False, server_default=""))
        batch_op.alter_column("user_id", existing_type=sa.INTEGER(), nullable=True)
        batch_op.create_index(batch_op.f("ix_mandate_organisation_id"), ["organisation_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_mandate_organisation_id"), "organisation", ["organisation_id"], ["id"]
        )
    op.execute("UPDATE mandate SET scope = scope || ' book cancel prepare' WHERE book")
    op.execute("UPDATE mandate SET scope = scope || ' manage complain' WHERE manage")
    with op.batch_alter_table("mandate", schema=None) as batch_op:
        batch_op.drop_column("book")
        batch_op.drop_column("manage")
        batch_op.drop_column("pay")
        batch_op.drop_column("see")

    with op.batch_alter_table("needs", schema=None) as batch_op:
        batch_op.add_column(sa.Column("chair_width_cm", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("chair_length_cm", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("child_seat", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("oxygen", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("low_vision", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("speaks_hard", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("never_alone", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("rides_alone", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("same_driver", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("door_opens", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("one_off", sa.Boolean(), nullable=False, server_default=sa.false()))

    with op.batch_alter_table("promise", schema=None) as batch_op:
        batch_op.add_column(sa.Column("solo", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("apart", sa.String(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("not_drivers", sa.String(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("prefers_driver", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("arrive_from", sa.Integer(), nullable=False, server_default="0"))
        batch_op.create_foreign_key(batch_op.f("fk_promise_prefers_driver"), "driver", ["prefers_driver"], ["id"])

    with op.batch_alter_table("ride", schema=None) as batch_op:
        batch_op.add_column(sa.Column("metres", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("solo", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("purpose", sa.String(length=40), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("late", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("fee", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("replaced_by", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(batch_op.f("fk_ride_replaced_by"), "ride", ["replaced_by"], ["id"])

    with op.batch_alter_table("trip_request", schema=None) as batch_op:
        batch_op.add_column(sa.Column("prepared_by", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("standing_order_id", sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f("ix_trip_request_standing_order_id"), ["standing_order_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_trip_request_standing_order_id"), "standing_order", ["standing_order_id"], ["id"]
        )
        batch_op.create_foreign_key(batch_op.f("fk_trip_request_prepared_by"), "user", ["prepared_by"], ["id"])


def downgrade() -> None:
    with op.batch_alter_table("trip_request", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_trip_request_prepared_by"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_trip_request_standing_order_id"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_trip_request_standing_order_id"))
        batch_op.drop_column("standing_order_id")
        batch_op.drop_column("prepared_by")

    with op.batch_alter_table("ride", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_ride_replaced_by"), type_="foreignkey")
        batch_op.drop_column("replaced_by")
        batch_op.drop_column("fee")
        batch_op.drop_column("late")
        batch_op.drop_column("purpose")
        batch_op.drop_column("solo")
        batch_op.drop_column("metres")

    with op.batch_alter_table("promise", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_promise_prefers_driver"), type_="foreignkey")
        batch_op.drop_column("arrive_from")
        batch_op.drop_column("prefers_driver")
        batch_op.drop_column("not_drivers")
        batch_op.drop_column("apart")
        batch_op.drop_column("solo")

    with op.batch_alter_table("needs", schema=None) as batch_op:
        batch_op.drop_column("one_off")
        batch_op.drop_column("door_opens")
        batch_op.drop_column("same_driver")
        batch_op.drop_column("rides_alone")
        batch_op.drop_column("never_alone")
        batch_op.drop_column("speaks_hard")
        batch_op.drop_column("low_vision")
        batch_op.drop_column("oxygen")
        batch_op.drop_column("child_seat")
        batch_op.drop_column("chair_length_cm")
        batch_op.drop_column("chair_width_cm")

    with op.batch_alter_table("mandate", schema=None) as batch_op:
        batch_op.add_column(sa.Column("see", sa.BOOLEAN(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("pay", sa.BOOLEAN(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("book", sa.BOOLEAN(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("manage", sa.BOOLEAN(), nullable=False, server_default=sa.false()))
    op.execute("DELETE FROM mandate WHERE user_id IS NULL")
    op.execute(
        "UPDATE mandate SET see = (scope LIKE '%see%'), book = (scope LIKE '%book%'), manage = (scope LIKE '%manage%')"
    )
    with op.batch_alter_table("mandate", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_mandate_organisation_id"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_mandate_organisation_id"))
        batch_op.alter_column("user_id", existing_type=sa.INTEGER(), nullable=False)
        batch_op.drop_column("evidence")
        batch_op.drop_column("exclusive")
        batch_op.drop_column("joint")
        batch_op.drop_column("scope")
        batch_op.drop_column("organisation_id")

    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_event_on_behalf_of"))

    with op.batch_alter_table("eligibility", schema=None) as batch_op:
        batch_op.drop_column("recorded_on")

    with op.batch_alter_table("denial", schema=None) as batch_op:
        batch_op.drop_column("possible_at")
        batch_op.drop_column("changes")
        batch_op.drop_column("need")
        batch_op.drop_column("channel")
        batch_op.drop_column("solo")

    with op.batch_alter_table("client", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("uq_client_number"), type_="unique")
        batch_op.drop_column("contact_phone")
        batch_op.drop_column("contact_name")
        batch_op.drop_column("number")

    with op.batch_alter_table("waiting_wish", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_waiting_wish_state"))
        batch_op.drop_index(batch_op.f("ix_waiting_wish_draft_key"))
        batch_op.drop_index(batch_op.f("ix_waiting_wish_day"))
        batch_op.drop_index(batch_op.f("ix_waiting_wish_client_id"))

    op.drop_table("waiting_wish")
    with op.batch_alter_table("no_show_case", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_no_show_case_state"))
        batch_op.drop_index(batch_op.f("ix_no_show_case_client_id"))

    op.drop_table("no_show_case")
    with op.batch_alter_table("consent", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_consent_draft_key"))
        batch_op.drop_index(batch_op.f("ix_consent_client_id"))

    op.drop_table("consent")
    with op.batch_alter_table("standing_date", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_standing_date_state"))
        batch_op.drop_index(batch_op.f("ix_standing_date_standing_order_id"))
        batch_op.drop_index(batch_op.f("ix_standing_date_day"))

    op.drop_table("standing_date")
    with op.batch_alter_table("standing_time", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_standing_time_standing_order_id"))

    op.drop_table("standing_time")
    with op.batch_alter_table("standing_pause", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_standing_pause_standing_order_id"))

    op.drop_table("standing_pause")
    with op.batch_alter_table("standing_change", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_standing_change_standing_order_id"))

    op.drop_table("standing_change")
    with op.batch_alter_table("estimate", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_estimate_promise_id"))

    op.drop_table("estimate")
    with op.batch_alter_table("suspension", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_suspension_client_id"))

    op.drop_table("suspension")
    with op.batch_alter_table("standing_order", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_standing_order_state"))
        batch_op.drop_index(batch_op.f("ix_standing_order_client_id"))

    op.drop_table("standing_order")
    with op.batch_alter_table("incompatibility", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_incompatibility_other_client_id"))
        batch_op.drop_index(batch_op.f("ix_incompatibility_driver_id"))
        batch_op.drop_index(batch_op.f("ix_incompatibility_client_id"))

    op.drop_table("incompatibility")
    with op.batch_alter_table("place_hours", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_place_hours_place_id"))

    op.drop_table("place_hours")
    with op.batch_alter_table("place_closure", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_place_closure_place_id"))

    op.drop_table("place_closure")
    with op.batch_alter_table("membership", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_membership_user_id"))
        batch_op.drop_index(batch_op.f("ix_membership_organisation_id"))

    op.drop_table("membership")
    with op.batch_alter_table("deputy", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_deputy_user_id"))
        batch_op.drop_index(batch_op.f("ix_deputy_deputy_id"))

    op.drop_table("deputy")
    op.drop_table("organisation")
