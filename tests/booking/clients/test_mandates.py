"""Who may act for Anna: she herself, Cyril with a mandate, our staff. Gustav learns nothing."""

import json
from datetime import date

import pytest
from sqlmodel import Session, select

from tests.builders.clients import NOW, a_client, a_mandate, a_user, acting
from transport.booking.clients import mandates
from transport.booking.clients.models import Client, MandateKind, Power
from transport.kernel import actor
from transport.kernel.actor import Actor, Role
from transport.kernel.errors import Forbidden, Invalid, NotFound
from transport.kernel.events import Event

TODAY = date(2026, 11, 20)


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
    for allowed in (Power.SEE, Power.BOOK):
        assert mandates.require(session, anna_id, acting(cyril), allowed, on=TODAY) is anna
    for denied in (Power.MANAGE, Power.PAY):
        with pytest.raises(Forbidden, match=r"mandate\.missing"):
            mandates.require(session, anna_id, acting(cyril), denied, on=TODAY)


def test_a_mandate_holds_from_its_first_to_its_last_day(session: Session) -> None:
    anna, anna_id = ids(session)
    cyril = a_user(session, Role.REPRESENTATIVE)
    first, last = date(2026, 11, 1), date(2026, 11, 20)
    a_mandate(session, anna, cyril, valid_from=first, valid_until=last)
    for day in (first, last):
        mandates.require(session, anna_id, acting(cyril), Power.PAY, on=day)
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
    assert json.loads(events[0].facts)["powers"] == ["book", "see"]


def test_two_mandates_add_up(session: Session) -> None:
    anna, anna_id = ids(session)
    cyril = a_user(session, Role.REPRESENTATIVE)
    a_mandate(session, anna, cyril, Power.BOOK)
    a_mandate(session, anna, cyril, Power.PAY)
    mandates.require(session, anna_id, acting(cyril), Power.PAY, on=TODAY)
    (found,) = mandates.people(session, acting(cyril), on=TODAY)
    assert found.powers == {Power.SEE, Power.BOOK, Power.PAY}


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
    assert found[0].powers == mandates.ALL_POWERS
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


def test_a_supporter_sees_but_does_not_decide(session: Session) -> None:
    anna, _ = ids(session)
    cyril = a_user(session, Role.REPRESENTATIVE)
    a_mandate(session, anna, cyril, Power.SEE, kind=MandateKind.SUPPORTER)
    with pytest.raises(Invalid, match=r"mandate\.supporter_only_sees"):
        a_mandate(session, anna, cyril, Power.BOOK, kind=MandateKind.SUPPORTER)


def test_an_impossible_mandate_is_refused(session: Session) -> None:
    user = a_user(session)
    anna = a_client(session, user_id=user.id)
    with pytest.raises(Invalid, match=r"mandate\.for_oneself"):
        a_mandate(session, anna, user)
    with pytest.raises(Invalid, match=r"mandate\.ends_before_start"):
        a_mandate(session, anna, a_user(session), valid_from=TODAY, valid_until=date(2026, 11, 19))
