"""Doors: the rules of the service by the days on which they hold; read here, written in a file."""

from datetime import date
from typing import Literal

from fastapi import APIRouter, Request
from fastapi.responses import Response

from transport.api.client import spoken
from transport.api.deps import Now, Plugged
from transport.api.public import area_map, conditions, pages
from transport.api.render import page, say, see_other, words_of
from transport.bootstrap import Services
from transport.kernel import policy
from transport.kernel.clock import local_day
from transport.kernel.errors import Invalid, NotFound, ServiceError
from transport.kernel.i18n import LANGUAGES, Lang
from transport.kernel.policy import Policy, PolicyError, explaining

router = APIRouter(prefix="/pravidla")
SHEETS = {"pravidla": "admin/preview_conditions.html", "kdo-a-za-kolik": "admin/preview_prices.html"}
"""Public pages that can be looked at before they hold, by their address there."""


@router.get("", name="admin:rules")
def versions(
    request: Request, services: Plugged, now: Now, den: str = "", jazyk: str = "", strana: str = ""
) -> Response:
    """All policies by their first day, what is wrong with the file; with a day, the way to its preview."""
    today = local_day(now)
    if not den:
        return _versions(request, services, today)
    day = spoken.day_named(den, today)
    try:
        if day is None:
            raise Invalid("trail.day_unclear", field="den")
        services.policies.on(day)
    except ServiceError as error:
        return _versions(request, services, today, {"den": say(request, error)}, den)
    lang = jazyk if jazyk in LANGUAGES else LANGUAGES[0]
    return see_other(f"/sprava/pravidla/nahled/{day}/{lang}/{strana if strana in SHEETS else 'pravidla'}")


@router.get("/nahled/{day}/{lang}/{sheet}", name="admin:rules.preview")
def preview(
    request: Request, day: date, lang: Lang, sheet: Literal["pravidla", "kdo-a-za-kolik"], services: Plugged
) -> Response:
    """A public page exactly as people will read it on that day, with a mark that it is a preview."""
    del lang
    area = area_map.sketch(services.policies.on(day), services.settings.data_dir / "plzen" / "places.csv")
    return pages.as_of(request, SHEETS[sheet], services, day, sheet=sheet, area=area)


@router.get("/porovnani", name="admin:rules.compare")
def compare(request: Request, services: Plugged, z: str = "", na: str = "") -> Response:
    """What one policy says otherwise than another: in the words of the clients, then rule by rule."""
    before, after = (_named(services, each) for each in (z, na))
    return page(
        request,
        "admin/rules_difference.html",
        before=before,
        after=after,
        policies=services.policies.policy,
        told=conditions.differences(before, after, words_of(request)),
        changed=explaining.compared(before, after),
    )


@router.get("/verze/{policy_id}", name="admin:rules.one")
def one_policy(request: Request, policy_id: str, services: Plugged) -> Response:
    """Every rule of one policy with its meaning, beside what the policy before said."""
    chosen = _named(services, policy_id)
    return page(
        request,
        "admin/rules_one.html",
        policy=chosen,
        rules=explaining.rules(services.policies, chosen),
    )


def _versions(
    request: Request, services: Services, today: date, errors: dict[str, str] | None = None, asked: str = ""
) -> Response:
    every = services.policies.policy
    return page(
        request,
        "admin/rules.html",
        status_code=422 if errors else 200,
        errors=errors or {},
        policies=every[::-1],
        pairs=[(each, every[at - 1] if at else None) for at, each in reversed(list(enumerate(every)))],
        in_force=services.policies.on(today),
        today=today,
        asked=asked or words_of(request).day_full(today),
        languages=LANGUAGES,
        **_file(services),
    )


def _file(services: Services) -> dict[str, object]:
    """How the file on this machine stands to the rules the service runs with: its faults, or whether it is the same."""
    try:
        written = policy.load(services.settings.data_dir / "service.toml")
    except PolicyError as error:
        return {"faults": str(error).splitlines(), "same": False}
    return {"faults": [], "same": written == services.policies}


def _named(services: Services, policy_id: str) -> Policy:
    found = next((each for each in services.policies.policy if each.id == policy_id), None)
    if found is None:
        raise NotFound("page")
    return found
