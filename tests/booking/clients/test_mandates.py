"""Who may act for Anna: she herself, Cyril with a mandate, our staff. Gustav learns nothing."""

import json
from datetime import date

import pytest
from sqlmodel import Session, select

from tests.builders.clients import NOW, a_client, a_mandate, a_user, acting
from transport.booking.clients import mandates
from transport.booking.clients.acting import BY_CLIENT, DECISIONS
from transport.booking.clients.models import Client, Mandate, MandateKind, Power
from transport.kernel import actor
from transport.kernel.actor import Actor, Role
from transport.kernel.errors import Forbidden, Invalid, NotFound
from transport.kernel.events import Event

TODAY = date(2026, 11, 20)
DECREE = "usnesení soudu, 4. 3. 2026, spis na odboru"


def ids(session: Session) -> tuple[Client, int]:
    anna = a_client(session)
    assert anna.id is not None
    return anna, anna.id


@pytest.mark.parametrize("power", Power)
def test_a_client_may_do_everything_for_themself(session: Session, power: Power) -> None:
    user = a_user(session)
    anna = a_client(session, user_id=user.id)
    assert mandates.require(session, anna.id or 0, acting(user), power, on=TODAY) is anna


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.DISPATCHER, Role.ADMIN])
def test_our_staff_may_act_for_every_client(session: Session, role: Role) -> None:
    anna, anna_id = ids(session)
    dana = acting(a_user(session, role))
    assert mandates.require(session, anna_id, dana, Power.BOOK, on=TODAY) is anna


@pytest.mark.parametrize("role", [Role.CLIENT, Role.REPRESENTATIVE, Role.DRIVER, Role.MANAGER])
def test_somebody_without_a_mandate_does_not_even_learn_that_the_client_exists(session: Session, role: Role) -> None:
    _, anna_id = ids(session)
    gustav = acting(a_user(session, role))
    with pytest.raises(NotFound, match=r"^client\.unknown$"):
        mandates.require(session, anna_id, gustav, Power.SEE, on=TODAY)
    with pytest.raises(NotFound, match=r"^client\.unknown$"):
        mandates.require(session, anna_id + 1000, gustav, Power.SEE, on=TODAY)


def test_nobody_in_particular_is_nobody_although_a_client_has_no_user(session: Session) -> None:
    _, anna_id = ids(session)
    with pytest.raises(NotFound):
        mandates.require(session, anna_id, Actor(None, Role.CLIENT), Power.SEE, on=TODAY)


def test_a_representative_may_do_what_the_mandate_says_and_no_more(session: Session) -> None:
    anna, anna_id = ids(session)
    cyril = a_user(session, Role.REPRESENTATIVE)
    a_mandate(session, anna, cyril, Power.BOOK)
    for allowed in (Power.SEE, Power.PREPARE, Power.BOOK):
        assert mandates.require(session, anna_id, acting(cyril), allowed, on=TODAY) is anna
    for denied in (Power.CANCEL, Power.MANAGE, Power.COMPLAIN):
        with pytest.raises(Forbidden, match=r"mandate\.missing"):
            mandates.require(session, anna_id, acting(cyril), denied, on=TODAY)


def test_a_mandate_holds_from_its_first_to_its_last_day(session: Session) -> None:
    anna, anna_id = ids(session)
    cyril = a_user(session, Role.REPRESENTATIVE)
    first, last = date(2026, 11, 1), date(2026, 11, 20)
    a_mandate(session, anna, cyril, valid_from=first, valid_until=last)
    for day in (first, last):
        mandates.require(session, anna_id, acting(cyril), Power.COMPLAIN, on=day)
    for day in (date(2026, 10, 31), date(2026, 11, 21)):
        with pytest.raises(Forbidden, match=r"mandate\.expired"):
            mandates.require(session, anna_id, acting(cyril), Power.SEE, on=day)


def test_a_revoked_mandate_is_over_at_once_and_the_trail_remembers_both(session: Session) -> None:
    anna, anna_id = ids(session)
    cyril = a_user(session, Role.REPRESENTATIVE)
    mandate = a_mandate(session, anna, cyril, Power.BOOK)
    for _ in range(2):
        mandates.revoke(session, mandate, by=actor.SYSTEM, now=NOW)
    with pytest.raises(Forbidden, match=r"mandate\.expired"):
        mandates.require(session, anna_id, acting(cyril), Power.BOOK, on=TODAY)
    events = [event for event in session.exec(select(Event)) if event.kind.startswith("Mandate")]
    assert [event.kind for event in events] == ["MandateGranted", "MandateRevoked"]
    assert json.loads(events[0].facts)["powers"] == ["book", "prepare", "see"]


def test_two_mandates_add_up(session: Session) -> None:
    anna, anna_id = ids(session)
    cyril = a_user(session, Role.REPRESENTATIVE)
    a_mandate(session, anna, cyril, Power.BOOK)
    a_mandate(session, anna, cyril, Power.CANCEL)
    mandates.require(session, anna_id, acting(cyril), Power.CANCEL, on=TODAY)
    (found,) = mandates.people(session, acting(cyril), on=TODAY)
    assert found.powers == {Power.SEE, Power.PREPARE, Power.BOOK, Power.CANCEL}


def test_people_are_oneself_first_and_then_those_with_a_mandate_in_force(session: Session) -> None:
    cyril = a_user(session)
    self_ = a_client(session, "Cyril Vozka", user_id=cyril.id)
    anna, bedrich = a_client(session, "Anna Vozková"), a_client(session, "Bedřich Černý")
    ended = a_client(session, "Eva Dávná")
    a_client(session, "Nikdo Cizí")
    for client in (anna, bedrich):
        a_mandate(session, client, cyril, Power.BOOK)
    a_mandate(session, ended, cyril, valid_until=date(2026, 11, 19))
    found = mandates.people(session, acting(cyril), on=TODAY)
    assert [each.client for each in found] == [self_, bedrich, anna]
    assert [each.oneself for each in found] == [True, False, False]
    assert found[0].powers == set(Power)
    assert mandates.people(session, actor.SYSTEM, on=TODAY) == []


def test_a_representative_cannot_pass_the_mandate_on(session: Session) -> None:
    anna, anna_id = ids(session)
    cyril, gustav = a_user(session, Role.REPRESENTATIVE), a_user(session)
    a_mandate(session, anna, cyril)
    grant = {"kind": MandateKind.PARENT, "powers": [Power.SEE], "valid_from": TODAY, "now": NOW}
    with pytest.raises(Forbidden, match=r"mandate\.not_yours_to_give"):
        mandates.grant(session, anna_id, gustav.id or 0, by=acting(cyril), **grant)  # type: ignore[arg-type]
    with pytest.raises(NotFound, match=r"client\.unknown"):
        mandates.grant(session, anna_id, gustav.id or 0, by=acting(gustav), **grant)  # type: ignore[arg-type]


def test_a_client_may_give_and_a_representative_may_give_back(session: Session) -> None:
    user, cyril = a_user(session), a_user(session, Role.REPRESENTATIVE)
    anna = a_client(session, user_id=user.id)
    mandate = mandates.grant(
        session,
        anna.id or 0,
        cyril.id or 0,
        kind=MandateKind.POWER_OF_ATTORNEY,
        powers=[Power.BOOK],
        valid_from=TODAY,
        by=acting(user),
        now=NOW,
    )
    mandates.revoke(session, mandate, by=acting(cyril), now=NOW)
    assert not mandate.in_force(TODAY)


@pytest.mark.parametrize("power", sorted(set(Power) - {Power.SEE, Power.PREPARE}), ids=str)
def test_a_supporter_sees_and_prepares_but_does_not_decide(session: Session, power: Power) -> None:
    anna, _ = ids(session)
    cyril = a_user(session, Role.REPRESENTATIVE)
    a_mandate(session, anna, cyril, Power.SEE, Power.PREPARE, kind=MandateKind.SUPPORTER)
    with pytest.raises(Invalid, match=r"mandate\.supporter_only_prepares"):
        a_mandate(session, anna, cyril, power, kind=MandateKind.SUPPORTER)


def test_an_impossible_mandate_is_refused(session: Session) -> None:
    user = a_user(session)
    anna = a_client(session, user_id=user.id)
    with pytest.raises(Invalid, match=r"mandate\.for_oneself"):
        a_mandate(session, anna, user)
    with pytest.raises(Invalid, match=r"mandate\.ends_before_start"):
        a_mandate(session, anna, a_user(session), valid_from=TODAY, valid_until=date(2026, 11, 19))
    with pytest.raises(Invalid, match=r"mandate\.for_nobody"):
        a_mandate(session, anna, None)


@pytest.mark.parametrize(
    "kind", [MandateKind.HOUSEHOLD_MEMBER, MandateKind.GUARDIAN, MandateKind.GUARDIAN_LIMITED], ids=str
)
def test_what_a_court_decided_needs_the_document(session: Session, kind: MandateKind) -> None:
    anna, _ = ids(session)
    cyril = a_user(session, Role.REPRESENTATIVE)
    with pytest.raises(Invalid, match=r"mandate\.evidence_missing"):
        a_mandate(session, anna, cyril, kind=kind, evidence="  ")
    assert a_mandate(session, anna, cyril, kind=kind, evidence=DECREE).evidence == DECREE


def test_a_power_of_attorney_may_be_given_by_word_of_mouth(session: Session) -> None:
    anna, _ = ids(session)
    assert a_mandate(session, anna, a_user(session), kind=MandateKind.POWER_OF_ATTORNEY).evidence == ""


@pytest.mark.parametrize("kind", sorted(set(MandateKind) - BY_CLIENT), ids=str)
def test_clients_neither_give_nor_end_what_comes_from_the_law(session: Session, kind: MandateKind) -> None:
    user, cyril = a_user(session), a_user(session, Role.REPRESENTATIVE)
    anna = a_client(session, user_id=user.id)
    given = a_mandate(session, anna, cyril, kind=kind, evidence=DECREE)
    for somebody in (user, cyril):
        with pytest.raises(Forbidden):
            mandates.revoke(session, given, by=acting(somebody), now=NOW)
    with pytest.raises(Forbidden, match=r"mandate\.only_staff"):
        mandates.grant(
            session, anna.id or 0, cyril.id, kind=kind, powers=[], valid_from=TODAY, by=acting(user), now=NOW
        )
    mandates.revoke(session, given, by=actor.SYSTEM, now=NOW)
    assert not given.in_force(TODAY)


@pytest.mark.parametrize("power", sorted(DECISIONS), ids=str)
def test_what_a_court_left_to_a_guardian_the_client_cannot_do_alone(session: Session, power: Power) -> None:
    user, cyril = a_user(session), a_user(session, Role.REPRESENTATIVE)
    anna = a_client(session, user_id=user.id)
    guardian = a_mandate(
        session, anna, cyril, power, kind=MandateKind.GUARDIAN_LIMITED, exclusive=True, evidence=DECREE
    )
    anna_id = anna.id or 0
    with pytest.raises(Forbidden, match=r"mandate\.guardian_decides"):
        mandates.require(session, anna_id, acting(user), power, on=TODAY)
    mandates.require(session, anna_id, acting(cyril), power, on=TODAY)
    assert mandates.powers(session, anna_id, acting(user), on=TODAY) == set(Power) - {power}
    (oneself,) = mandates.people(session, acting(user), on=TODAY)
    assert oneself.powers == set(Power) - {power}
    mandates.revoke(session, guardian, by=actor.SYSTEM, now=NOW)
    mandates.require(session, anna_id, acting(user), power, on=TODAY)


def test_looking_preparing_and_complaining_is_never_taken_from_a_client(session: Session) -> None:
    user, cyril = a_user(session), a_user(session, Role.REPRESENTATIVE)
    anna = a_client(session, user_id=user.id)
    a_mandate(session, anna, cyril, kind=MandateKind.GUARDIAN_LIMITED, exclusive=True, evidence=DECREE)
    assert mandates.powers(session, anna.id or 0, acting(user), on=TODAY) == set(Power) - DECISIONS


def test_a_client_whose_profile_a_guardian_keeps_gives_no_mandates(session: Session) -> None:
    user, cyril = a_user(session), a_user(session, Role.REPRESENTATIVE)
    anna = a_client(session, user_id=user.id)
    a_mandate(session, anna, cyril, kind=MandateKind.GUARDIAN_LIMITED, exclusive=True, evidence=DECREE)
    with pytest.raises(Forbidden, match=r"mandate\.guardian_decides"):
        mandates.grant(
            session,
            anna.id or 0,
            a_user(session).id,
            kind=MandateKind.POWER_OF_ATTORNEY,
            powers=[Power.BOOK],
            valid_from=TODAY,
            by=acting(user),
            now=NOW,
        )


def test_only_a_guardian_of_limited_capacity_decides_instead_of_the_client(session: Session) -> None:
    anna, _ = ids(session)
    for kind in set(MandateKind) - {MandateKind.GUARDIAN_LIMITED, MandateKind.SUPPORTER}:
        with pytest.raises(Invalid, match=r"mandate\.exclusive_without_court"):
            a_mandate(session, anna, a_user(session), kind=kind, exclusive=True, evidence=DECREE)


def test_one_of_two_joint_representatives_prepares_and_does_not_decide(session: Session) -> None:
    anna, anna_id = ids(session)
    cyril = a_user(session, Role.REPRESENTATIVE)
    one = a_mandate(session, anna, cyril, joint=True)
    may = mandates.powers(session, anna_id, acting(cyril), on=TODAY)
    assert may == set(Power) - DECISIONS
    assert mandates.joint(session, anna_id, acting(cyril), Power.BOOK, on=TODAY) == {one.id}


def test_mandates_that_end_soon_are_found_before_they_end(session: Session) -> None:
    anna, _ = ids(session)
    cyril = a_user(session, Role.REPRESENTATIVE)

    def until(day: date | None) -> Mandate:
        return a_mandate(session, anna, cyril, valid_until=day)

    until(None)
    until(date(2026, 11, 19))
    later, first, last = until(date(2026, 12, 21)), until(TODAY), until(date(2026, 12, 20))
    mandates.revoke(session, until(TODAY), by=actor.SYSTEM, now=NOW)
    assert mandates.expiring(session, on=TODAY, days=30) == [first, last]
    assert mandates.expiring(session, on=TODAY, days=31) == [first, last, later]
