"""Doors: what to say to whoever speaks another language or finds it hard to speak: four languages side by side."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from transport.api.deps import require
from transport.api.render import CATALOGUES, page
from transport.kernel.actor import Role
from transport.kernel.i18n import Lang
from transport.kernel.i18n import mark as _

router = APIRouter(dependencies=[require(Role.OPERATOR, Role.DISPATCHER, Role.ADMIN)])
SIDE_BY_SIDE: tuple[Lang, ...] = ("cs", "uk", "de", "en")


PARTS = (
    ("start", _("The beginning"), (
        _("Good day, this is the assisted transport service."),
        _("Which language do you speak?"),
        _("Please speak slowly. We have time."),
        _("I ask short questions. Say yes or no."),
        _("What is your name?"),
        _("When were you born?"),
        _("In which street do you live?"),
    )),
    ("ride", _("The ride"), (
        _("Where do we pick you up?"),
        _("Where are you going?"),
        _("Which day?"),
        _("What time do you want to be there?"),
        _("Do you need a return ride?"),
        _("Do you use a wheelchair?"),
        _("Do you stay in the wheelchair?"),
        _("Does anybody travel with you?"),
        _("Where exactly should the driver ring?"),
    )),
    ("offer", _("The offer and the end"), (
        _("We pick you up between these times."),
        _("You will be there by this time."),
        _("It costs this much. You pay the driver."),
        _("This time is not possible. We offer another one."),
        _("Do you agree?"),
        _("Your ride is booked. We send you a text message."),
        _("Your ride is cancelled. You pay nothing."),
        _("We call you back."),
        _("Thank you. Goodbye."),
    )),
    ("trouble", _("When something is wrong"), (
        _("The car is on its way. It comes in this many minutes."),
        _("We are sorry, the car is late."),
        _("Are you all right?"),
        _("If a life is in danger, call 155."),
        _("May somebody else speak for you?"),
        _("I do not understand. Please send us a text message."),
    )),
)  # fmt: skip
"""Phrases in the order of a call."""


@router.get("/op/fraze", name="op:phrases")
def sheet(request: Request) -> Response:
    """The sheet, to be kept open beside the telephone or printed."""
    parts = [
        (key, title, [[(lang, CATALOGUES[lang].text(phrase)) for lang in SIDE_BY_SIDE] for phrase in phrases])
        for key, title, phrases in PARTS
    ]
    return page(request, "operator/phrases.html", parts=parts, tongues=SIDE_BY_SIDE)
