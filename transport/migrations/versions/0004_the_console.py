"""The console."""

import re

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

CYRILLIC = str.maketrans(
    dict(zip("абвгґдезиіїклмнопрстуфыэ", "abvhgdeziiiklmnoprstufie", strict=True))
    | {"є": "ie", "ж": "z", "х": "c", "ц": "c", "ч": "c", "ш": "s", "щ": "sc", "ю": "iu", "я": "ia", "ь": "", "ъ": ""}
)
ALIKE = (
    ("shch", "sc"), ("sch", "s"), ("sh", "s"), ("ch", "c"), ("zh", "z"), ("kh", "c"), ("ts", "c"), ("tz", "c"),
    ("x", "ks"), ("y", "i"), ("j", "i"), ("w", "v"), ("g", "h"), ("ie", "e"),
)  # fmt: skip
"""How names sounded when this step was written."""
TOLD = ("ride_confirmed", "promise_changed", "ride_cancelled", "ride_missed", "ride_offered", "waiting_offered")


def upgrade() -> None:
    op.create_table(
        "message_text",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("text", sa.String(length=1000), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_text")),
    )
    op.create_table(
        "day_mark",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("taken_by", sa.Integer(), nullable=True),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_by", sa.Integer(), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["done_by"], ["user.id"], name=op.f("fk_day_mark_done_by")),
        sa.ForeignKeyConstraint(["taken_by"], ["user.id"], name=op.f("fk_day_mark_taken_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_day_mark")),
        sa.UniqueConstraint("day", "key", name=op.f("uq_day_mark_day_key")),
    )
    with op.batch_alter_table("day_mark", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_day_mark_day"), ["day"], unique=False)

    op.create_table(
        "inbound_message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("gateway_id", sa.String(length=120), nullable=False),
        sa.Column("sender", sa.String(length=40), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("handled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("handled_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["handled_by"], ["user.id"], name=op.f("fk_inbound_message_handled_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbound_message")),
        sa.UniqueConstraint("gateway_id", name=op.f("uq_inbound_message_gateway_id")),
    )
    with op.batch_alter_table("inbound_message", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_inbound_message_handled_at"), ["handled_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_inbound_message_received_at"), ["received_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_inbound_message_sender"), ["sender"], unique=False)

    op.create_table(
        "text_reply",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("to", sa.String(length=40), nullable=False),
        sa.Column("text", sa.String(length=1000), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["sent_by"], ["user.id"], name=op.f("fk_text_reply_sent_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_text_reply")),
        sa.UniqueConstraint("key", name=op.f("uq_text_reply_key")),
    )
    with op.batch_alter_table("text_reply", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_text_reply_to"), ["to"], unique=False)

    op.create_table(
        "call_back",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("client_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=170), nullable=False),
        sa.Column("phone", sa.String(length=20), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.Column("source", sa.String(length=60), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by", sa.Integer(), nullable=True),
        sa.Column("taken_by", sa.Integer(), nullable=True),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("result", sa.String(length=40), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["asked_by"], ["user.id"], name=op.f("fk_call_back_asked_by")),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f("fk_call_back_client_id")),
        sa.ForeignKeyConstraint(["taken_by"], ["user.id"], name=op.f("fk_call_back_taken_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_back")),
        sa.UniqueConstraint("source", name=op.f("uq_call_back_source")),
    )
    with op.batch_alter_table("call_back", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_call_back_client_id"), ["client_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_call_back_done_at"), ["done_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_call_back_due_at"), ["due_at"], unique=False)

    op.create_table(
        "driver_absence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("driver_id", sa.Integer(), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.CheckConstraint("last >= first", name=op.f("ck_driver_absence_last_after_first")),
        sa.ForeignKeyConstraint(["driver_id"], ["driver.id"], name=op.f("fk_driver_absence_driver_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_driver_absence")),
    )
    with op.batch_alter_table("driver_absence", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_driver_absence_driver_id"), ["driver_id"], unique=False)

    op.create_table(
        "qualification",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("driver_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["driver_id"], ["driver.id"], name=op.f("fk_qualification_driver_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_qualification")),
        sa.UniqueConstraint("driver_id", "kind", name=op.f("uq_qualification_driver_id_kind")),
    )
    with op.batch_alter_table("qualification", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_qualification_driver_id"), ["driver_id"], unique=False)

    op.create_table(
        "out_of_service",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("vehicle_id", sa.Integer(), nullable=False),
        sa.Column("starts", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("ends IS NULL OR ends > starts", name=op.f("ck_out_of_service_ends_after_start")),
        sa.ForeignKeyConstraint(["vehicle_id"], ["vehicle.id"], name=op.f("fk_out_of_service_vehicle_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_out_of_service")),
    )
    with op.batch_alter_table("out_of_service", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_out_of_service_vehicle_id"), ["vehicle_id"], unique=False)

    op.create_table(
        "plan_edit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("promise_id", sa.Integer(), nullable=False),
        sa.Column("from_shift", sa.Integer(), nullable=False),
        sa.Column("to_shift", sa.Integer(), nullable=False),
        sa.Column("before", sa.String(), nullable=False),
        sa.Column("after", sa.String(), nullable=False),
        sa.Column("agreed_how", sa.String(length=40), nullable=True),
        sa.Column("signed", sa.String(), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["day"], ["service_day.day"], name=op.f("fk_plan_edit_day")),
        sa.ForeignKeyConstraint(["from_shift"], ["shift.id"], name=op.f("fk_plan_edit_from_shift")),
        sa.ForeignKeyConstraint(["made_by"], ["user.id"], name=op.f("fk_plan_edit_made_by")),
        sa.ForeignKeyConstraint(["promise_id"], ["promise.id"], name=op.f("fk_plan_edit_promise_id")),
        sa.ForeignKeyConstraint(["to_shift"], ["shift.id"], name=op.f("fk_plan_edit_to_shift")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_edit")),
    )
    with op.batch_alter_table("plan_edit", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_plan_edit_day"), ["day"], unique=False)
        batch_op.create_index(batch_op.f("ix_plan_edit_made_by"), ["made_by"], unique=False)
        batch_op.create_index(batch_op.f("ix_plan_edit_promise_id"), ["promise_id"], unique=False)

    op.create_table(
        "message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("client_id", sa.Integer(), nullable=False),
        sa.Column("ride_id", sa.Integer(), nullable=True),
        sa.Column("way", sa.String(length=40), nullable=False),
        sa.Column("to", sa.String(length=200), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("subject", sa.String(length=120), nullable=False),
        sa.Column("text", sa.String(length=1000), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("queued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f("fk_message_client_id")),
        sa.ForeignKeyConstraint(["ride_id"], ["ride.id"], name=op.f("fk_message_ride_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
        sa.UniqueConstraint("key", name=op.f("uq_message_key")),
    )
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_message_client_id"), ["client_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_message_ride_id"), ["ride_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_message_state"), ["state"], unique=False)

    with op.batch_alter_table("client", schema=None) as batch_op:
        batch_op.add_column(sa.Column("sounds_like", sa.String(length=340), nullable=False, server_default=""))
        batch_op.create_index(batch_op.f("ix_client_contact_phone"), ["contact_phone"], unique=False)

    with op.batch_alter_table("complaint", schema=None) as batch_op:
        batch_op.add_column(sa.Column("answered_by", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("answer", sa.String(length=5000), nullable=False, server_default=""))
        batch_op.create_foreign_key(batch_op.f("fk_complaint_answered_by"), "user", ["answered_by"], ["id"])

    with op.batch_alter_table("feedback", schema=None) as batch_op:
        batch_op.add_column(sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True))

    with op.batch_alter_table("promise", schema=None) as batch_op:
        batch_op.add_column(sa.Column("pinned", sa.Boolean(), nullable=False, server_default=sa.false()))

    with op.batch_alter_table("proposal", schema=None) as batch_op:
        batch_op.add_column(sa.Column("assumptions", sa.String(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("urgent", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("stop_asked", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("progress", sa.Float(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("unserved_now", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("cost_now", sa.Float(), nullable=True))
        batch_op.add_column(sa.Column("changes", sa.String(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("base", sa.String(), nullable=False, server_default=""))

    with op.batch_alter_table("registration", schema=None) as batch_op:
        batch_op.add_column(sa.Column("decision", sa.String(length=40), nullable=True))
        batch_op.add_column(sa.Column("decision_note", sa.String(length=300), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("decided_by", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(batch_op.f("fk_registration_decided_by"), "user", ["decided_by"], ["id"])

    with op.batch_alter_table("shift", schema=None) as batch_op:
        batch_op.add_column(sa.Column("dropped_at", sa.DateTime(timezone=True), nullable=True))
    _remember_how_names_sound()
    _leave_the_past_untold()


def _remember_how_names_sound() -> None:
    """Clients recorded before are found by the sound of their names, too."""
    client = sa.table("client", *(sa.column(name) for name in ("id", "search_name", "sounds_like")))
    connection = op.get_bind()
    for number, name in connection.execute(sa.select(client.c.id, client.c.search_name)).all():
        sound = name.translate(CYRILLIC)
        for written, heard in ALIKE:
            sound = sound.replace(written, heard)
        sound = re.sub(r"(\D)\1+", r"\1", sound)
        connection.execute(sa.update(client).where(client.c.id == number).values(sounds_like=sound))


def _leave_the_past_untold() -> None:
    """Nobody gets a message about what happened before messages were written."""
    event = sa.table(
        "event", sa.column("id", sa.Integer), sa.column("kind", sa.String), sa.column("recorded_at", sa.DateTime)
    )
    handled = sa.table(
        "event_handled",
        sa.column("event_id", sa.Integer),
        sa.column("reaction", sa.String),
        sa.column("at", sa.DateTime),
    )
    past = sa.select(event.c.id, sa.literal("tell"), event.c.recorded_at).where(event.c.kind.in_(TOLD))
    op.execute(sa.insert(handled).from_select(["event_id", "reaction", "at"], past))


def downgrade() -> None:
    with op.batch_alter_table("shift", schema=None) as batch_op:
        batch_op.drop_column("dropped_at")

    with op.batch_alter_table("registration", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_registration_decided_by"), type_="foreignkey")
        batch_op.drop_column("decided_by")
        batch_op.drop_column("decided_at")
        batch_op.drop_column("decision_note")
        batch_op.drop_column("decision")

    with op.batch_alter_table("proposal", schema=None) as batch_op:
        batch_op.drop_column("base")
        batch_op.drop_column("changes")
        batch_op.drop_column("cost_now")
        batch_op.drop_column("unserved_now")
        batch_op.drop_column("progress")
        batch_op.drop_column("stop_asked")
        batch_op.drop_column("urgent")
        batch_op.drop_column("assumptions")

    with op.batch_alter_table("promise", schema=None) as batch_op:
        batch_op.drop_column("pinned")

    with op.batch_alter_table("feedback", schema=None) as batch_op:
        batch_op.drop_column("answered_at")

    with op.batch_alter_table("complaint", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_complaint_answered_by"), type_="foreignkey")
        batch_op.drop_column("answer")
        batch_op.drop_column("answered_by")

    with op.batch_alter_table("client", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_client_contact_phone"))
        batch_op.drop_column("sounds_like")

    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_message_state"))
        batch_op.drop_index(batch_op.f("ix_message_ride_id"))
        batch_op.drop_index(batch_op.f("ix_message_client_id"))

    op.drop_table("message")
    with op.batch_alter_table("plan_edit", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_plan_edit_promise_id"))
        batch_op.drop_index(batch_op.f("ix_plan_edit_made_by"))
        batch_op.drop_index(batch_op.f("ix_plan_edit_day"))

    op.drop_table("plan_edit")
    with op.batch_alter_table("out_of_service", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_out_of_service_vehicle_id"))

    op.drop_table("out_of_service")
    with op.batch_alter_table("qualification", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_qualification_driver_id"))

    op.drop_table("qualification")
    with op.batch_alter_table("driver_absence", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_driver_absence_driver_id"))

    op.drop_table("driver_absence")
    with op.batch_alter_table("call_back", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_call_back_due_at"))
        batch_op.drop_index(batch_op.f("ix_call_back_done_at"))
        batch_op.drop_index(batch_op.f("ix_call_back_client_id"))

    op.drop_table("call_back")
    with op.batch_alter_table("text_reply", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_text_reply_to"))

    op.drop_table("text_reply")
    with op.batch_alter_table("inbound_message", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_inbound_message_sender"))
        batch_op.drop_index(batch_op.f("ix_inbound_message_received_at"))
        batch_op.drop_index(batch_op.f("ix_inbound_message_handled_at"))

    op.drop_table("inbound_message")
    with op.batch_alter_table("day_mark", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_day_mark_day"))

    op.drop_table("day_mark")
    op.drop_table("message_text")
