"""One prepares, another decides: the places wait for the answer, and nobody agrees with themselves."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pytest
from sqlmodel import Session, select

from tests.builders.booking import a_draft, booked, chosen, looked
from tests.builders.clients import a_mandate, a_user, acting
from tests.builders.town import NOW, Town
from tests.cast import Cast
from transport.accounts.models import User
from transport.booking.clients import mandates
from transport.booking.clients.models import Mandate, MandateKind, Power
from transport.booking.rides import booking, consents, drafts, requests
from transport.booking.rides.models import BookingDraft, Consent, ConsentOf, ConsentOutcome, Leg
from transport.kernel.actor import Actor, Role
from transport.kernel.clock import at
from transport.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from transport.routing.planning import day as days
from transport.routing.planning import promises
from transport.routing.planning.models import Promise, PromiseState

TWO_HOURS = timedelta(hours=2)


@dataclass(frozen=True, slots=True)
class Prepared:
    """Ivo the supporter has chosen a window for Anna."""

    ivo: Actor
    draft: BookingDraft


@pytest.fixture
def prepared(session: Session, town: Town, cast: Cast) -> Prepared:
    ivo = a_user(session, Role.REPRESENTATIVE, "Ivo Rádce")
    a_mandate(session, cast.anna, ivo, Power.PREPARE, kind=MandateKind.SUPPORTER)
    draft = a_draft(session, town, cast.anna, by=acting(ivo))
    chosen(session, town, draft, by=acting(ivo))
    return Prepared(acting(ivo), draft)


@pytest.fixture
def asked(session: Session, town: Town, prepared: Prepared) -> Consent:
    return consents.ask(session, prepared.draft, world=town.world, by=prepared.ivo, now=NOW)


def held(session: Session, draft: BookingDraft) -> list[Promise]:
    return [session.get_one(Promise, promise_id) for promise_id in drafts.held(draft).values()]


def mandates_of(session: Session, representative: Actor) -> list[Mandate]:
    return list(session.exec(select(Mandate).where(Mandate.user_id == representative.user)))


def agreed(session: Session, town: Town, asked: Consent, by: Actor, now: datetime = NOW) -> list[str]:
    request = consents.agree(session, asked, world=town.world, by=by, now=now)
    return [ride.status.value for ride in requests.of_request(session, request)]


def test_who_only_prepares_cannot_book(session: Session, town: Town, prepared: Prepared):
    with pytest.raises(Forbidden, match=r"consent\.needed"):
        booking.book(session, prepared.draft, world=town.world, by=prepared.ivo, now=NOW)


def test_the_places_wait_for_the_answer_as_long_as_the_rules_say(session: Session, prepared: Prepared, asked: Consent):
    assert asked.until == NOW + TWO_HOURS
    assert asked.wanted_of is ConsentOf.CLIENT
    assert [promise.held_until for promise in held(session, prepared.draft)] == [NOW + TWO_HOURS]


def test_the_places_wait_no_longer_than_until_the_vehicle_would_come(
    session: Session, town: Town, cast: Cast, prepared: Prepared
):
    soon = at(town.day, town.second("9:00")) - timedelta(minutes=100)
    draft = a_draft(session, town, cast.anna, by=prepared.ivo, now=soon)
    chosen(session, town, draft, by=prepared.ivo, now=soon)
    asked = consents.ask(session, draft, world=town.world, by=prepared.ivo, now=soon)
    assert asked.until == at(town.day, held(session, draft)[0].window_start)
    assert asked.until < soon + TWO_HOURS


def test_the_client_agrees_and_the_order_remembers_both(session: Session, town: Town, cast: Cast, asked: Consent):
    request = consents.agree(session, asked, world=town.world, by=cast.anna_herself, now=NOW + timedelta(hours=1))
    assert (request.requested_by, request.prepared_by) == (cast.anna_herself.user, asked.asked_by)
    assert (asked.outcome, asked.answered_by) == (ConsentOutcome.GIVEN, cast.anna_herself.label)
    again = consents.agree(session, asked, world=town.world, by=cast.anna_herself, now=NOW)
    assert again is request


def test_a_representative_who_may_book_agrees_too(session: Session, town: Town, cast: Cast, asked: Consent):
    assert agreed(session, town, asked, cast.cyril) == ["requested"]


def test_nobody_agrees_with_themselves(session: Session, town: Town, prepared: Prepared, asked: Consent):
    with pytest.raises(Forbidden, match=r"consent\.not_yours_to_give"):
        consents.agree(session, asked, world=town.world, by=prepared.ivo, now=NOW)


def test_another_supporter_agrees_to_nothing(session: Session, town: Town, cast: Cast, asked: Consent):
    jana = a_user(session, Role.REPRESENTATIVE, "Jana Rádkyně")
    a_mandate(session, cast.anna, jana, Power.PREPARE, kind=MandateKind.SUPPORTER)
    for answer in (consents.agree, consents.refuse):
        with pytest.raises(Forbidden, match=r"consent\.not_yours_to_give"):
            answer(session, asked, world=town.world, by=acting(jana), now=NOW)


def test_a_stranger_does_not_learn_of_the_question(session: Session, town: Town, cast: Cast, asked: Consent):
    with pytest.raises(NotFound):
        consents.get(session, asked.id or 0, by=cast.gustav, now=NOW)
    with pytest.raises(NotFound):
        consents.waiting(session, cast.anna.id or 0, by=cast.gustav, now=NOW)
    with pytest.raises(NotFound):
        consents.agree(session, asked, world=town.world, by=cast.gustav, now=NOW)
    assert consents.get(session, asked.id or 0, by=cast.anna_herself, now=NOW) is asked
    assert consents.waiting(session, cast.anna.id or 0, by=cast.anna_herself, now=NOW) == [asked]


@pytest.mark.parametrize("who", ["anna", "ivo"])
def test_a_no_gives_the_places_back(
    session: Session, town: Town, cast: Cast, prepared: Prepared, asked: Consent, who: str
):
    by = cast.anna_herself if who == "anna" else prepared.ivo
    for _ in range(2):
        consents.refuse(session, asked, world=town.world, by=by, now=NOW)
    assert [promise.state for promise in held(session, prepared.draft)] == [PromiseState.WITHDRAWN]
    assert asked.outcome is ConsentOutcome.REFUSED
    with pytest.raises(Conflict, match=r"consent\.over"):
        consents.agree(session, asked, world=town.world, by=cast.anna_herself, now=NOW)


def test_no_answer_gives_the_places_back(session: Session, town: Town, cast: Cast, prepared: Prepared, asked: Consent):
    assert consents.over(session, now=asked.until) == []
    late = asked.until + timedelta(seconds=1)
    with pytest.raises(Conflict, match=r"consent\.over"):
        consents.agree(session, asked, world=town.world, by=cast.anna_herself, now=late)
    assert consents.over(session, now=late) == [asked.id]
    assert consents.lapse(session, asked.id or 0, world=town.world, now=late)
    assert not consents.lapse(session, asked.id or 0, world=town.world, now=late)
    assert [promise.state for promise in held(session, prepared.draft)] == [PromiseState.WITHDRAWN]
    assert asked.outcome is ConsentOutcome.LAPSED


def test_places_that_wait_for_an_answer_are_not_taken_back_as_undecided(
    session: Session, town: Town, prepared: Prepared, asked: Consent
):
    days.lock(session, town.day)
    assert promises.lapse(session, town.day, world=town.world, now=asked.until) == 0
    assert [promise.state for promise in held(session, prepared.draft)] == [PromiseState.HELD]


def test_asking_twice_is_one_question(session: Session, town: Town, prepared: Prepared, asked: Consent):
    again = consents.ask(session, prepared.draft, world=town.world, by=prepared.ivo, now=NOW + timedelta(hours=1))
    assert again is asked
    assert asked.until == NOW + TWO_HOURS


def other_window(session: Session, town: Town, cast: Cast, prepared: Prepared) -> None:
    booking.choose(session, prepared.draft, {Leg.OUTBOUND: 1}, world=town.world, by=prepared.ivo, now=NOW)


def other_place(session: Session, town: Town, cast: Cast, prepared: Prepared) -> None:
    drafts.note(session, prepared.draft, now=NOW, destination=town.places["school"])


def other_client(session: Session, town: Town, cast: Cast, prepared: Prepared) -> None:
    prepared.draft.client_id = cast.bedrich.id
    session.flush()


@pytest.mark.parametrize("change", [other_window, other_place, other_client])
def test_nobody_agrees_to_what_they_have_not_seen(
    session: Session,
    town: Town,
    cast: Cast,
    prepared: Prepared,
    asked: Consent,
    change: Callable[[Session, Town, Cast, Prepared], None],
):
    change(session, town, cast, prepared)
    with pytest.raises(Conflict, match=r"consent\.changed"):
        consents.agree(session, asked, world=town.world, by=cast.anna_herself, now=NOW)
    assert consents.over(session, now=NOW) == [asked.id]


def test_another_choice_is_another_question(
    session: Session, town: Town, cast: Cast, prepared: Prepared, asked: Consent
):
    other_window(session, town, cast, prepared)
    second = consents.ask(session, prepared.draft, world=town.world, by=prepared.ivo, now=NOW)
    assert (asked.outcome, second.outcome) == (ConsentOutcome.LAPSED, ConsentOutcome.PENDING)
    assert agreed(session, town, second, cast.anna_herself) == ["requested"]


def test_there_and_back_is_one_question(session: Session, town: Town, cast: Cast, prepared: Prepared):
    draft = a_draft(session, town, cast.anna, "9:00", by=prepared.ivo, back="12:00")
    chosen(session, town, draft, by=prepared.ivo)
    asked = consents.ask(session, draft, world=town.world, by=prepared.ivo, now=NOW)
    assert agreed(session, town, asked, cast.anna_herself) == ["requested", "requested"]


def test_what_is_not_chosen_cannot_be_asked_about(session: Session, town: Town, cast: Cast, prepared: Prepared):
    draft = a_draft(session, town, cast.anna, by=prepared.ivo)
    looked(session, town, draft, by=prepared.ivo)
    with pytest.raises(Invalid, match=r"offer\.choose"):
        consents.ask(session, draft, world=town.world, by=prepared.ivo, now=NOW)


def test_what_is_booked_is_not_asked_about(session: Session, town: Town, cast: Cast):
    draft = a_draft(session, town, cast.anna, by=cast.cyril)
    booked(session, town, draft, by=cast.cyril)
    with pytest.raises(Conflict, match=r"consent\.over"):
        consents.ask(session, draft, world=town.world, by=cast.cyril, now=NOW)


def test_a_lapsed_choice_has_to_be_made_again(session: Session, town: Town, prepared: Prepared):
    with pytest.raises(Conflict, match=r"promise\.not_held"):
        consents.ask(session, prepared.draft, world=town.world, by=prepared.ivo, now=NOW + timedelta(hours=1))


def test_a_revoked_mandate_ends_what_was_prepared_with_it(
    session: Session, town: Town, cast: Cast, prepared: Prepared, asked: Consent
):
    (mandate,) = mandates_of(session, prepared.ivo)
    mandates.revoke(session, mandate, by=cast.anna_herself, now=NOW)
    for by in (cast.anna_herself, cast.cyril, cast.hana):
        with pytest.raises(Conflict, match=r"consent\.over"):
            consents.agree(session, asked, world=town.world, by=by, now=NOW)
    assert consents.over(session, now=NOW) == [asked.id]
    assert consents.waiting(session, cast.anna.id or 0, by=cast.anna_herself, now=NOW) == []


@dataclass(frozen=True, slots=True)
class Joint:
    """Two joint guardians of Bedřich, who decide together; the first has prepared an order."""

    first: Actor
    second: Actor
    asked: Consent


@pytest.fixture
def joint(session: Session, town: Town, cast: Cast) -> Joint:
    pair = [a_user(session, Role.REPRESENTATIVE, name) for name in ("Karel První", "Lenka Druhá")]
    for user in pair:
        a_mandate(session, cast.bedrich, user, kind=MandateKind.GUARDIAN, joint=True, evidence="usnesení, 1. 2. 2026")
    first, second = map(acting, pair)
    draft = a_draft(session, town, cast.bedrich, by=first)
    chosen(session, town, draft, by=first)
    return Joint(first, second, consents.ask(session, draft, world=town.world, by=first, now=NOW))


def test_two_joint_representatives_decide_together(session: Session, town: Town, joint: Joint):
    assert joint.asked.wanted_of is ConsentOf.REPRESENTATIVE
    with pytest.raises(Forbidden, match=r"consent\.not_yours_to_give"):
        agreed(session, town, joint.asked, joint.first)
    assert agreed(session, town, joint.asked, joint.second) == ["requested"]


def test_one_joint_representative_and_a_supporter_are_not_two_representatives(
    session: Session, town: Town, cast: Cast, joint: Joint, prepared: Prepared
):
    a_mandate(
        session, cast.bedrich, session.get_one(User, prepared.ivo.user), Power.PREPARE, kind=MandateKind.SUPPORTER
    )
    draft = a_draft(session, town, cast.bedrich, "14:00", by=prepared.ivo)
    chosen(session, town, draft, by=prepared.ivo)
    asked = consents.ask(session, draft, world=town.world, by=prepared.ivo, now=NOW)
    with pytest.raises(Forbidden, match=r"consent\.not_yours_to_give"):
        agreed(session, town, asked, joint.second)


def test_a_joint_representative_whose_mandate_has_ended_does_not_count(session: Session, town: Town, joint: Joint):
    for mandate in mandates_of(session, joint.first):
        mandate.valid_until = date(2026, 11, 19)
    with pytest.raises(Forbidden, match=r"consent\.not_yours_to_give"):
        agreed(session, town, joint.asked, joint.second)


def test_a_client_under_guardianship_prepares_and_the_guardian_agrees(session: Session, town: Town, cast: Cast):
    guardian = a_user(session, Role.REPRESENTATIVE, "Otakar Opatrovník")
    how = {"kind": MandateKind.GUARDIAN_LIMITED, "exclusive": True, "evidence": "usnesení, 1. 2. 2026"}
    a_mandate(session, cast.anna, guardian, Power.BOOK, **how)  # type: ignore[arg-type]
    draft = a_draft(session, town, cast.anna, by=cast.anna_herself)
    chosen(session, town, draft, by=cast.anna_herself)
    with pytest.raises(Forbidden, match=r"consent\.needed"):
        booking.book(session, draft, world=town.world, by=cast.anna_herself, now=NOW)
    asked = consents.ask(session, draft, world=town.world, by=cast.anna_herself, now=NOW)
    assert asked.wanted_of is ConsentOf.REPRESENTATIVE
    with pytest.raises(Forbidden, match=r"consent\.not_yours_to_give"):
        agreed(session, town, asked, cast.anna_herself)
    assert agreed(session, town, asked, acting(guardian)) == ["requested"]


def test_our_staff_write_down_what_the_client_said_by_phone(session: Session, town: Town, cast: Cast, asked: Consent):
    assert agreed(session, town, asked, cast.hana) == ["confirmed"]
    assert asked.answered_by == cast.hana.label


def test_the_answer_is_kept_when_the_draft_is_forgotten(session: Session, town: Town, cast: Cast, asked: Consent):
    agreed(session, town, asked, cast.anna_herself)
    month_later = NOW + drafts.KEPT + timedelta(days=1)
    drafts.forget(session, month_later)
    session.refresh(asked)
    assert (asked.outcome, asked.draft_key) == (ConsentOutcome.GIVEN, None)
    with pytest.raises(Conflict, match=r"consent\.over"):
        consents.refuse(session, asked, world=town.world, by=cast.anna_herself, now=month_later)


def test_a_question_outlives_its_draft_only_to_lapse(session: Session, town: Town, asked: Consent):
    month_later = NOW + drafts.KEPT + timedelta(days=1)
    drafts.forget(session, month_later)
    session.refresh(asked)
    assert consents.over(session, now=month_later) == [asked.id]
    assert consents.lapse(session, asked.id or 0, world=town.world, now=month_later)
    assert consents.over(session, now=month_later) == []
