"""Orders being written: kept on the server, so that nothing typed is lost and the browser needs no script.

The answers are one JSON object of the steps; what was offered and what is held is kept with them, so that a
client can only choose what we have shown.
"""

import json
import secrets
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import update
from sqlmodel import Session, col, select

from transport.booking.rides.models import BookingDraft, Consent, KindOfPlace, Leg, WaitingWish
from transport.booking.rides.wishing import Alternative, AlternativeKind, Answer, LegWish, Order, Priced
from transport.kernel.actor import Actor
from transport.kernel.errors import Invalid, NotFound
from transport.kernel.values import Window
from transport.routing.planning import wishes

KEPT = timedelta(days=30)


def start(session: Session, *, client_id: int | None, by: Actor, now: datetime, standing: bool = False) -> BookingDraft:
    """Begin an order, of single rides or a standing one; `client_id` None while it is not yet said for whom."""
    if by.user is None:
        raise NotFound("draft")
    draft = BookingDraft(
        key=secrets.token_urlsafe(9),
        user_id=by.user,
        client_id=client_id,
        created_at=now,
        updated_at=now,
        standing=standing,
    )
    session.add(draft)
    session.flush()
    return draft


def get(session: Session, key: str, *, by: Actor, now: datetime, standing: bool = False) -> BookingDraft:
    """This person's own draft; anybody else's, or one older than 30 days, does not exist (NotFound("draft"))."""
    draft = session.get(BookingDraft, key)
    if draft is None or draft.user_id != by.user or draft.updated_at < now - KEPT or draft.standing is not standing:
        raise NotFound("draft")
    return draft


def lock(session: Session, draft: BookingDraft, *, now: datetime) -> None:
    """Be the only one who decides on this order until the transaction ends: a doubled click waits for the first."""
    mine = (
        update(BookingDraft)
        .where(col(BookingDraft.key) == draft.key)
        .values(updated_at=now)
        .execution_options(synchronize_session=False)
    )
    session.connection().execute(mine)
    session.refresh(draft)


def answers(draft: BookingDraft) -> dict[str, Any]:
    """What has been answered so far, by step."""
    found: dict[str, Any] = json.loads(draft.answers)
    return found


def note(session: Session, draft: BookingDraft, *, now: datetime, **said: object) -> None:
    """Remember answers; a changed answer forgets what was offered on the old ones."""
    known = answers(draft)
    if any(known.get(name) != value for name, value in said.items()):
        for outdated in ("shown", "chosen", "alternatives"):
            known.pop(outdated, None)
    known.update(said)
    _store(session, draft, known, now)


def order(draft: BookingDraft) -> Order:
    """The draft as an order. Raises Invalid("draft.incomplete") naming the first step not answered."""
    known = answers(draft)
    for step in ("origin", "destination", "day", "anchor", "seconds"):
        if known.get(step) is None:
            raise Invalid("draft.incomplete", field=step)
    if draft.client_id is None:
        raise Invalid("draft.incomplete", field="client")
    day = date.fromisoformat(known["day"])
    there = LegWish(
        Leg(known.get("leg", Leg.OUTBOUND)),
        int(known["origin"]),
        int(known["destination"]),
        day,
        wishes.Wish(wishes.Anchor(known["anchor"]), int(known["seconds"])),
        will_call=bool(known.get("will_call")) and known.get("leg") == Leg.RETURN,
    )
    legs: tuple[LegWish, ...] = (there,)
    if known.get("return_seconds") is not None:
        back_day = date.fromisoformat(known.get("return_day") or known["day"])
        wish = wishes.Wish(wishes.Anchor.LEAVE_AT, int(known["return_seconds"]))
        called = bool(known.get("will_call"))
        legs = (there, LegWish(Leg.RETURN, there.destination, there.origin, back_day, wish, called))
    companions = tuple(KindOfPlace(kind) for kind in known.get("companions", ()))
    return Order(
        key=draft.key,
        client_id=draft.client_id,
        legs=legs,
        companions=companions,
        solo=bool(known.get("solo")),
        needs_id=known.get("needs_id"),
        purpose=known.get("purpose") or "",
        replaces=known.get("replaces"),
    )


def show(session: Session, draft: BookingDraft, found: list[Answer], *, now: datetime) -> None:
    """Remember what the client has been shown, to choose from."""
    rows = {answer.wish.leg.value: [asdict(priced) for priced in answer.shown] for answer in found}
    instead = next((answer.alternatives for answer in found if answer.alternatives), ())
    note(session, draft, now=now, shown=rows, alternatives=[asdict(each) for each in instead])


def choose(session: Session, draft: BookingDraft, chosen: Mapping[Leg, int], *, now: datetime) -> dict[Leg, Priced]:
    """Remember which of the shown windows (counted from 0) the client wants for each leg.

    Raises Invalid("offer.choose") for something that was not shown.
    """
    known = answers(draft)
    options = shown(draft)
    if any(leg not in options or not 0 <= number < len(options[leg]) for leg, number in chosen.items()):
        raise Invalid("offer.choose", field="offer")
    known["chosen"] = {leg.value: number for leg, number in chosen.items()}
    _store(session, draft, known, now)
    return {leg: options[leg][number] for leg, number in chosen.items()}


def chosen(draft: BookingDraft) -> dict[Leg, Priced]:
    """The windows chosen last, by leg."""
    options = shown(draft)
    known = answers(draft).get("chosen") or {}
    return {Leg(leg): options[Leg(leg)][number] for leg, number in known.items()}


def hold(session: Session, draft: BookingDraft, held: Mapping[Leg, int], *, now: datetime) -> None:
    """Remember the promises held for the chosen windows."""
    known = answers(draft)
    known["held"] = {leg.value: promise_id for leg, promise_id in held.items()}
    _store(session, draft, known, now)


def held(draft: BookingDraft) -> dict[Leg, int]:
    """Promises held for this draft, by leg; they may have lapsed."""
    known = answers(draft).get("held") or {}
    return {Leg(leg): promise_id for leg, promise_id in known.items()}


def shown(draft: BookingDraft) -> dict[Leg, tuple[Priced, ...]]:
    """What the client has been shown last, by leg; empty if the answers have changed since."""
    known = answers(draft).get("shown") or {}
    return {Leg(leg): tuple(_priced(row) for row in rows) for leg, rows in known.items()}


def alternatives(draft: BookingDraft) -> tuple[Alternative, ...]:
    """The other orders that were shown with the last refusal; empty if the answers have changed since."""
    rows = answers(draft).get("alternatives") or ()
    return tuple(
        Alternative(
            AlternativeKind(row["kind"]),
            tuple(_leg_wish(leg) for leg in row["legs"]),
            tuple(_priced(priced) for priced in row["priced"]),
        )
        for row in rows
    )


def forget(session: Session, now: datetime) -> int:
    """Drafts nobody has touched for 30 days are deleted; says how many."""
    old = list(session.exec(select(BookingDraft).where(col(BookingDraft.updated_at) < now - KEPT)))
    keys = [draft.key for draft in old]
    waited = update(WaitingWish).where(col(WaitingWish.draft_key).in_(keys))
    session.connection().execute(waited.values(draft_key=None))
    agreed = update(Consent).where(col(Consent.draft_key).in_(keys))
    session.connection().execute(agreed.values(draft_key=None))
    for draft in old:
        session.delete(draft)
    session.flush()
    return len(old)


def _store(session: Session, draft: BookingDraft, known: dict[str, Any], now: datetime) -> None:
    draft.answers = json.dumps(known, default=str, sort_keys=True)
    draft.updated_at = now
    session.add(draft)
    session.flush()


def _leg_wish(row: dict[str, Any]) -> LegWish:
    wish = wishes.Wish(wishes.Anchor(row["wish"]["anchor"]), row["wish"]["seconds"])
    leg, day = Leg(row["leg"]), date.fromisoformat(row["day"])
    return LegWish(leg, row["origin"], row["destination"], day, wish, row["will_call"])


def _priced(row: dict[str, Any]) -> Priced:
    option = dict(row["option"])
    option["window"] = Window(**option["window"])
    return Priced(wishes.Option(**option), row["price"], row["metres"])
