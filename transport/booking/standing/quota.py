"""Which vehicles standing rides may use, so that at every hour some are left for single rides. Pure."""

from collections.abc import Iterator, Sequence
from math import ceil

from transport.routing import engine


def regular_duties(
    duties: Sequence[engine.Duty], share: float, carrying: frozenset[str] = frozenset()
) -> frozenset[str]:
    """The duties standing rides may use: at no moment more than this share (rounded up) of those on duty.

    A fair mix of vehicles and hours; duties `carrying` standing rides already come first.
    """
    if share >= 1:
        return frozenset(duty.id for duty in duties)
    moments = sorted({duty.earliest for duty in duties} | {duty.latest for duty in duties})
    left = {at: ceil(share * sum(_on(duty, at) for duty in duties)) for at in moments}
    chosen = set()
    for duty in sorted(_mixed(duties), key=lambda each: each.id not in carrying):
        here = [at for at in moments if _on(duty, at)]
        if all(left[at] > 0 for at in here):
            chosen.add(duty.id)
            for at in here:
                left[at] -= 1
    return frozenset(chosen)


def _on(duty: engine.Duty, moment: float) -> bool:
    return duty.earliest <= moment < duty.latest


def _mixed(duties: Sequence[engine.Duty]) -> Iterator[engine.Duty]:
    """Duties in an order of which every beginning has the kinds of vehicles and hours in about equal shares."""
    kinds: dict[str, list[engine.Duty]] = {}
    for duty in sorted(duties, key=lambda each: int(each.id)):
        features = sorted(name for name in duty.features if not name.startswith("driver:"))
        layouts = [(str(sorted((p.count, *sorted(p.holds)) for p in x.places)), x.max_chair_mass) for x in duty.layouts]
        kinds.setdefault(f"{layouts} {features} {duty.earliest} {duty.latest}", []).append(duty)
    turns = [
        ((place + 0.5) / len(alike), kind, duty) for kind, alike in kinds.items() for place, duty in enumerate(alike)
    ]
    for _, _, duty in sorted(turns, key=lambda turn: turn[:2]):
        yield duty
