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
    ticked = [name for name in SPEAKING if getattr(said, name)]
    form = {"channel": said.channel.value, "optional": "yes" if said.optional else "no", "speaking": ticked}
    return there.page("messages", form=form)


@router.post("/zpravy", name="client:profile.messages.change")
def change_messages(request: Request, services: Plugged, me: Me, now: Now, data: FormData) -> Response:
    """Keep how to write and speak."""
    with writing(services.database) as session:
        there = whose(request, session, me, now, data)
        ticked = several(data, "speaking")
        form = {"channel": one(data, "channel"), "optional": one(data, "optional"), "speaking": ticked}
        try:
            preferences.record(
                session,
                there.person.client,
                channel=one(data, "channel"),
                optional=form["optional"] != "no",
                no_calls="no_calls" in ticked,
                slowly="slowly" in ticked,
                diacritics="diacritics" in ticked,
                to_representative="to_representative" in ticked,
                by=me,
                now=now,
            )
        except Invalid as error:
            session.rollback()
            return there.page("messages", errors=errors_of(request, error, "channel"), form=form)
        return there.saved()
