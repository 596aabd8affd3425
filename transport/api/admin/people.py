"""Doors: who may log in, as what, and how they get in again."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from fastapi.responses import Response
from sqlmodel import Session

from transport.accounts import devices, passkeys, users
from transport.accounts.users import EMPLOYED
from transport.api.deps import Me, Now, Plugged, Reading
from transport.api.forms import Fields, FormData, one
from transport.api.render import errors_of, page, see_other
from transport.bootstrap import Services
from transport.kernel.actor import Actor, Role
from transport.kernel.clock import local_day
from transport.kernel.db import reading, writing
from transport.kernel.errors import Invalid, NotFound, ServiceError
from transport.kernel.i18n import LANGUAGES
from transport.routing.fleet import logins

router = APIRouter(prefix="/uzivatele")
MOST = 100
"""So many people at most are listed; a search finds the others."""
LONGEST = 80
ONE = "/{user_id}"
DONE = ("pridano", "role", "pryc", "zpet", "obnoveno", "ridic")
"""What the page of somebody may have to say, by the word in its address."""
NO_FORM = frozenset({"user.unknown", "user.oneself", "user.role_not_for_them", "driver.other_role"})
"""Refusals of what no page of ours offers: they are pages of their own."""

UserId = Annotated[int, Path(ge=1, lt=2**31)]


@router.get("", name="admin:people")
def people(request: Request, session: Reading, q: str = "", role: str = "") -> Response:
    """Our own people; with a search or another role everybody who may log in."""
    asked = q.strip()[:LONGEST]
    wanted = _role(role)
    roles = (wanted,) if wanted else () if asked else EMPLOYED
    found = users.find(session, asked, roles=roles, limit=MOST + 1)
    return page(
        request,
        "admin/people.html",
        q=asked,
        role=wanted.value if wanted else "",
        roles=[each.value for each in Role if each is not Role.SYSTEM],
        found=found[:MOST],
        more=len(found) > MOST,
    )


@router.get("/novy", name="admin:people.new")
def new(request: Request) -> Response:
    """The form for somebody who begins to work here."""
    return _new_page(request, {"language": "cs"})


@router.post("/novy", name="admin:people.add")
def add(request: Request, me: Me, now: Now, services: Plugged, data: FormData) -> Response:
    """Let somebody log in who works for the service."""
    role, language = _role(one(data, "role")), one(data, "language")
    try:
        with writing(services.database) as session:
            if role not in EMPLOYED:
                raise Invalid("user.role_missing", field="role")
            if language not in LANGUAGES:
                raise Invalid("client.language_missing", field="language")
            user = users.add(
                session,
                one(data, "login"),
                one(data, "name"),
                role,
                one(data, "password"),
                language=language,
                by=me,
                now=now,
            )
    except ServiceError as error:
        return _new_page(request, data, error)
    return _see(user.id, "pridano")


@router.get(ONE, name="admin:person")
def person(request: Request, user_id: UserId, session: Reading, me: Me, now: Now) -> Response:
    """One log-in: its role, its ways in, and what may be changed."""
    return _page(request, session, users.numbered(session, user_id), me, now)


@router.post(f"{ONE}/role", name="admin:person.role")
def change_role(request: Request, user_id: UserId, me: Me, now: Now, services: Plugged, data: FormData) -> Response:
    """Give somebody other work."""
    role = _role(one(data, "role"))
    try:
        with writing(services.database) as session:
            user = users.numbered(session, user_id)
            if role is None:
                raise Invalid("user.role_missing", field="role")
            users.change_role(session, user, role, by=me, now=now)
            if role is not Role.DRIVER:
                logins.unlink(session, user, by=me, now=now)
    except ServiceError as error:
        return _refused(request, user_id, me, now, services, error, "role")
    return _see(user_id, "role")


@router.post(f"{ONE}/pryc", name="admin:person.out")
def shut_out(request: Request, user_id: UserId, me: Me, now: Now, services: Plugged) -> Response:
    """Shut somebody out at once."""
    try:
        with writing(services.database) as session:
            users.disable(session, users.numbered(session, user_id), by=me, now=now)
    except ServiceError as error:
        return _refused(request, user_id, me, now, services, error, "out")
    return _see(user_id, "pryc")


@router.post(f"{ONE}/zpet", name="admin:person.back")
def let_in_again(user_id: UserId, me: Me, now: Now, services: Plugged) -> Response:
    """Let somebody in again."""
    with writing(services.database) as session:
        users.enable(session, users.numbered(session, user_id), by=me, now=now)
    return _see(user_id, "zpet")


@router.post(f"{ONE}/prihlaseni", name="admin:person.reset")
def reset(request: Request, user_id: UserId, me: Me, now: Now, services: Plugged, data: FormData) -> Response:
    """Take all ways to log in away; staff get a new password."""
    try:
        with writing(services.database) as session:
            user = users.numbered(session, user_id)
            users.reset(session, user, one(data, "password") if user.role in EMPLOYED else "", by=me, now=now)
    except ServiceError as error:
        return _refused(request, user_id, me, now, services, error, "password")
    return _see(user_id, "obnoveno")


@router.post(f"{ONE}/ridic", name="admin:person.driver")
def link_driver(request: Request, user_id: UserId, me: Me, now: Now, services: Plugged, data: FormData) -> Response:
    """Say which driver it is who logs in so; none is an answer too."""
    chosen = one(data, "driver")
    try:
        with writing(services.database) as session:
            user = users.numbered(session, user_id)
            if chosen == "none":
                logins.unlink(session, user, by=me, now=now)
            elif chosen.isascii() and chosen.isdecimal() and len(chosen) < 10:
                logins.link(session, user, int(chosen), by=me, now=now)
            else:
                raise NotFound("driver.unknown", field="driver")
    except ServiceError as error:
        return _refused(request, user_id, me, now, services, error, "driver")
    return _see(user_id, "ridic")


def _role(word: str) -> Role | None:
    return next((role for role in Role if role.value == word and role is not Role.SYSTEM), None)


def _see(user_id: int | None, word: str) -> Response:
    return see_other(f"/sprava/uzivatele/{user_id}?hotovo={word}")


def _new_page(request: Request, data: Fields, error: ServiceError | None = None) -> Response:
    return page(
        request,
        "admin/person_new.html",
        status_code=422 if error else 200,
        errors=errors_of(request, error, "login") if error else {},
        values={name: one(data, name) for name in ("login", "name", "role", "language")},
        roles=[role.value for role in EMPLOYED],
    )


def _refused(
    request: Request, user_id: int, me: Actor, now: datetime, services: Services, error: ServiceError, field: str
) -> Response:
    """The page of somebody again, with the sentence where it was pressed."""
    if error.code in NO_FORM:
        raise error
    with reading(services.database) as session:
        errors = {field: errors_of(request, error, field).popitem()[1]}
        user = users.numbered(session, user_id)
        return _page(request, session, user, me, now, status_code=422, errors=errors)


def _page(
    request: Request,
    session: Session,
    user: users.User,
    me: Actor,
    now: datetime,
    **more: Any,  # noqa: ANN401
) -> Response:
    user_id = user.id or 0
    done = request.query_params.get("hotovo", "")
    return page(
        request,
        "admin/person.html",
        user=user,
        own=me.user == user_id,
        since=local_day(user.created_at),
        employed=user.role in EMPLOYED,
        roles=[role.value for role in EMPLOYED],
        devices=devices.of(session, user_id, now=now),
        passkeys=passkeys.of(session, user_id),
        driver=logins.driver_of(session, user_id),
        drivers=logins.without(session),
        done=done if done in DONE else "",
        **more,
    )
