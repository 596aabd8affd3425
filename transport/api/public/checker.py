"""Whether somebody may ride: a few questions, the rules of today, and an answer that helps whatever it is."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from transport.api import render
from transport.api.deps import Now, Plugged, csrf_checked, visitor
from transport.api.forms import FormData, one
from transport.booking.clients import eligibility
from transport.booking.clients.eligibility import Ground, Person
from transport.kernel.clock import local_day
from transport.kernel.errors import NotFound
from transport.kernel.i18n import Lang
from transport.kernel.i18n import mark as _
from transport.kernel.policy import Policy

router = APIRouter(prefix="/{lang}/narok", dependencies=[Depends(visitor)])


QUESTIONS = {
    "kde": ("plzen", "jinde"),
    "vek": ("senior", "dospely", "dite"),
    "prukaz": ("TP", "ZTP", "ZTP/P", "zadny"),
    "pomucky": ("zadne", "hul", "vozik", "nositka"),
}
"""Fields of the form and the answers they take."""

MISSING = {
    "kde": _("Choose where you live."),
    "vek": _("Choose how old you are."),
    "prukaz": _("Choose which card you have."),
    "pomucky": _("Choose what you use."),
}

YES, NO = "ano", "ne"
ABOUT = {
    "eligibility.residence": "bydliste",
    "eligibility.none": "vek-a-prukaz",
    "eligibility.child_alone": "dite",
}
CHAIR, LYING = "vozik", "vleze"
WORDS = (*ABOUT.values(), CHAIR, LYING)
"""What an answer may speak of, in the order of its address."""


@dataclass(frozen=True, slots=True)
class _Held:
    """A card somebody says they have; it counts as one we have seen."""

    ground: Ground
    valid_from: date
    valid_until: date | None = None
    verified: bool = True

    @property
    def recorded_on(self) -> date:
        return self.valid_from


def verdict(policy: Policy, day: date, said: Mapping[str, str]) -> str:
    """The answer as an address: `ano`, `ano+vozik`, `ne+bydliste`. It says what follows, never what was said."""
    card, age = said["prukaz"], _age(policy, said["vek"])
    person = Person(
        born=date(day.year - age, day.month, 1),
        municipality=policy.eligibility.residence if said["kde"] == "plzen" else "",
        evidence=() if card == "zadny" else (_Held(Ground(card), day),),
    )
    codes = eligibility.reasons(person, day, policy)
    about = {ABOUT[code] for code in codes} | {{"vozik": CHAIR, "nositka": LYING}.get(said["pomucky"], "")}
    may = not about & {"bydliste", "vek-a-prukaz", LYING}
    return "+".join([YES if may else NO, *(word for word in WORDS if word in about)])


@router.get("", name="public:check")
def ask(request: Request, lang: Lang, services: Plugged, now: Now) -> Response:
    """The questions; what does not matter under the rules of today is not asked."""
    del lang
    return _form(request, services.policies.on(local_day(now)), 200, {}, {})


@router.post("", name="public:check.answer", dependencies=[Depends(csrf_checked)])
def answer(request: Request, lang: Lang, form: FormData, services: Plugged, now: Now) -> Response:
    """To the page of the answer. Nothing is kept of what was said."""
    day = local_day(now)
    policy = services.policies.on(day)
    said = {name: one(form, name) for name in QUESTIONS}
    if not policy.eligibility.residence:
        said["kde"] = "plzen"
    words = render.words_of(request)
    errors = {name: words.text(MISSING[name]) for name, known in QUESTIONS.items() if said[name] not in known}
    if errors:
        return _form(request, policy, 422, said, errors)
    return render.see_other(f"/{lang}/narok/{verdict(policy, day, said)}")


@router.get("/{result}", name="public:check.result")
def result(request: Request, lang: Lang, result: str, services: Plugged, now: Now) -> Response:
    """Yes or probably not, why, and what to do next."""
    del lang
    yes_or_no, *about = result.split("+")
    if yes_or_no not in (YES, NO) or about != [word for word in WORDS if word in about]:
        raise NotFound("page")
    policy = services.policies.on(local_day(now))
    return render.page(request, "public/check_result.html", policy=policy, may=yes_or_no == YES, about=about)


def _form(
    request: Request, policy: Policy, status: int, values: Mapping[str, str], errors: Mapping[str, str]
) -> Response:
    return render.page(request, "public/check.html", status, policy=policy, values=values, errors=errors)


def _age(policy: Policy, said: str) -> int:
    """An age in the middle of what was said; the borders are those of the policy."""
    rules = policy.eligibility
    return {"senior": rules.min_age + 1, "dospely": rules.min_age - 1, "dite": rules.min_age_unaccompanied - 1}[said]
