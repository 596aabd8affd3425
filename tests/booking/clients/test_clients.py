"""Registering clients, their cards, places and needs; finding them again."""

from datetime import date
from typing import Any

import pytest
from sqlmodel import Session

from tests.builders.clients import NOW, a_card, a_client, a_mandate, a_user, acting, some_needs
from transport.booking.clients import clients, queries, spelling
from transport.booking.clients.eligibility import Ground
from transport.booking.clients.models import Client, Power
from transport.booking.clients.needs import Mobility
from transport.kernel import actor
from transport.kernel.actor import Role
from transport.kernel.errors import Forbidden, Invalid, NotFound
from transport.routing.geo.models import Place, PlaceKind

ANNA: dict[str, Any] = {"first_name": "Anna", "last_name": "Vozková", "born": date(1950, 5, 17)}


def register(session: Session, **changed: Any) -> Client:
    return clients.register(session, **{**ANNA, "by": actor.SYSTEM, "now": NOW, **changed})


def a_place(session: Session) -> int:
    place = Place(
        kind=PlaceKind.ADDRESS,
        name="Náměstí",
        category="street",
        address="náměstí Republiky",
        municipality="Plzeň",
        lat=49.7475,
        lon=13.3776,
        in_city=True,
        source="test",
    )
    session.add(place)
    session.flush()
    return place.id or 0


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("Dvořák-Němcová", "dvorak nemcova"),
        ("  Žluťoučký   KŮŇ ", "zlutoucky kun"),
        ("O'Brien", "o brien"),
        ("Łukasz Weiß", "lukasz weiss"),
        ("Нестеренко", "нестеренко"),
    ],
)
def test_names_are_compared_without_diacritics(written: str, plain: str) -> None:
    assert spelling.plain(written) == plain


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("777 123 456", "+420777123456"),
        ("+420 777-123-456", "+420777123456"),
        ("00421 905 123 456", "+421905123456"),
        ("777123", None),
        ("volejte synovi", None),
        ("+0 123 456 789", None),
    ],
)
def test_a_telephone_number_is_kept_in_one_form(written: str, number: str | None) -> None:
    assert spelling.phone(written) == number


def test_a_client_gets_a_code_for_the_telephone_and_a_name_to_search(session: Session) -> None:
    anna = register(session, first_name=" Anna ", phone="777 123 456", email="anna@example.org")
    assert anna.name == "Anna Vozková"
    assert anna.search_name == "anna vozkova"
    assert anna.phone == "+420777123456"
    assert len(anna.code) == 7
    assert queries.coded(session, f" {anna.code.lower()[:4]} {anna.code[4:]}") is anna


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"first_name": "  "}, "client.first_name_unusable"),
        ({"last_name": "x" * 81}, "client.last_name_unusable"),
        ({"born": date(2026, 11, 21)}, "client.born_unlikely"),
        ({"born": date(1890, 1, 1)}, "client.born_unlikely"),
        ({"phone": "12"}, "client.phone_unusable"),
        ({"email": "anna"}, "client.email_unusable"),
    ],
)
def test_a_registration_that_cannot_be_right_is_refused_at_its_field(
    session: Session, changed: dict[str, Any], code: str
) -> None:
    with pytest.raises(Invalid) as refused:
        register(session, **changed)
    assert (refused.value.code, refused.value.field) == (code, next(iter(changed)))


def test_a_name_in_another_alphabet_is_a_name(session: Session) -> None:
    olena = register(session, first_name="Олена", last_name="Нестеренко")
    assert queries.search(session, "нестер") == [olena]


def test_a_user_may_register_only_themself(session: Session) -> None:
    gustav = a_user(session)
    assert register(session, by=acting(gustav), user_id=gustav.id).user_id == gustav.id
    with pytest.raises(Forbidden, match=r"client\.not_yours_to_register"):
        register(session, by=acting(gustav))


def test_needs_are_versions_and_the_last_one_counts(session: Session) -> None:
    anna = a_client(session)
    first = queries.needs_now(session, anna.id or 0)
    second = some_needs(session, anna, mobility=Mobility.WHEELCHAIR_STAYS, chair_mass_kg=120)
    assert first is not None
    assert (first.version, first.mobility) == (1, Mobility.WALKS)
    assert queries.needs_now(session, anna.id or 0) is second
    assert second.version == 2


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"chair_mass_kg": 3}, "needs.chair_mass_unlikely"),
        ({"chair_mass_kg": 900}, "needs.chair_mass_unlikely"),
        ({"companions": -1}, "needs.companions_negative"),
        ({"note": "x" * 161}, "needs.note_too_long"),
    ],
)
def test_needs_that_cannot_be_right_are_refused(session: Session, fields: dict[str, Any], code: str) -> None:
    anna = a_client(session)
    with pytest.raises(Invalid) as refused:
        some_needs(session, anna, **fields)
    assert refused.value.code == code


def test_changing_needs_takes_the_power_to_manage(session: Session) -> None:
    anna = a_client(session)
    cyril = a_user(session, Role.REPRESENTATIVE)
    a_mandate(session, anna, cyril, Power.BOOK)
    with pytest.raises(Forbidden, match=r"mandate\.missing"):
        clients.record_needs(session, anna, by=acting(cyril), now=NOW)
    a_mandate(session, anna, cyril, Power.MANAGE)
    clients.record_needs(session, anna, by=acting(cyril), now=NOW)


def test_a_card_is_the_clients_word_until_staff_have_seen_it(session: Session) -> None:
    user, dana = a_user(session), acting(a_user(session, Role.DISPATCHER))
    anna = a_client(session, user_id=user.id)
    card = clients.entitle(session, anna, Ground.ZTP, valid_from=date(2024, 1, 1), by=acting(user), now=NOW)
    assert not card.verified
    with pytest.raises(Forbidden, match=r"eligibility\.only_staff"):
        clients.verify(session, card, by=acting(user), now=NOW)
    clients.verify(session, card, by=dana, now=NOW)
    clients.verify(session, card, by=dana, now=NOW)
    assert queries.evidence(session, anna.id or 0)[0].verified


def test_an_exception_is_granted_by_staff_only_and_dates_must_be_in_order(session: Session) -> None:
    user = a_user(session)
    anna = a_client(session, user_id=user.id)
    with pytest.raises(Forbidden, match=r"eligibility\.only_staff"):
        clients.entitle(session, anna, Ground.OTHER, valid_from=date(2024, 1, 1), by=acting(user), now=NOW)
    with pytest.raises(Invalid, match=r"eligibility\.ends_before_start"):
        a_card(session, anna, valid_from=date(2026, 1, 2), valid_until=date(2026, 1, 1))


def test_a_new_home_replaces_the_old_one(session: Session) -> None:
    anna = a_client(session)
    where: dict[str, Any] = {"place_id": a_place(session), "by": actor.SYSTEM, "now": NOW}
    clients.add_place(session, anna, label="u lékaře", **where)
    clients.add_place(session, anna, label="doma", is_home=True, **where)
    clients.add_place(session, anna, label="u syna", is_home=True, **where)
    found = queries.places(session, anna.id or 0)
    assert [(place.label, place.is_home) for place in found] == [
        ("u syna", True),
        ("doma", False),
        ("u lékaře", False),
    ]


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"label": " "}, "place.label_missing"),
        ({"label": "doma"}, "place.label_taken"),
        ({"label": "jinde", "stairs": -1}, "place.stairs_negative"),
    ],
)
def test_a_place_that_cannot_be_told_apart_is_refused(session: Session, fields: dict[str, Any], code: str) -> None:
    anna = a_client(session)
    where: dict[str, Any] = {"place_id": a_place(session), "by": actor.SYSTEM, "now": NOW}
    clients.add_place(session, anna, label="doma", **where)
    with pytest.raises(Invalid) as refused:
        clients.add_place(session, anna, **{**where, **fields})
    assert refused.value.code == code


def test_a_profile_shows_all_that_is_recorded_about_one_client(session: Session) -> None:
    anna, other = a_client(session), a_client(session, "Bedřich Černý")
    a_card(session, anna)
    a_card(session, other)
    a_mandate(session, anna, a_user(session))
    profile = queries.profile(session, anna)
    assert profile.needs is not None
    assert (len(profile.eligibilities), len(profile.mandates), len(profile.places)) == (1, 1, 0)


@pytest.mark.parametrize(
    "text",
    ["Dvořáková", "dvorakova", "DVOŘ", "dvor eva", "Eva Nem", "nemcova", "777 123 456", "123456", "+420777123456"],
)
def test_a_client_is_found_as_people_say_or_type_it(session: Session, text: str) -> None:
    eva = a_client(session, "Eva Dvořáková-Němcová", phone="777123456")
    a_client(session, "Jan Novák", phone="602000000")
    assert queries.search(session, text) == [eva]


@pytest.mark.parametrize("text", ["", "  ", "%", "_", "vorak", "12", "eva novak"])
def test_a_search_that_says_nothing_finds_nobody(session: Session, text: str) -> None:
    a_client(session, "Eva Dvořáková", phone="777123456")
    assert queries.search(session, text) == []


def test_a_search_by_code_finds_one_and_an_inactive_client_is_not_found(session: Session) -> None:
    eva = a_client(session, "Eva Dvořáková")
    assert queries.search(session, eva.code.lower()) == [eva]
    eva.active = False
    assert queries.search(session, eva.code) == []


def test_an_unknown_code_is_not_found(session: Session) -> None:
    with pytest.raises(NotFound, match=r"client\.unknown"):
        queries.coded(session, "K000000")


def test_a_user_finds_their_own_client(session: Session) -> None:
    user = a_user(session)
    anna = a_client(session, user_id=user.id)
    assert queries.of_user(session, user.id or 0) is anna
    assert queries.of_user(session, (user.id or 0) + 1) is None
