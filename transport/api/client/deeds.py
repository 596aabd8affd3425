"""What others did on behalf of a client, as the client reads it: day by day, with names."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session

from transport.booking.clients import queries as clients
from transport.booking.rides import queries as rides
from transport.booking.rides.queries import RideView
from transport.kernel.clock import local_day
from transport.kernel.i18n import Catalogue
from transport.kernel.i18n import mark as _

DEEDS = {
    "ride_requested": _("ordered a ride"),
    "ride_cancelled": _("cancelled a ride"),
    "ride_changed": _("changed a ride"),
    "ride_denied": _("looked for a ride, nothing was free"),
    "ride_offered": _("offered another time"),
    "offer_accepted": _("took the other time of a ride"),
    "offer_refused": _("kept the first time of a ride"),
    "consent_recorded": _("wrote down the consent to another time of a ride"),
    "return_called": _("called for the ride back"),
    "consent_asked": _("prepared an order and asked for a yes"),
    "consent_given": _("agreed to a prepared order"),
    "consent_refused": _("did not agree to a prepared order, or took it back"),
    "standing_order_asked": _("asked for regular rides"),
    "standing_order_changed": _("changed regular rides"),
    "standing_order_paused": _("paused regular rides"),
    "standing_order_ended": _("ended regular rides"),
    "standing_date_changed": _("changed one day of the regular rides"),
    "standing_date_skipped": _("left out one day of the regular rides"),
    "absence_objected": _("objected to a report that nobody came to the vehicle"),
    "MandateGranted": _("recorded who may act for you"),
    "MandateAccepted": _("began to act for you"),
    "MandateRevoked": _("ended what somebody may do for you"),
    "ContactsRecorded": _("changed the contacts"),
    "PreferencesRecorded": _("changed how we write and call"),
    "PlaceRecorded": _("saved a place"),
    "PlaceRemoved": _("removed a place"),
    "NeedsRecorded": _("changed what help is needed"),
    "EligibilityRecorded": _("recorded the card"),
    "EligibilityVerified": _("checked the card"),
    "EligibilityRejected": _("found that the card is not enough"),
    "MandateEvidenced": _("saw the document about who may act for you"),
    "RegistrationDecided": _("decided about the registration"),
}
OTHER = _("changed something else in the records")


@dataclass(frozen=True, slots=True)
class Deed:
    """Something done for the client: when, by whom (empty for our staff), what, and on which ride if on one."""

    at: datetime
    who: str
    what: str
    ride: RideView | None


def by_day(session: Session, client_id: int, words: Catalogue, *, since: datetime) -> dict[date, list[Deed]]:
    """The latest day first, and the latest deed of a day."""
    acts = clients.acts(session, client_id, since=since)
    views = rides.numbered(session, {act.ride_id for act in acts if act.ride_id is not None})
    found: dict[date, list[Deed]] = {}
    for act in acts:
        what = words.text(DEEDS.get(act.kind, OTHER))
        deed = Deed(act.at, act.who, what, views.get(act.ride_id or 0))
        found.setdefault(local_day(act.at), []).append(deed)
    return found
