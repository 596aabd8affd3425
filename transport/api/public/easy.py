"""Easy to read: short sentences, one on a line, a picture beside each; hard words explained below."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from markupsafe import Markup

from transport.api import render
from transport.api.deps import Now, Plugged, visitor
from transport.api.public import conditions
from transport.kernel.clock import local_day
from transport.kernel.errors import NotFound
from transport.kernel.i18n import Catalogue, Lang
from transport.kernel.i18n import mark as _
from transport.kernel.policy import Facts, Policy

router = APIRouter(prefix="/{lang}/snadne-cteni", dependencies=[Depends(visitor)])


@dataclass(frozen=True, slots=True)
class Easy:
    """One page: pictures with sentences, the words it explains, and the usual page that says the same."""

    slug: str
    title: str
    lines: tuple[tuple[str, str], ...]
    usual: str
    words: tuple[tuple[str, str], ...] = ()


CARD = (_("Card ZTP or ZTP/P"), _("An office gives this card to people with a disability."))
COMPANION = (_("Companion"), _("A person who rides with you and helps you."))

PAGES = (
    Easy(
        "co-to-je",
        _("What it is"),
        (
            ("van", _("We are a car service in {city}.")),
            ("old-person", _("We drive old people.")),
            ("wheelchair", _("We drive people with a disability.")),
            ("hospital", _("We drive you where you want. For example to the doctor.")),
            ("help", _("The driver helps you.")),
            ("door", _("The driver comes to your door.")),
            ("house", _("We drive you back home too.")),
            ("money", _("One ride in the city costs {price}.")),
        ),
        "",
        ((_("Disability"), _("Something in the body or the mind that makes life harder.")),),
    ),
    Easy(
        "kdo-muze-jet",
        _("Who may ride"),
        (
            ("old-person", _("You are {age} years old or more. You may ride.")),
            ("card", _("You have a card {cards}. You may ride.")),
            ("city", _("You must live in {residence}.")),
            ("companion", _("A child under {child} rides with an adult.")),
            ("wheelchair", _("You can stay in your wheelchair.")),
            ("dog", _("Your guide dog rides with you.")),
            ("question", _("You do not know whether you may ride? Call us: {phone}.")),
        ),
        "kdo-a-za-kolik",
        (CARD, COMPANION),
    ),
    Easy(
        "jak-objednat",
        _("How to order"),
        (
            ("call", _("You can call us: {phone}.")),
            ("clock", _("We answer the phone {hours}.")),
            ("computer", _("You can order on this web.")),
            ("house", _("Tell us from where you ride.")),
            ("city", _("Tell us where you want to go.")),
            ("calendar", _("Tell us the day and the time.")),
            ("help", _("Tell us how we can help you.")),
            ("companion", _("Tell us who rides with you.")),
            ("yes", _("We tell you when we come. That time holds.")),
            ("no", _("You can cancel the ride. It is no problem.")),
        ),
        "pravidla",
        ((_("To cancel"), _("To say that you will not ride.")), COMPANION),
    ),
    Easy(
        "jak-jizda-probiha",
        _("How the ride goes"),
        (
            ("clock", _("Be ready at the time we told you.")),
            ("van", _("The car comes within {window} minutes.")),
            ("bell", _("The driver rings your bell.")),
            ("driver", _("The driver says his or her name.")),
            ("clock", _("The driver waits {wait} minutes.")),
            ("ramp", _("The driver helps you into the car.")),
            ("companion", _("Other people may ride in the car too.")),
            ("money", _("You pay the driver {price}.")),
            ("door", _("The driver takes you to the door.")),
            ("house", _("Then we come for you and drive you home.")),
        ),
        "pravidla",
    ),
    Easy(
        "kdyz-se-neco-nepovede",
        _("When something goes wrong"),
        (
            ("clock", _("The car does not come? Wait {window} minutes.")),
            ("call", _("Then call us: {phone}.")),
            ("message", _("Or write us a text message: {sms}.")),
            ("van", _("We find another car for you.")),
            ("house", _("We never leave you out there. We bring you home.")),
            ("hospital", _("The doctor takes longer? Call us. We come later.")),
            ("no", _("You are ill and do not ride? Call us as soon as you can.")),
            ("calendar", _("You forgot the ride? Tell us what happened.")),
            ("call", _("Somebody's life is in danger? Call 155.")),
        ),
        "pravidla",
    ),
    Easy(
        "stiznost",
        _("Complaint"),
        (
            ("talk", _("You are not satisfied? Tell us.")),
            ("yes", _("You have the right to complain.")),
            ("pen", _("You can write to us on this web.")),
            ("call", _("You can call us: {phone}.")),
            ("companion", _("Somebody can help you with it.")),
            ("yes", _("Nobody will be angry with you.")),
            ("letter", _("We answer within {days} days.")),
        ),
        "stiznost",
        ((_("Complaint"), _("You say what was bad. We must deal with it.")),),
    ),
)


@router.get("", name="public:easy")
def contents(request: Request, lang: Lang) -> Response:
    """The six pages."""
    del lang
    return render.page(request, "public/easy_contents.html", pages=PAGES)


@router.get("/{name}", name="public:easy.page")
def read(request: Request, lang: Lang, name: str, services: Plugged, now: Now) -> Response:
    """One of them, with the numbers of the rules in force."""
    del lang
    number = next((at for at, page in enumerate(PAGES) if page.slug == name), None)
    if number is None:
        raise NotFound("page")
    policy = services.policies.on(local_day(now))
    words = render.words_of(request)
    facts = _facts(policy, services.policies.service, words)
    shown = [
        (picture(drawn), words.nb(words.text(sentence).format(**facts)))
        for drawn, sentence in PAGES[number].lines
        if all(facts[blank] for blank in facts if f"{{{blank}}}" in sentence)
    ]
    return render.page(
        request,
        "public/easy.html",
        easy=PAGES[number],
        shown=shown,
        before=PAGES[number - 1] if number else None,
        after=PAGES[number + 1] if number + 1 < len(PAGES) else None,
    )


@cache
def picture(name: str) -> Markup:
    """A drawing as part of the page, so that it takes the colours of the text, also forced ones."""
    return Markup((render.STATIC / "img" / "easy" / f"{name}.svg").read_text(encoding="utf-8").strip())  # noqa: S704


def _facts(policy: Policy, service: Facts, words: Catalogue) -> Mapping[str, object]:
    """What fills the blanks of the sentences; a sentence with a blank that is empty under the rules is left out."""
    opens, closes = (conditions.clock(each) for each in (policy.booking.phone_opens, policy.booking.phone_closes))
    every_day = policy.booking.phone_days == "daily"
    hours = _("every day from {opens} to {closes}") if every_day else _("from Monday to Friday, {opens} to {closes}")
    return {
        "age": policy.eligibility.min_age,
        "cards": ", ".join(policy.eligibility.cards),
        "child": policy.eligibility.min_age_unaccompanied,
        "city": policy.area.city,
        "days": service.complaint_days,
        "hours": words.text(hours).format(opens=opens, closes=closes),
        "phone": service.phone.replace(" ", "\u00a0"),
        "price": words.price(policy.tariff.boarding_fee + policy.tariff.city_adult),
        "residence": policy.eligibility.residence,
        "sms": service.sms.replace(" ", "\u00a0"),
        "wait": policy.no_show.wait_minutes,
        "window": policy.promise.window_minutes,
    }
