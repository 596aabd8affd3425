"""Doors: what our house has said to people, what still waits to leave, and the letters to be printed."""

from datetime import datetime
from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from sqlmodel import Session

from transport.api import paper
from transport.api.deps import Me, Now, Reading, Writing, csrf_checked, require
from transport.api.forms import FormData, one, several
from transport.api.lists import as_csv
from transport.api.render import page, see_other
from transport.kernel.actor import Role
from transport.kernel.clock import local_day
from transport.kernel.errors import Invalid, NotFound
from transport.operations.messages import reviewing, texts

router = APIRouter(dependencies=[require(Role.OPERATOR, Role.DISPATCHER, Role.ADMIN), Depends(csrf_checked)])
PRINT, PAPER = "layouts/print.html", "layouts/paper.html"
MOST = 200
HEAD = (
    "number", "kind", "way", "state", "client", "ride", "to_representative", "written", "due", "ended", "tries", "why",
)  # fmt: skip


@router.get("/op/zpravy", name="op:messages")
def messages(
    request: Request, session: Reading, now: Now, stav: str = "", druh: str = "", klient: str = ""
) -> Response:
    """The newest first, chosen by state, kind and person; over them how all of them stand."""
    unknown = False
    try:
        found = reviewing.listed(session, state=stav, kind=druh, client=klient.strip(), limit=MOST)
    except NotFound:
        found, unknown = [], True
    return page(
        request,
        "operator/told.html",
        found=found,
        unknown=unknown,
        standing=reviewing.standing(session, now=now),
        ways=list(reviewing.Way),
        states=list(reviewing.MessageState),
        kinds=list(texts.SUBJECTS),
        chosen={"stav": stav, "druh": druh, "klient": klient[:12]},
        most=MOST,
    )


@router.get("/op/zpravy.csv", name="op:messages.csv")
def messages_csv(session: Reading, stav: str = "", druh: str = "", klient: str = "") -> Response:
    """The same for a spreadsheet, whole, without texts and addresses."""
    found = reviewing.listed(session, state=stav, kind=druh, client=klient.strip(), limit=10_000)
    return as_csv(
        "zpravy",
        HEAD,
        [
            (
                each.message.id, each.message.kind.value, each.message.way.value, each.message.state.value,
                each.client.code if each.client else "", each.ride_code, int(each.message.user_id is not None),
                each.message.queued_at, each.message.due_at or "", each.message.ended_at or "",
                each.message.tries, each.message.trouble,
            )
            for each in found
        ],
    )  # fmt: skip


@router.get("/op/dopisy", name="op:post")
def post(request: Request, session: Reading) -> Response:
    """The letters that wait for a printer."""
    done = request.query_params.get("hotovo", "")
    return page(request, "operator/post.html", letters=reviewing.letters(session), done=done)


@router.get("/op/dopisy/tisk", name="op:post.print")
def post_print(request: Request, session: Reading, now: Now) -> Response:
    """Each letter on a sheet of its own, in large print."""
    return page(request, "operator/post_print.html", layout=PRINT, **_letters(session, now))


@router.get("/op/dopisy/tisk.pdf", name="op:post.pdf")
def post_pdf(request: Request, session: Reading, now: Now) -> Response:
    """The same as one PDF."""
    shown = page(request, "operator/post_print.html", layout=PAPER, **_letters(session, now))
    return paper.download(paper.pdf(bytes(shown.body).decode()), "dopisy")


@router.post("/op/dopisy/vytisteno", name="op:post.printed")
def post_printed(session: Writing, me: Me, now: Now, data: FormData) -> Response:
    """These letters are printed and go to the post."""
    numbers = several(data, "letter")
    if not numbers or not all(number.isdecimal() for number in numbers):
        raise Invalid("letter.none_chosen", field="letter")
    reviewing.printed(session, [int(number) for number in numbers], by=me, now=now)
    return see_other(f"/op/dopisy?hotovo={'vytisteno' if one(data, 'letter') else ''}")


def _letters(session: Session, now: datetime) -> dict[str, Any]:
    return {"letters": reviewing.letters(session), "today": local_day(now)}
