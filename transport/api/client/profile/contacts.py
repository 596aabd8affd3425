"""Doors: where to reach the client, and how to write and speak to them."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from transport.accounts.contacts import is_landline
from transport.api.client import written
from transport.api.client.profile.person import editing, whose
from transport.api.deps import Me, Now, Plugged, Reading
from transport.api.forms import FormData, one, several
from transport.api.render import errors_of
from transport.booking.clients import clients, preferences
from transport.kernel.db import writing
from transport.kernel.errors import Invalid

FIELDS = ("phone", "email", "contact_name", "contact_phone", "language")
SPEAKING = ("no_calls", "slowly", "diacritics", "to_representative")
REMINDERS = ("day_before", "near", "arrived")
ALONG = ("representatives", "delivered", "letters")
TICKED = {"speaking": SPEAKING, "reminders": REMINDERS, "along": ALONG}
"""Boxes that may be ticked, by the question they answer."""

router = APIRouter(prefix="/profil")


@router.get("/kontakt", name="client:profile.contacts")
def ask(request: Request, session: Reading, me: Me, now: Now) -> Response:
    """Telephone, e-mail, language, and whom to call when the client does not answer."""
    there = editing(request, session, me, now)
    client = there.person.client
    form = {name: getattr(client, name) for name in FIELDS}
    return there.page("contacts", form=form, landline=bool(client.phone) and is_landline(client.phone))


@router.post("/kontakt", name="client:profile.contacts.change")
def change(request: Request, services: Plugged, me: Me, now: Now, data: FormData) -> Response:
    """Keep the contacts."""
    with writing(services.database) as session:
        there = whose(request, session, me, now, data)
        form = {name: one(data, name) for name in FIELDS}
        try:
            clients.record_contacts(
                session,
                there.person.client,
                phone=written.phone(form["phone"]),
                email=written.email(form["email"]),
                contact_name=form["contact_name"],
                contact_phone=written.phone(form["contact_phone"]),
                language=form["language"],
                by=me,
                now=now,
            )
        except Invalid as error:
            session.rollback()
            return there.page("contacts", errors=errors_of(request, error, "phone"), form=form, landline=False)
        return there.saved()


@router.get("/zpravy", name="client:profile.messages")
def ask_messages(request: Request, session: Reading, me: Me, now: Now) -> Response:
    """By which way messages come, and how to speak with the client."""
    there = editing(request, session, me, now)
    said = preferences.of(session, there.person.client)
    form: dict[str, object] = {"channel": said.channel.value, "optional": "yes" if said.optional else "no"}
    for group, names in TICKED.items():
        form[group] = [name for name in names if getattr(said, name)]
    return there.page("messages", form=form)


@router.post("/zpravy", name="client:profile.messages.change")
def change_messages(request: Request, services: Plugged, me: Me, now: Now, data: FormData) -> Response:
    """Keep how to write and speak."""
    with writing(services.database) as session:
        there = whose(request, session, me, now, data)
        chosen = {group: several(data, group) for group in TICKED}
        ticked = {name: name in chosen[group] for group, names in TICKED.items() for name in names}
        form = {"channel": one(data, "channel"), "optional": one(data, "optional"), **chosen}
        try:
            preferences.record(
                session,
                there.person.client,
                channel=one(data, "channel"),
                optional=form["optional"] != "no",
                **ticked,
                by=me,
                now=now,
            )
        except Invalid as error:
            session.rollback()
            return there.page("messages", errors=errors_of(request, error, "channel"), form=form)
        return there.saved()
