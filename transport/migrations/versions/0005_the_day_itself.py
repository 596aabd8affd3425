"""The day itself: reports of drivers, positions, expectations, boarding times, taxis, what messages were answered."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "estimate_error",
        sa.Column("ahead", sa.Integer(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("early", sa.Integer(), nullable=False),
        sa.Column("middle", sa.Integer(), nullable=False),
        sa.Column("late", sa.Integer(), nullable=False),
        sa.Column("learned_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("ahead", name=op.f("pk_estimate_error")),
    )
    op.create_table(
        "login_pin",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("pin_hash", sa.String(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_login_pin_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_login_pin")),
        sa.UniqueConstraint("user_id", name=op.f("uq_login_pin_user_id")),
    )
    op.create_table(
        "boarding_proposal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("whose", sa.String(length=40), nullable=False),
        sa.Column("client_id", sa.Integer(), nullable=True),
        sa.Column("mobility", sa.String(length=40), nullable=True),
        sa.Column("place_id", sa.Integer(), nullable=True),
        sa.Column("stop", sa.String(length=40), nullable=False),
        sa.Column("present", sa.Integer(), nullable=False),
        sa.Column("proposed", sa.Integer(), nullable=False),
        sa.Column("rides", sa.Integer(), nullable=False),
        sa.Column("low", sa.Integer(), nullable=False),
        sa.Column("middle", sa.Integer(), nullable=False),
        sa.Column("high", sa.Integer(), nullable=False),
        sa.Column("measured", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f("fk_boarding_proposal_client_id")),
        sa.ForeignKeyConstraint(["decided_by"], ["user.id"], name=op.f("fk_boarding_proposal_decided_by")),
        sa.ForeignKeyConstraint(["place_id"], ["place.id"], name=op.f("fk_boarding_proposal_place_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_boarding_proposal")),
    )
    with op.batch_alter_table("boarding_proposal", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_boarding_proposal_client_id"), ["client_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_boarding_proposal_place_id"), ["place_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_boarding_proposal_state"), ["state"], unique=False)

    op.create_table(
        "vehicle_device",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("vehicle_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("ending", sa.String(length=4), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["made_by"], ["user.id"], name=op.f("fk_vehicle_device_made_by")),
        sa.ForeignKeyConstraint(["vehicle_id"], ["vehicle.id"], name=op.f("fk_vehicle_device_vehicle_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vehicle_device")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_vehicle_device_token_hash")),
    )
    with op.batch_alter_table("vehicle_device", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_vehicle_device_vehicle_id"), ["vehicle_id"], unique=False)

    op.create_table(
        "driver_report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=36), nullable=False),
        sa.Column("shift_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("promise_id", sa.Integer(), nullable=True),
        sa.Column("stop", sa.String(length=40), nullable=True),
        sa.Column("about", sa.String(length=36), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("device", sa.String(length=36), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("device_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(length=40), nullable=False),
        sa.Column("why", sa.String(length=60), nullable=False),
        sa.ForeignKeyConstraint(["promise_id"], ["promise.id"], name=op.f("fk_driver_report_promise_id")),
        sa.ForeignKeyConstraint(["shift_id"], ["shift.id"], name=op.f("fk_driver_report_shift_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_driver_report")),
        sa.UniqueConstraint("key", name=op.f("uq_driver_report_key")),
    )
    with op.batch_alter_table("driver_report", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_driver_report_occurred_at"), ["occurred_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_driver_report_promise_id"), ["promise_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_driver_report_shift_id"), ["shift_id"], unique=False)

    op.create_table(
        "vehicle_position",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("vehicle_id", sa.Integer(), nullable=False),
        sa.Column("shift_id", sa.Integer(), nullable=False),
        sa.Column("slot", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lat", sa.Float(), nullable=False),
        sa.Column("lon", sa.Float(), nullable=False),
        sa.Column("accuracy", sa.Integer(), nullable=True),
        sa.Column("speed", sa.Integer(), nullable=True),
        sa.Column("heading", sa.Integer(), nullable=True),
        sa.Column("doubtful", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["shift_id"], ["shift.id"], name=op.f("fk_vehicle_position_shift_id")),
        sa.ForeignKeyConstraint(["vehicle_id"], ["vehicle.id"], name=op.f("fk_vehicle_position_vehicle_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vehicle_position")),
        sa.UniqueConstraint("vehicle_id", "slot", name=op.f("uq_vehicle_position_vehicle_id_slot")),
    )
    with op.batch_alter_table("vehicle_position", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_vehicle_position_at"), ["at"], unique=False)
        batch_op.create_index(batch_op.f("ix_vehicle_position_shift_id"), ["shift_id"], unique=False)

    op.create_table(
        "taxi_order",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ride_id", sa.Integer(), nullable=False),
        sa.Column("provider", sa.String(length=60), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.Column("pickup_place_id", sa.Integer(), nullable=False),
        sa.Column("pickup_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("price", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("ordered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ordered_by", sa.String(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["pickup_place_id"], ["place.id"], name=op.f("fk_taxi_order_pickup_place_id")),
        sa.ForeignKeyConstraint(["ride_id"], ["ride.id"], name=op.f("fk_taxi_order_ride_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_taxi_order")),
    )
    with op.batch_alter_table("taxi_order", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_taxi_order_ride_id"), ["ride_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_taxi_order_state"), ["state"], unique=False)

    with op.batch_alter_table("contact_preferences", schema=None) as batch_op:
        batch_op.add_column(sa.Column("day_before", sa.Boolean(), nullable=False, server_default=sa.true()))
        batch_op.add_column(sa.Column("near", sa.Boolean(), nullable=False, server_default=sa.true()))
        batch_op.add_column(sa.Column("arrived", sa.Boolean(), nullable=False, server_default=sa.true()))
        batch_op.add_column(sa.Column("representatives", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("delivered", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("letters", sa.Boolean(), nullable=False, server_default=sa.false()))

    with op.batch_alter_table("inbound_message", schema=None) as batch_op:
        batch_op.add_column(sa.Column("keyword", sa.String(length=20), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("outcome", sa.String(length=40), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("ride_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(batch_op.f("fk_inbound_message_ride_id"), "ride", ["ride_id"], ["id"])

    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.add_column(sa.Column("promise_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("user_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("due_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("needed_by", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("reported_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("trouble", sa.String(length=60), nullable=False, server_default=""))
        batch_op.alter_column("client_id", existing_type=sa.INTEGER(), nullable=True)
        batch_op.create_index(batch_op.f("ix_message_promise_id"), ["promise_id"], unique=False)
        batch_op.create_foreign_key(batch_op.f("fk_message_promise_id"), "promise", ["promise_id"], ["id"])
        batch_op.create_foreign_key(batch_op.f("fk_message_user_id"), "user", ["user_id"], ["id"])

    with op.batch_alter_table("needs", schema=None) as batch_op:
        batch_op.add_column(sa.Column("boarding_extra", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("alighting_extra", sa.Integer(), nullable=False, server_default="0"))

    with op.batch_alter_table("out_of_service", schema=None) as batch_op:
        batch_op.add_column(sa.Column("feature", sa.String(length=40), nullable=False, server_default=""))

    with op.batch_alter_table("shift", schema=None) as batch_op:
        batch_op.add_column(sa.Column("code_renewals", sa.Integer(), server_default="0", nullable=False))

    with op.batch_alter_table("visit", schema=None) as batch_op:
        batch_op.add_column(sa.Column("shift_id", sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f("ix_visit_shift_id"), ["shift_id"], unique=False)
        batch_op.create_foreign_key(batch_op.f("fk_visit_shift_id"), "shift", ["shift_id"], ["id"])


def downgrade() -> None:
    with op.batch_alter_table("visit", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_visit_shift_id"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_visit_shift_id"))
        batch_op.drop_column("shift_id")

    with op.batch_alter_table("shift", schema=None) as batch_op:
        batch_op.drop_column("code_renewals")

    with op.batch_alter_table("out_of_service", schema=None) as batch_op:
        batch_op.drop_column("feature")

    with op.batch_alter_table("needs", schema=None) as batch_op:
        batch_op.drop_column("alighting_extra")
        batch_op.drop_column("boarding_extra")

    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_message_user_id"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_message_promise_id"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_message_promise_id"))
        batch_op.alter_column("client_id", existing_type=sa.INTEGER(), nullable=False)
        batch_op.drop_column("trouble")
        batch_op.drop_column("reported_at")
        batch_op.drop_column("needed_by")
        batch_op.drop_column("due_at")
        batch_op.drop_column("user_id")
        batch_op.drop_column("promise_id")

    with op.batch_alter_table("inbound_message", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_inbound_message_ride_id"), type_="foreignkey")
        batch_op.drop_column("ride_id")
        batch_op.drop_column("outcome")
        batch_op.drop_column("keyword")

    with op.batch_alter_table("contact_preferences", schema=None) as batch_op:
        batch_op.drop_column("letters")
        batch_op.drop_column("delivered")
        batch_op.drop_column("representatives")
        batch_op.drop_column("arrived")
        batch_op.drop_column("near")
        batch_op.drop_column("day_before")

    with op.batch_alter_table("taxi_order", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_taxi_order_state"))
        batch_op.drop_index(batch_op.f("ix_taxi_order_ride_id"))

    op.drop_table("taxi_order")
    with op.batch_alter_table("vehicle_position", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_vehicle_position_shift_id"))
        batch_op.drop_index(batch_op.f("ix_vehicle_position_at"))

    op.drop_table("vehicle_position")
    with op.batch_alter_table("driver_report", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_driver_report_shift_id"))
        batch_op.drop_index(batch_op.f("ix_driver_report_promise_id"))
        batch_op.drop_index(batch_op.f("ix_driver_report_occurred_at"))

    op.drop_table("driver_report")
    with op.batch_alter_table("vehicle_device", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_vehicle_device_vehicle_id"))

    op.drop_table("vehicle_device")
    with op.batch_alter_table("boarding_proposal", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_boarding_proposal_state"))
        batch_op.drop_index(batch_op.f("ix_boarding_proposal_place_id"))
        batch_op.drop_index(batch_op.f("ix_boarding_proposal_client_id"))

    op.drop_table("boarding_proposal")
    op.drop_table("login_pin")
    op.drop_table("estimate_error")
