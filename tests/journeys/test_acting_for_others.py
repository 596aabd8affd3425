"""Stories of people who act for others: a guardian, a supporter, two who decide together, a department of the city."""

from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from sqlmodel import Session

from tests.builders.booking import a_draft, a_ride, booked, chosen
from tests.builders.clients import a_client, a_mandate, a_user, acting, an_organisation
from tests.builders.town import NOW, Town
from tests.cast import Cast
from transport.booking.clients import mandates, organisations
from transport.booking.clients import queries as clients
from transport.booking.clients.models import Client, MandateKind, OrganisationKind, Power
from transport.booking.rides import booking, consents, queries, requests, rides
from transport.booking.rides.lifecycle import Status
from transport.kernel import actor
from transport.kernel.actor import Actor, Role
from transport.kernel.errors import Forbidden, NotFound

DECREE = "usnesení soudu, 4. 3. 2026, spis na odboru"
LATER = NOW + timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Told:
    """What Anna reads of what others did for her: who, what, and the number of the ride."""

    who: str
    kind: str
    ride: int | None


def told(session: Session, client: Client) -> list[Told]:
    """Oldest first."""
    found = clients.acts(session, client.id or 0, since=NOW - timedelta(days=30))
    return [Told(act.who, act.kind, act.ride_id) for act in reversed(found)]


def representative(session: Session, name: str) -> Actor:
    return acting(a_user(session, Role.REPRESENTATIVE, name))


def test_a_guardian_of_limited_capacity_decides_and_the_client_prepares_and_sees(
    session: Session, town: Town, cast: Cast
):
    user = a_user(session, Role.REPRESENTATIVE, "Otakar Opatrovník")
    otakar = acting(user)
    scope = (Power.BOOK, Power.CANCEL)
    guardianship = a_mandate(
        session, cast.anna, user, *scope, kind=MandateKind.GUARDIAN_LIMITED, exclusive=True, evidence=DECREE
    )
    draft = a_draft(session, town, cast.anna, by=cast.anna_herself)
    chosen(session, town, draft, by=cast.anna_herself)
    with pytest.raises(Forbidden, match=r"consent\.needed"):
        booking.book(session, draft, world=town.world, by=cast.anna_herself, now=NOW)
    asked = consents.ask(session, draft, world=town.world, by=cast.anna_herself, now=NOW)
    (ride,) = requests.of_request(session, consents.agree(session, asked, world=town.world, by=otakar, now=LATER))
    with pytest.raises(Forbidden, match=r"mandate\.guardian_decides"):
        rides.cancel(session, ride, version=ride.version, world=town.world, by=cast.anna_herself, now=LATER)
    assert Told("Otakar Opatrovník", "ride_requested", ride.id) in told(session, cast.anna)

    mandates.revoke(session, guardianship, by=cast.hana, now=LATER)
    rides.cancel(session, ride, version=ride.version, world=town.world, by=cast.anna_herself, now=LATER)
    assert ride.status is Status.CANCELLED


def test_a_supporter_prepares_and_the_client_agrees_by_phone(session: Session, town: Town, cast: Cast):
    user = a_user(session, Role.REPRESENTATIVE, "Ivo Rádce")
    ivo = acting(user)
    a_mandate(session, cast.anna, user, Power.PREPARE, kind=MandateKind.SUPPORTER)
    draft = a_draft(session, town, cast.anna, by=ivo, back="12:00")
    chosen(session, town, draft, by=ivo)
    asked = consents.ask(session, draft, world=town.world, by=ivo, now=NOW)

    (waiting,) = consents.waiting(session, cast.anna.id or 0, by=cast.hana, now=LATER)
    request = consents.agree(session, waiting, world=town.world, by=cast.hana, now=LATER)
    there, back = requests.of_request(session, request)
    assert (there.status, back.status) == (Status.CONFIRMED, Status.CONFIRMED)
    assert (request.prepared_by, request.requested_by) == (ivo.user, cast.hana.user)
    story = told(session, cast.anna)
    assert Told("Ivo Rádce", "consent_asked", None) in story
    assert Told("", "consent_given", None) in story
    assert Told("", "ride_requested", there.id) in story
    assert asked.answered_by == cast.hana.label


def test_two_joint_representatives_each_prepare_and_the_other_agrees(session: Session, town: Town, cast: Cast):
    pair = [a_user(session, Role.REPRESENTATIVE, name) for name in ("Karel První", "Lenka Druhá")]
    for user in pair:
        a_mandate(session, cast.bedrich, user, joint=True)
    karel, lenka = map(acting, pair)
    for at, one, other in (("9:00", karel, lenka), ("14:00", lenka, karel)):
        draft = a_draft(session, town, cast.bedrich, at, by=one)
        chosen(session, town, draft, by=one)
        with pytest.raises(Forbidden, match=r"consent\.needed"):
            booking.book(session, draft, world=town.world, by=one, now=NOW)
        asked = consents.ask(session, draft, world=town.world, by=one, now=NOW)
        with pytest.raises(Forbidden, match=r"consent\.not_yours_to_give"):
            consents.agree(session, asked, world=town.world, by=one, now=NOW)
        request = consents.agree(session, asked, world=town.world, by=other, now=NOW)
        assert (request.prepared_by, request.requested_by) == (one.user, other.user)
        (ride,) = requests.of_request(session, request)
        with pytest.raises(Forbidden, match=r"mandate\.missing"):
            rides.cancel(session, ride, version=ride.version, world=town.world, by=other, now=NOW)


def test_a_worker_of_the_department_hands_her_three_people_over_for_a_week(session: Session, town: Town, cast: Cast):
    olga, petra = (a_user(session, Role.REPRESENTATIVE, name) for name in ("Olga Sociální", "Petra Zástupná"))
    department = an_organisation(session, olga, petra)
    people = [cast.anna, cast.bedrich, a_client(session, "Čeněk Malý")]
    for client in people:
        a_mandate(session, client, olga, organisation_id=department.id)
    hers = a_ride(session, town, cast.anna, "9:00", by=acting(olga))
    with pytest.raises(NotFound):
        queries.visible(session, hers.code, acting(petra), now=NOW)

    monday, sunday = date(2026, 11, 23), date(2026, 11, 29)
    organisations.hand_over(
        session, olga.id or 0, petra.id or 0, valid_from=monday, valid_until=sunday, by=acting(olga), now=NOW
    )
    on_monday = NOW + timedelta(days=3)
    assert len(organisations.caseload(session, petra.id or 0, on=monday)) == len(people)
    assert queries.visible(session, hers.code, acting(petra), now=on_monday).ride.id == hers.id
    ride = a_ride(session, town, people[2], "14:00", by=acting(petra), now=on_monday)
    rides.cancel(session, hers, version=hers.version, world=town.world, by=acting(petra), now=on_monday)
    assert told(session, people[2])[-1] == Told("Petra Zástupná", "ride_requested", ride.id)
    assert told(session, cast.anna)[-1] == Told("Petra Zástupná", "ride_cancelled", hers.id)

    week_later = NOW + timedelta(days=10)
    with pytest.raises(NotFound):
        queries.visible(session, ride.code, acting(petra), now=week_later)
    assert queries.visible(session, ride.code, acting(olga), now=week_later).ride.id == ride.id


def test_a_day_centre_sees_the_rides_of_its_people_and_no_others(session: Session, town: Town, cast: Cast):
    carer = a_user(session, Role.REPRESENTATIVE, "Marta Pečující")
    centre = an_organisation(session, carer, name="Stacionář Slunce", kind=OrganisationKind.CARE)
    a_mandate(session, cast.bedrich, None, Power.BOOK, organisation_id=centre.id)
    theirs = a_ride(session, town, cast.bedrich, "9:00", by=acting(carer))
    other = a_ride(session, town, cast.anna, "9:00", by=cast.anna_herself)
    assert queries.visible(session, theirs.code, acting(carer), now=NOW).client.id == cast.bedrich.id
    with pytest.raises(NotFound):
        queries.visible(session, other.code, acting(carer), now=NOW)
    with pytest.raises(NotFound):
        a_ride(session, town, cast.anna, "14:00", by=acting(carer))


def test_a_client_reads_what_others_did_and_nothing_of_her_own_doing(session: Session, town: Town, cast: Cast):
    own = a_ride(session, town, cast.anna, "9:00", by=cast.anna_herself)
    cyrils = a_ride(session, town, cast.anna, "14:00", by=cast.cyril)
    rides.cancel(session, own, version=own.version, world=town.world, by=cast.cyril, now=NOW)
    story = told(session, cast.anna)
    assert Told("Cyril Vozka", "ride_requested", cyrils.id) in story
    assert Told("Cyril Vozka", "ride_cancelled", own.id) in story
    assert Told("Cyril Vozka", "ride_requested", own.id) not in story
    assert {each.who for each in story} == {"Cyril Vozka"}
    assert clients.acts(session, cast.bedrich.id or 0, since=NOW) == []
    assert clients.acts(session, cast.anna.id or 0, since=LATER) == []


def test_a_mandate_given_or_ended_by_our_staff_is_told_to_the_client(session: Session, cast: Cast):
    ivo = representative(session, "Ivo Rádce")
    how = {"kind": MandateKind.SUPPORTER, "powers": [Power.SEE], "valid_from": date(2026, 11, 1), "now": NOW}
    given = mandates.grant(session, cast.anna.id or 0, ivo.user, by=cast.hana, **how)  # type: ignore[arg-type]
    mandates.revoke(session, given, by=ivo, now=NOW)
    assert told(session, cast.anna) == [Told("", "MandateGranted", None), Told("Ivo Rádce", "MandateRevoked", None)]


def test_a_revoked_mandate_ends_an_order_in_the_middle(session: Session, town: Town, cast: Cast):
    user = a_user(session, Role.REPRESENTATIVE, "Ivo Rádce")
    mandate = a_mandate(session, cast.anna, user, Power.BOOK)
    draft = a_draft(session, town, cast.anna, by=acting(user))
    chosen(session, town, draft, by=acting(user))
    mandates.revoke(session, mandate, by=actor.SYSTEM, now=NOW)
    with pytest.raises(Forbidden, match=r"mandate\.expired"):
        booked(session, town, draft, by=acting(user))
