"""The code of a shift: with it and a PIN its driver logs in. A long one is scanned from paper, a short one is typed.

Both are made of the key of this installation, the shift, and how often its code was renewed. So nothing of them is kept
anywhere, paper can be printed at any time, and a copy of the database opens nothing.
"""

from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime, timedelta
from hmac import compare_digest

from sqlmodel import Session, col, update

from transport.accounts import login, pins, secret
from transport.kernel.actor import STAFF, Actor
from transport.kernel.clock import at, local_day
from transport.kernel.errors import Conflict, Exhausted, Forbidden, Invalid, NotFound, ServiceError
from transport.kernel.events import record
from transport.kernel.policy import Policies
from transport.operations.driving import closing_data
from transport.routing.fleet import fleet, logins
from transport.routing.fleet.models import Driver, Shift

DIGITS = 8
"""Of the code that is typed."""
TRIES = 10
"""Wrong codes from one address within a quarter of an hour: many drivers may share one."""
_DAY = timedelta(days=1)
_MAC = 16
_LEFT_OUT = str.maketrans("", "", " -\u00a0\u2011\u2013.\t")


@dataclass(frozen=True, slots=True)
class Pass:
    """What opens a shift, from–until: `token` in an address to be scanned, `code` to be typed."""

    token: str
    code: str
    opens_at: datetime
    closes_at: datetime


def of(shift: Shift, *, key: bytes, policies: Policies) -> Pass:
    """The code of a shift as it is now."""
    rules = policies.on(shift.day).driving
    made = secret.derived(key, f"shift {shift.id} {shift.code_renewals}")
    token = urlsafe_b64encode(made[:_MAC]).decode().rstrip("=")
    return Pass(
        token=f"{shift.id}-{token}",
        code=f"{int.from_bytes(made[_MAC:]) % 10**DIGITS:0{DIGITS}d}",
        opens_at=at(shift.day, shift.starts) - timedelta(hours=rules.code_hours_before),
        closes_at=closing_data.closes_at(shift, rules),
    )


def renew(session: Session, shift: Shift, *, by: Actor, now: datetime) -> None:
    """Make the code anew: whatever was printed before opens nothing. Refuses a shift taken out (`shift.dropped`)."""
    if by.role not in STAFF:
        raise Forbidden("role.missing")
    if shift.dropped_at is not None:
        raise Conflict("shift.dropped")
    session.exec(update(Shift).where(col(Shift.id) == shift.id).values(code_renewals=col(Shift.code_renewals) + 1))
    session.refresh(shift)
    record(session, "shift_code_renewed", subject=("shift", shift.id), by=by, now=now, facts={"day": shift.day})


def opened(session: Session, token: str, *, key: bytes, policies: Policies, now: datetime) -> Shift:
    """The shift of a scanned code. NotFound("shift.code_over") for one that is over, too early, or never was."""
    number = token.partition("-")[0]
    shift = session.get(Shift, int(number)) if number.isascii() and number.isdecimal() and len(number) < 10 else None
    if shift is None or not _opens(shift, key, policies, now) or not _same(token, shift, key, policies):
        raise NotFound("shift.code_over")
    return shift


def typed(
    session: Session, text: str, *, source: str, key: bytes, policies: Policies, now: datetime
) -> str | ServiceError:
    """The long code for a short one, as it was typed; `source` is the address it was typed at.

    A wrong one must be remembered, so the refusal is an answer, to be raised after the transaction:
    `shift.code_missing` if it is no code at all, `shift.code_wrong`, and `login.too_many` with `until` after many.
    """
    code, counted = text.translate(_LEFT_OUT), f"shift code {secret.digest(source)}"
    if not (len(code) == DIGITS and code.isdecimal()):
        return Invalid("shift.code_missing", field="code", digits=DIGITS)
    until = login.rests_until(session, counted, now=now, tries=TRIES)
    if until is not None:
        return Exhausted("login.too_many", field="code", until=until)
    today, wanted = local_day(now), str(int(code)).zfill(DIGITS)
    near = [each for each in fleet.on_duty(session, today - _DAY, today + _DAY) if _opens(each, key, policies, now)]
    passes = [of(each, key=key, policies=policies) for each in near]
    right = [each.token for each in passes if compare_digest(each.code, wanted)]
    if not right:
        login.missed(session, counted, now=now)
        return NotFound("shift.code_wrong", field="code")
    return right[0]


def sign_in(
    session: Session, token: str, pin: str, *, key: bytes, policies: Policies, now: datetime
) -> tuple[Shift, login.SignedIn | login.Refused]:
    """Log in whoever drives the shift, by their PIN, until everything of the shift closes; refusals as in `pins`."""
    shift = opened(session, token, key=key, policies=policies, now=now)
    driver = session.get_one(Driver, shift.driver_id)
    user = logins.user_of(session, driver) if driver.active else None
    lasts = of(shift, key=key, policies=policies).closes_at - now
    return shift, pins.sign_in(session, user, pin, lasts=lasts, now=now)


def _opens(shift: Shift, key: bytes, policies: Policies, now: datetime) -> bool:
    its = of(shift, key=key, policies=policies)
    return shift.dropped_at is None and its.opens_at <= now < its.closes_at


def _same(token: str, shift: Shift, key: bytes, policies: Policies) -> bool:
    return compare_digest(token.encode(), of(shift, key=key, policies=policies).token.encode())
